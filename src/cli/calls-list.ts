import { parseArgs } from 'node:util'
import { systemClock, toIso } from '../domain/clock.js'
import { readWhole } from './arguments.js'
import { atGateway } from './at-endpoint.js'
import { FILTER_OPTIONS, readFilter } from './call-filter.js'
import { toCallJson, toCallLine } from './call-lines.js'
import { endOfReading } from './end-of-reading.js'
import type { Program } from './program.js'
import { readCalls } from './read-calls.js'
import { readTime } from './typed-time.js'
import { UsageError } from './usage-error.js'

const DEFAULT_LIMIT = 20
const MAX_LIMIT = 1000

/** Shows the calls of an endpoint, the newest first, a line each. */
export async function callsList(args: readonly string[], program: Program): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...FILTER_OPTIONS,
      from: { type: 'string' },
      to: { type: 'string' },
      limit: { type: 'string' },
      cursor: { type: 'string' },
    },
  })
  const filter = readFilter(values)
  const range = readRange(values)
  const limit = readWhole('limit', values.limit, { min: 1, max: MAX_LIMIT }) ?? DEFAULT_LIMIT
  const { stdout, stderr } = program
  endOfReading(stdout)
  await atGateway(program, values.endpoint, async ({ calls }, endpointId) => {
    const query = { endpointId, ...filter, ...range, limit, cursor: values.cursor }
    const found = await readCalls(calls, query)
    const toLine = values.json ? toCallJson : toCallLine
    for (const call of found.calls) stdout.write(`${toLine(call)}\n`)
    const isEmpty = found.calls.length === 0 && found.cursor === undefined
    if (isEmpty && !values.json) stdout.write(`no such call at endpoint ${endpointId}\n`)
    if (found.cursor !== undefined) stderr.write(`${toHint(range, found.cursor)}\n`)
  })
}

interface Range {
  readonly from?: number | undefined
  readonly to?: number | undefined
}

function readRange(typed: Partial<Record<'from' | 'to', string>>): Range {
  const now = systemClock.now()
  const from = readTime('from', typed.from, now)
  const to = readTime('to', typed.to, now)
  if (from !== undefined && to !== undefined && from >= to)
    throw new UsageError('--from: expected a time before that of --to')
  return { from, to }
}

/** A cursor is good for one range: times that were said relative to now would move on. */
function toHint({ from, to }: Range, cursor: string): string {
  const times = Object.entries({ from, to }).flatMap(([flag, time]) =>
    time === undefined ? [] : [`--${flag} ${toIso(time)} `],
  )
  return `There is more: add ${times.join('')}--cursor ${cursor}`
}
