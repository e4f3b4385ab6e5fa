/**
 * What does a query of the management API cost? CPU of the gateway's process, queries per second and
 * requests to DynamoDB, side by side: one that reads nothing, a page that is in memory, a page of
 * calls with function and module, and the same with what was said.
 */
import { modernPost } from '../support/modern-post.js'
import type { BenchReport, RunBench } from './bench.js'
import { countRequests } from './counted-requests.js'
import { type HttpConnection, openConnection } from './http-connection.js'
import { readCpuMs } from './process-table.js'
import { type GatewayUnderTest, startGateway } from './start-gateway.js'
import { toSpread } from './statistics.js'
import { toTable } from './table.js'

const CONNECTIONS = 8
const CALLS = 50
const ENDPOINT = 'default'

const CALL_FIELDS = 'callId name status userId createdAt durationMs'
const LISTED = `${CALL_FIELDS} function { name type } module { moduleName className }`

const QUERIES = {
  viewer: '{ viewer { userId roles } }',
  functions: '{ endpoint { functions(first: 25) { nodes { id name type status } } } }',
  calls: `{ endpoint { calls(first: 25) { nodes { ${LISTED} } } } }`,
  payloads: `{ endpoint { calls(first: 25) { nodes { ${LISTED} arguments content } } } }`,
} as const

type QueryName = keyof typeof QUERIES

const NAMES: Readonly<Record<QueryName, string>> = {
  viewer: 'who asks',
  functions: 'a page of functions',
  calls: '25 calls with function and module',
  payloads: 'the same with arguments and content',
}

interface Measured {
  readonly cpuUs: number
  readonly perSecond: number
}

export const benchGraphql: RunBench = async (bench) => {
  const plan = bench.isShort ? { rounds: 3, roundMs: 1500 } : { rounds: 7, roundMs: 3000 }
  const requests = await countRequests(bench, QUERIES, CALLS)
  const gateway = await startGateway(bench)
  await makeCalls(gateway)
  const token = await gateway.tokenFor(ENDPOINT, 'admin')
  const names = Object.keys(QUERIES).filter(isQueryName)
  const measured = new Map<QueryName, Measured[]>(names.map((name) => [name, []]))
  for (const name of names) await load(gateway, { token, name, durationMs: plan.roundMs })
  for (let round = 0; round < plan.rounds; round++)
    for (const [name, each] of measured)
      each.push(await load(gateway, { token, name, durationMs: plan.roundMs }))
  return report(measured, requests)
}

function isQueryName(name: string): name is QueryName {
  return Object.hasOwn(QUERIES, name)
}

async function makeCalls(gateway: GatewayUnderTest): Promise<void> {
  const { port } = gateway
  const token = await gateway.tokenFor(ENDPOINT)
  for (let n = 0; n < CALLS; n++) {
    const params = { name: 'add', arguments: { a: n, b: 1 } }
    const url = `http://127.0.0.1:${port}/${ENDPOINT}/mcp`
    const response = await fetch(url, modernPost('tools/call', params, token))
    if (!response.ok) throw new Error(`a call was answered with ${response.status}`)
  }
}

interface Load {
  readonly token: string
  readonly name: QueryName
  readonly durationMs: number
}

/** Closed loop: each connection asks again when it is answered. */
async function load(
  { port, pid }: GatewayUnderTest,
  { token, name, durationMs }: Load,
): Promise<Measured> {
  const body = JSON.stringify({ query: QUERIES[name] })
  const head = `POST /${ENDPOINT}/graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\naccept: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => openConnection(port)),
  )
  try {
    const cpuBefore = readCpuMs(pid)
    const startedAt = performance.now()
    const askUntilEnd = async (connection: HttpConnection) => {
      let asked = 0
      for (; performance.now() < startedAt + durationMs; asked++) {
        const answer = await connection.send(`${head}${body}`)
        if (answer.status !== 200 || answer.body.includes('"errors"'))
          throw new Error(`${name}: ${answer.status} ${answer.body.slice(0, 300)}`)
      }
      return asked
    }
    const counts = await Promise.all(connections.map(askUntilEnd))
    const asked = counts.reduce((sum, count) => sum + count, 0)
    const elapsedMs = performance.now() - startedAt
    return {
      cpuUs: ((readCpuMs(pid) - cpuBefore) * 1000) / asked,
      perSecond: (asked * 1000) / elapsedMs,
    }
  } finally {
    for (const connection of connections) connection.close()
  }
}

function report(
  measured: ReadonlyMap<QueryName, readonly Measured[]>,
  requests: ReadonlyMap<QueryName, number>,
): BenchReport {
  const rows = [...measured].map(([name, rounds]) => ({
    name,
    cpuUs: toSpread(rounds.map(({ cpuUs }) => cpuUs)).median,
    perSecond: toSpread(rounds.map(({ perSecond }) => perSecond)).median,
    requests: requests.get(name) ?? NaN,
  }))
  const base = rows[0]?.cpuUs ?? NaN
  const table = toTable([
    ['query', 'us/query', 'x the first', 'queries/s', 'requests to DynamoDB'],
    ...rows.map(({ name, cpuUs, perSecond, requests: count }) => [
      NAMES[name],
      cpuUs.toFixed(0),
      (cpuUs / base).toFixed(2),
      perSecond.toFixed(0),
      String(count),
    ]),
  ])
  const summary = rows
    .map(
      ({ name, cpuUs, perSecond, requests: count }) =>
        `${name}_cpu_us=${cpuUs.toFixed(0)} ${name}_queries_s=${perSecond.toFixed(0)} ${name}_db_requests=${count}`,
    )
    .join(' ')
  return {
    table: `${table}\n${CONNECTIONS} in flight; CPU: of the gateway's process, SDK counted, embedded engine not.`,
    summary,
    json: rows,
  }
}
