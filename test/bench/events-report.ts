/** The measurements of `events.ts` as a table, a line for scripts, and JSON. */
import type { BenchReport } from './bench.js'
import type { Broadcast, ListenerBytes, Row, RowId, Rounds } from './events.js'
import { type Spread, toSpread } from './statistics.js'
import { toTable } from './table.js'

export interface EventsConditions {
  readonly rounds: number
  readonly eventsInRound: number
  readonly broadcasts: number
  readonly broadcastUsers: number
  readonly listeners: number
  readonly manyUsers: number
  readonly eventBytes: readonly number[]
  /** Load average of the machine before the bench. */
  readonly loadBefore: number
}

export interface EventsMeasured {
  readonly rounds: Rounds
  readonly broadcast: Broadcast
}

interface Cost {
  readonly eventBytes: number
  readonly cpuUs: Spread
  readonly ratioToRaw: Spread
}

interface Result extends Pick<Row, 'id' | 'name'> {
  /** Of an idle listener; absent for what was not measured. */
  readonly bytes?: ListenerBytes | undefined
  readonly costs: readonly Cost[]
}

export function toEventsReport(
  { rounds, broadcast }: EventsMeasured,
  conditions: EventsConditions,
): BenchReport {
  const results = [...rounds.keys()].map((row) => toResult(row, rounds, conditions))
  const told = {
    ms: toSpread(broadcast.told.map(({ ms }) => ms)),
    loopDelayMs: toSpread(broadcast.told.map(({ maxMs }) => maxMs)),
  }
  const table = toTable([headingOf(conditions), ...results.map(toCells)])
  return {
    table: [table, ...legendOf(conditions), '', ...linesOf(broadcast, told)].join('\n'),
    summary: toSummary(results, broadcast, told),
    json: { conditions, results, broadcast: { ...broadcast, spreads: told } },
  }
}

function toResult(row: Row, rounds: Rounds, { eventBytes }: EventsConditions): Result {
  const { id, name, listening } = row
  if (listening === undefined) return { id, name, costs: [] }
  const costs = eventBytes.map((bytes) => {
    const own = cpuOf(rounds, id, bytes)
    const raw = cpuOf(rounds, 'raw', bytes)
    // Round by round, because what disturbs a machine for a while disturbs both.
    const ratioToRaw = toSpread(own.map((cpuUs, round) => cpuUs / (raw[round] ?? NaN)))
    return { eventBytes: bytes, cpuUs: toSpread(own), ratioToRaw }
  })
  return { id, name, bytes: listening.bytes, costs }
}

function cpuOf(rounds: Rounds, id: RowId, bytes: number): number[] {
  const [, measured = []] = [...rounds].find(([row]) => row.id === id) ?? []
  return measured.map((cpuUs) => cpuUs.get(bytes) ?? NaN)
}

function headingOf({ eventBytes }: EventsConditions): string[] {
  const sizes = eventBytes.flatMap((bytes) => [`us, ${bytes} B event`, 'x raw'])
  return ['server', 'heap KiB', 'RSS KiB', ...sizes]
}

const KIB = 1024

function toCells({ name, bytes, costs }: Result): string[] {
  if (bytes === undefined) return [`${name}: not measured: could not be installed`]
  return [
    name,
    (bytes.heap / KIB).toFixed(1),
    (bytes.rss / KIB).toFixed(1),
    ...costs.flatMap(({ cpuUs, ratioToRaw }) => [
      `${cpuUs.median.toFixed(2)} [${cpuUs.min.toFixed(2)}-${cpuUs.max.toFixed(2)}]`,
      ratioToRaw.median.toFixed(2),
    ]),
  ]
}

function legendOf({ listeners, manyUsers, rounds, eventsInRound }: EventsConditions): string[] {
  return [
    `${listeners} listeners each, ${rounds} interleaved rounds of ${eventsInRound} events to every listener; median [lowest-highest].`,
    'KiB: memory of an idle listener in the server, after garbage was collected. us: CPU of the server',
    'with its threads for one event to one listener; "x raw": by that of the first row in the same round.',
    `One user: each event goes to all. ${manyUsers} users: each event goes to the ${listeners / manyUsers} listeners of its user.`,
  ]
}

interface Told {
  readonly ms: Spread
  readonly loopDelayMs: Spread
}

function linesOf({ listeners, bytes, told }: Broadcast, { ms, loopDelayMs }: Told): string[] {
  return [
    `${listeners} listeners in one gateway: ${(bytes.heap / KIB).toFixed(1)} KiB of heap and ${(bytes.rss / KIB).toFixed(1)} KiB of RSS each.`,
    `An event to all of them, ${told.length} times: ${spreadOf(ms)} ms until the last one had it;`,
    `the event loop was up to ${spreadOf(loopDelayMs)} ms late.`,
  ]
}

function spreadOf({ median, min, max }: Spread): string {
  return `${median.toFixed(0)} [${min.toFixed(0)}-${max.toFixed(0)}]`
}

function toSummary(
  results: readonly Result[],
  { listeners, bytes }: Broadcast,
  { ms, loopDelayMs }: Told,
): string {
  const gateway = results.find(({ id }) => id === 'gateway_one')
  const costs = (gateway?.costs ?? []).flatMap(({ eventBytes, cpuUs, ratioToRaw }) => [
    `cpu_us_${eventBytes}=${cpuUs.median.toFixed(2)}`,
    `ratio_raw_${eventBytes}=${ratioToRaw.median.toFixed(2)}`,
  ])
  return [
    `listener_bytes=${Math.round(gateway?.bytes?.rss ?? NaN)}`,
    `listener_heap_bytes=${Math.round(gateway?.bytes?.heap ?? NaN)}`,
    ...costs,
    `broadcast_listeners=${listeners}`,
    `broadcast_listener_bytes=${Math.round(bytes.rss)}`,
    `broadcast_ms=${Math.round(ms.median)}`,
    `loop_delay_ms=${Math.round(loopDelayMs.median)}`,
  ].join(' ')
}
