/** The measurements of `calls.ts` as a table, a line for scripts, and JSON. */
import { loadavg } from 'node:os'
import type { BenchReport } from './bench.js'
import type { Measurement, Row, Rounds } from './calls.js'
import type { LedgerName } from './ledgers.js'
import { MAX_IN_FLIGHT } from './make-calls.js'
import type { RecordBytes } from './record-bytes.js'
import { type Spread, toSpread } from './statistics.js'
import { toTable } from './table.js'

export interface CallsConditions {
  readonly rounds: number
  readonly roundMs: number
  readonly warmUpMs: number
  /** What the slower stand-in takes for a request. */
  readonly laterMs: number
  readonly manyShards: number
  /** Processes that wanted the machine in the minute before the bench. */
  readonly loadBefore: number
  readonly bytes: RecordBytes
}

export function toCallsReport(rounds: Rounds, conditions: CallsConditions): BenchReport {
  const results = [...rounds]
    .filter(([{ ledger }]) => ledger !== 'none')
    .map(([row, measured]) => toResult(row, measured, rounds))
  const table = toTable([HEADING, ...results.map((result) => toCells(result, conditions))])
  return {
    table: [table, ...toLegend(results, conditions)].join('\n'),
    summary: toSummary(results, conditions.bytes),
    json: { conditions, results },
  }
}

interface Result extends Row {
  /** Of the process of the ledger, without what the load itself costs there. */
  readonly cpuUs: Spread
  readonly callsPerSecond: Spread
  readonly rowsPerBatch: Spread
  readonly p50Ms: Spread
  readonly p99Ms: Spread
  readonly storeCores: Spread
  readonly measured: readonly Measurement[]
}

function toResult(row: Row, measured: readonly Measurement[], rounds: Rounds): Result {
  const over = (figure: (one: Measurement) => number) => toSpread(measured.map(figure))
  return {
    ...row,
    cpuUs: toSpread(ownCpuUs(row, measured, rounds)),
    callsPerSecond: over(({ calls, elapsedMs }) => (calls * 1000) / elapsedMs),
    rowsPerBatch: over(({ calls, batches }) => calls / batches),
    p50Ms: over(({ p50Ms }) => p50Ms),
    p99Ms: over(({ p99Ms }) => p99Ms),
    storeCores: over(({ storeCpuMs, elapsedMs }) => storeCpuMs / elapsedMs),
    measured,
  }
}

/**
 * Round by round, because what disturbs a machine for a while disturbs both. A paced load costs by
 * the time that it goes on, another one by its calls.
 */
function ownCpuUs(
  { perSecond }: Row,
  measured: readonly Measurement[],
  rounds: Rounds,
): readonly number[] {
  const loads = [...rounds].find(([row]) => row.ledger === 'none' && row.perSecond === perSecond)
  return measured.map(({ cpuMs, calls, elapsedMs }, round) => {
    const load = loads?.[1][round]
    if (load === undefined) throw new Error('the load by itself was not measured')
    const share = perSecond === undefined ? calls / load.calls : elapsedMs / load.elapsedMs
    return ((cpuMs - load.cpuMs * share) * 1000) / calls
  })
}

const HEADING = [
  'records go to',
  'asked/s',
  'calls/s',
  'CPU us/call',
  'rows/batch',
  'p50 ms',
  'p99 ms',
  'store cores',
]

const NAMES: Readonly<Record<LedgerName, string>> = {
  none: 'nobody',
  taken: 'the same process, no SDK',
  put: 'a PutItem each, no ledger',
  at_once: 'stand-in, at once',
  later: 'stand-in, later',
  engine: 'embedded engine',
  engine_async: 'embedded engine, async',
}

function toCells(result: Result, { manyShards }: CallsConditions): string[] {
  const shards = result.endpoint === 'many' ? `, ${manyShards} shards` : ''
  return [
    `${NAMES[result.ledger]}${shards}`,
    result.perSecond === undefined ? 'all' : String(result.perSecond),
    withSpread(result.callsPerSecond, 0),
    withSpread(result.cpuUs, 1),
    result.rowsPerBatch.median.toFixed(1),
    result.p50Ms.median.toFixed(2),
    result.p99Ms.median.toFixed(2),
    result.storePid === undefined ? '' : result.storeCores.median.toFixed(2),
  ]
}

function withSpread({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} [${min.toFixed(digits)}-${max.toFixed(digits)}]`
}

function toLegend(results: readonly Result[], conditions: CallsConditions): string[] {
  const { rounds, roundMs, laterMs, loadBefore, bytes } = conditions
  const loads = [loadBefore, loadavg()[0] ?? NaN].map((load) => load.toFixed(1))
  return [
    `${rounds} interleaved rounds of ${roundMs} ms; median [lowest-highest]. Load of the machine, before and after: ${loads.join(', ')}.`,
    'CPU: user and system time of the process that records, SDK and sockets counted, less what the same',
    `calls cost there unrecorded. p50, p99: from the end of a call to its being recorded. "all": ${MAX_IN_FLIGHT} in`,
    `flight. Stand-ins are not DynamoDB: HTTP servers without TLS that keep nothing and answer at once,`,
    `or after ${laterMs} ms.`,
    ...results.flatMap(toLimit),
    `A record: ${bytes.item.toFixed(0)} bytes as it is sent, ${bytes.counted.toFixed(0)} as DynamoDB counts them; a body of ${bytes.records} has ${bytes.body.toFixed(0)} for each.`,
  ]
}

/** Below this share of what is asked, something limits. */
const ENOUGH = 0.95

function toLimit({ ledger, perSecond = 0, callsPerSecond, storeCores }: Result): string[] {
  const { median } = callsPerSecond
  if (median >= perSecond * ENOUGH) return []
  const taken = `${NAMES[ledger]}: ${median.toFixed(0)} of ${perSecond}/s were taken`
  return [`${taken}; its process used ${storeCores.median.toFixed(2)} cores.`]
}

function toSummary(results: readonly Result[], bytes: RecordBytes): string {
  const figures = results.flatMap((result) => {
    const name = nameOf(result)
    return [
      `${name}_cpu_us=${result.cpuUs.median.toFixed(1)}`,
      `${name}_calls_s=${result.callsPerSecond.median.toFixed(0)}`,
    ]
  })
  const waits = results
    .filter(({ storePid, perSecond }) => storePid !== undefined && perSecond !== undefined)
    .flatMap((result) => {
      const name = nameOf(result)
      return [
        `${name}_p50_ms=${result.p50Ms.median.toFixed(2)}`,
        `${name}_p99_ms=${result.p99Ms.median.toFixed(2)}`,
      ]
    })
  const sizes = Object.entries(bytes).map(([name, value]) => `bytes_${name}=${value.toFixed(0)}`)
  return [...figures, toRatio(results), ...waits, ...sizes].join(' ')
}

/** What a call costs of what it would with a `PutItem` of its own. */
function toRatio(results: readonly Result[]): string {
  const cpuUs = (wanted: LedgerName) =>
    results.find(({ ledger, perSecond }) => ledger === wanted && perSecond === undefined)?.cpuUs
      .median ?? NaN
  return `ratio_put=${(cpuUs('at_once') / cpuUs('put')).toFixed(3)}`
}

function nameOf({ ledger, perSecond, endpoint }: Row): string {
  return `${ledger}_${perSecond ?? 'all'}${endpoint === 'many' ? '_shards' : ''}`
}
