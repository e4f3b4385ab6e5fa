/** The measurements of `call.ts` as a table, a line for scripts, and JSON. */
import type { BenchReport } from './bench.js'
import type { Measurement, Row, RowId, Rounds } from './call.js'
import { type Spread, toSpread } from './statistics.js'
import { toTable } from './table.js'

export interface CallConditions {
  readonly rounds: number
  readonly roundMs: number
  readonly warmUpMs: number
  /** Calls in flight at a time. */
  readonly connections: number
}

export function toCallReport(rounds: Rounds, conditions: CallConditions): BenchReport {
  const results = [...rounds].map(([row, measured]) => toResult(row, measured, rounds))
  const ratio = (id: RowId, base: RowId) => ratioOf(rounds, id, base).median.toFixed(2)
  const gateway = toSpreads(find(rounds, 'gateway_1'))
  const legend = [
    `${conditions.connections} calls in flight, ${conditions.rounds} interleaved rounds of ${conditions.roundMs} ms; median [lowest-highest].`,
    'CPU: user and system time of the server with its threads. "x" columns: CPU by that of another row',
    'in the same round, median of the rounds. Engine: the embedded database, shown but not counted.',
  ]
  return {
    table: `${toTable([HEADING, ...results.map(toCells)])}\n${legend.join('\n')}`,
    summary: [
      `cpu_us=${Math.round(gateway.cpuUs.median)}`,
      `calls_s=${Math.round(gateway.callsPerSecond.median)}`,
      `ratio_fastify=${ratio('gateway_1', 'fastify')}`,
      `ratio_sdk2_1=${ratio('gateway_1', 'sdk2_1')}`,
      `ratio_sdk2_200=${ratio('gateway_200', 'sdk2_200')}`,
    ].join(' '),
    json: { conditions, results },
  }
}

type Spreads = Record<'cpuUs' | 'callsPerSecond' | 'cores', Spread> & {
  readonly engineCpuUs: Spread | undefined
}

interface Result extends Spreads, Pick<Row, 'id' | 'name' | 'era' | 'tools'> {
  readonly ratioToFastify: Spread
  /** To the SDK with the same tools in the same era. */
  readonly ratioToSdk: Spread
  readonly measured: readonly Measurement[]
}

/** Which row of the SDK each row is held against. */
const SDK_ROW: Record<RowId, RowId> = {
  fastify: 'sdk2_1',
  sdk2_1: 'sdk2_1',
  sdk2_200: 'sdk2_200',
  sdk2_legacy: 'sdk2_legacy',
  gateway_1: 'sdk2_1',
  gateway_200: 'sdk2_200',
  gateway_legacy: 'sdk2_legacy',
}

function toResult(row: Row, measured: readonly Measurement[], rounds: Rounds): Result {
  const { id, name, era, tools } = row
  return {
    id,
    name,
    era,
    tools,
    ...toSpreads(measured),
    ratioToFastify: ratioOf(rounds, id, 'fastify'),
    ratioToSdk: ratioOf(rounds, id, SDK_ROW[id]),
    measured,
  }
}

function toSpreads(measured: readonly Measurement[]): Spreads {
  const engine = measured.flatMap(({ engineCpuUs }) => engineCpuUs ?? [])
  return {
    cpuUs: toSpread(measured.map(({ cpuUs }) => cpuUs)),
    callsPerSecond: toSpread(measured.map(({ callsPerSecond }) => callsPerSecond)),
    cores: toSpread(measured.map(({ cores }) => cores)),
    engineCpuUs: engine.length === 0 ? undefined : toSpread(engine),
  }
}

/** Round by round, because what disturbs a machine for a while disturbs both. */
function ratioOf(rounds: Rounds, id: RowId, base: RowId): Spread {
  const [own, others] = [find(rounds, id), find(rounds, base)]
  return toSpread(own.map(({ cpuUs }, round) => cpuUs / (others[round]?.cpuUs ?? NaN)))
}

function find(rounds: Rounds, id: RowId): readonly Measurement[] {
  const found = [...rounds].find(([row]) => row.id === id)
  if (found === undefined) throw new Error(`nothing was measured for ${id}`)
  return found[1]
}

const HEADING = [
  'target',
  'tools',
  'era',
  'CPU us/call',
  'calls/s',
  'cores',
  'x Fastify',
  'x SDK',
  'engine us',
]

function toCells(result: Result): string[] {
  return [
    result.name,
    String(result.tools),
    result.era,
    withSpread(result.cpuUs),
    withSpread(result.callsPerSecond),
    result.cores.median.toFixed(2),
    result.ratioToFastify.median.toFixed(2),
    result.ratioToSdk.median.toFixed(2),
    result.engineCpuUs === undefined ? '' : result.engineCpuUs.median.toFixed(0),
  ]
}

function withSpread({ median, min, max }: Spread): string {
  return `${median.toFixed(0)} [${min.toFixed(0)}-${max.toFixed(0)}]`
}
