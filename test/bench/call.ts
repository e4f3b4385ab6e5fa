/**
 * What does one echo `tools/call` cost? CPU of the server's process and calls per second, side by
 * side: a bare Fastify route, the official SDK on Fastify, and this gateway over its real path:
 * token, schema, warm worker, durable record.
 *
 * Ratios are of the modern era, where every server here answers with plain JSON; one row of each
 * shows the legacy era, which the SDK answers with a stream of one event.
 */
import { openSession } from '../support/session.js'
import type { Bench, BenchReport } from './bench.js'
import { toCallReport } from './call-report.js'
import type { CallTarget } from './echo-call.js'
import { readCpuMs } from './process-table.js'
import { startGateway } from './start-gateway.js'
import { type Loader, startLoader } from './start-loader.js'
import { startPeer } from './start-peer.js'

/** One line of the table: a server, and what is asked of it. */
export interface Row extends CallTarget {
  readonly id: RowId
  readonly name: string
  readonly tools: number
  /** Whose CPU time counts. */
  readonly pid: number
  /** Whose is shown, but not counted. */
  readonly enginePid?: number | undefined
  /** What it wrote on standard error. */
  readonly errors: () => string
}

export type RowId = 'fastify' | `${'sdk2' | 'gateway'}_${'1' | '200' | 'legacy'}`

/** What one row did in one round. */
export interface Measurement {
  readonly cpuUs: number
  readonly callsPerSecond: number
  /** CPU time by elapsed time; 1 is one whole core. */
  readonly cores: number
  readonly engineCpuUs: number | undefined
}

export type Rounds = ReadonlyMap<Row, readonly Measurement[]>

interface Plan {
  readonly rounds: number
  readonly roundMs: number
  readonly warmUpMs: number
}

const LONG: Plan = { rounds: 5, roundMs: 2000, warmUpMs: 3000 }
const SHORT: Plan = { rounds: 3, roundMs: 800, warmUpMs: 1200 }

const CONNECTIONS = 64
const MANY_TOOLS = 200
const MANY_TOOLS_ENDPOINT = 'many'

export async function benchCall(bench: Bench): Promise<BenchReport> {
  const plan = bench.isShort ? SHORT : LONG
  const loader = startLoader(bench)
  const rows = [...(await startPeers(bench)), ...(await startGatewayRows(bench))]
  for (const row of rows) await measure(loader, row, plan.warmUpMs)
  const rounds = new Map<Row, Measurement[]>(rows.map((row) => [row, []]))
  for (let round = 0; round < plan.rounds; round++)
    for (const [row, measured] of rounds) measured.push(await measure(loader, row, plan.roundMs))
  return toCallReport(rounds, { ...plan, connections: CONNECTIONS })
}

async function startPeers(bench: Bench): Promise<Row[]> {
  const fastify = await startPeer(bench, new URL('targets/fastify.mjs', import.meta.url))
  const sdk = new URL('targets/sdk2.mjs', import.meta.url)
  const [sdkOne, sdkMany] = [
    await startPeer(bench, sdk, ['1']),
    await startPeer(bench, sdk, [String(MANY_TOOLS)]),
  ]
  const common = { path: '/mcp', token: 'not-looked-at', era: 'modern', tools: 1 } as const
  return [
    { ...common, ...fastify, id: 'fastify', name: 'bare Fastify route' },
    { ...common, ...sdkOne, id: 'sdk2_1', name: 'SDK v2 on Fastify' },
    { ...common, ...sdkMany, id: 'sdk2_200', name: 'SDK v2 on Fastify', tools: MANY_TOOLS },
    { ...common, ...sdkOne, id: 'sdk2_legacy', name: 'SDK v2 on Fastify', era: 'legacy' },
  ]
}

async function startGatewayRows(bench: Bench): Promise<Row[]> {
  const gateway = await startGateway(bench)
  await gateway.publishTools(MANY_TOOLS_ENDPOINT, MANY_TOOLS)
  const { pid, enginePid, port, errors } = gateway
  const common = { name: 'this gateway', era: 'modern', pid, enginePid, port, errors } as const
  const token = await gateway.tokenFor('default')
  const demo = { path: '/default/mcp', token, tools: 3 }
  const session = await openSession(`http://127.0.0.1:${port}`, { token })
  const path = `/${MANY_TOOLS_ENDPOINT}/mcp`
  const many = { path, token: await gateway.tokenFor(MANY_TOOLS_ENDPOINT), tools: MANY_TOOLS }
  return [
    { ...common, ...demo, id: 'gateway_1' },
    { ...common, ...many, id: 'gateway_200' },
    {
      ...common,
      ...demo,
      id: 'gateway_legacy',
      era: 'legacy',
      sessionToken: session['mcp-session-id'],
    },
  ]
}

async function measure(loader: Loader, row: Row, durationMs: number): Promise<Measurement> {
  const { pid, enginePid, port, path, era, token, sessionToken } = row
  const before = readTimes(pid, enginePid)
  const target = { port, path, era, token, sessionToken }
  const load = { target, connections: CONNECTIONS, durationMs }
  const { calls, elapsedMs } = await loader.run(load).catch((cause: Error) => {
    throw new Error(`${row.name} (${row.id}): ${cause.message}\n${row.errors()}`, { cause })
  })
  const after = readTimes(pid, enginePid)
  const cpuMs = after.cpuMs - before.cpuMs
  return {
    cpuUs: (cpuMs * 1000) / calls,
    callsPerSecond: (calls * 1000) / elapsedMs,
    cores: cpuMs / elapsedMs,
    engineCpuUs:
      enginePid === undefined
        ? undefined
        : ((after.engineCpuMs - before.engineCpuMs) * 1000) / calls,
  }
}

function readTimes(pid: number, enginePid: number | undefined) {
  return { cpuMs: readCpuMs(pid), engineCpuMs: enginePid === undefined ? 0 : readCpuMs(enginePid) }
}
