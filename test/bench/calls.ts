/**
 * What does a recorded call cost? The ledger by itself, in a process of its own, over the embedded
 * engine in another. That engine may be what limits, so the same is measured over stand-ins for
 * DynamoDB: servers that take what they are sent, at once or a few milliseconds later.
 *
 * Beside them: the load without a ledger, which is taken off everywhere, and the ledger over a store
 * that takes rows in the same process, which tells its price from that of the SDK and its sockets; and
 * a `PutItem` of the SDK for each call, which says what this machine makes of that SDK.
 */
import { loadavg } from 'node:os'
import type { Bench, BenchReport } from './bench.js'
import { toCallsReport } from './calls-report.js'
import type { EndpointName, LedgerName } from './ledgers.js'
import { readCpuMs } from './process-table.js'
import { readRecordBytes } from './record-bytes.js'
import { startEngine } from './start-engine.js'
import { type LedgerResult, type LedgerUnderTest, startLedger } from './start-ledger.js'
import { startPeer } from './start-peer.js'

/** One line of the table: where calls are recorded, and how many are made. */
export interface Row {
  readonly ledger: LedgerName
  /** Calls that begin in a second; absent for as many as are taken. */
  readonly perSecond?: number | undefined
  readonly endpoint: EndpointName
  /** Whose CPU time is shown, but not counted. */
  readonly storePid?: number | undefined
}

export interface Measurement extends LedgerResult {
  readonly storeCpuMs: number
}

export type Rounds = ReadonlyMap<Row, readonly Measurement[]>

interface Plan {
  readonly rounds: number
  readonly roundMs: number
  readonly warmUpMs: number
}

const LONG: Plan = { rounds: 7, roundMs: 2000, warmUpMs: 2000 }
const SHORT: Plan = { rounds: 3, roundMs: 400, warmUpMs: 300 }

/** Calls in a second; the third load is as many as are taken. */
const PACES = [1000, 4000, undefined] as const

/** What DynamoDB takes for a batch, more or less, in milliseconds. */
const LATER_MS = 5

const MANY_SHARDS = 8

export async function benchCalls(bench: Bench): Promise<BenchReport> {
  const plan = bench.isShort ? SHORT : LONG
  const loadBefore = loadavg()[0] ?? NaN
  const { ledger, rows, atOncePort } = await start(bench)
  for (const row of rows) await measure(ledger, row, plan.warmUpMs)
  const rounds = new Map<Row, Measurement[]>(rows.map((row) => [row, []]))
  for (let round = 0; round < plan.rounds; round++)
    for (const [row, measured] of rounds) measured.push(await measure(ledger, row, plan.roundMs))
  const bytes = await readRecordBytes(atOncePort, bench.signal)
  const conditions = { ...plan, laterMs: LATER_MS, manyShards: MANY_SHARDS, loadBefore }
  return toCallsReport(rounds, { ...conditions, bytes })
}

async function start(bench: Bench) {
  const store = new URL('targets/batch-store.mjs', import.meta.url)
  const engine = await startEngine(bench)
  const atOnce = await startPeer(bench, store, ['0'])
  const later = await startPeer(bench, store, [String(LATER_MS)])
  const ledger = await startLedger(bench, {
    dataFolder: engine.dataFolder,
    atOncePort: atOnce.port,
    laterPort: later.port,
    manyShards: MANY_SHARDS,
  })
  const { pid: storePid } = engine
  const rows: Row[] = [
    ...atEachPace({ ledger: 'none' }),
    ...atEachPace({ ledger: 'taken' }),
    { ledger: 'put', endpoint: 'one', storePid: atOnce.pid },
    ...atEachPace({ ledger: 'at_once', storePid: atOnce.pid }),
    ...atEachPace({ ledger: 'later', storePid: later.pid }),
    ...atEachPace({ ledger: 'engine', storePid }),
    { ledger: 'engine', endpoint: 'many', storePid },
    { ledger: 'engine_async', perSecond: PACES[0], endpoint: 'one', storePid },
  ]
  return { ledger, rows, atOncePort: atOnce.port }
}

function atEachPace({ ledger, storePid }: Pick<Row, 'ledger' | 'storePid'>): Row[] {
  return PACES.map((perSecond) => ({ ledger, perSecond, endpoint: 'one', storePid }))
}

async function measure(
  ledger: LedgerUnderTest,
  { storePid, ...load }: Row,
  durationMs: number,
): Promise<Measurement> {
  const storeCpuMs = () => (storePid === undefined ? 0 : readCpuMs(storePid))
  const before = storeCpuMs()
  const result = await ledger.run({ ...load, durationMs })
  return { ...result, storeCpuMs: storeCpuMs() - before }
}
