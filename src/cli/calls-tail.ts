import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Config } from '../config/config.js'
import { systemClock } from '../domain/clock.js'
import { atGateway } from './at-endpoint.js'
import { FILTER_OPTIONS, readFilter } from './call-filter.js'
import { toCallJson, toCallLine } from './call-lines.js'
import { createEndedCalls, type EndedCalls } from './ended-calls.js'
import { untilUnwanted, writeLines } from './end-of-reading.js'
import { isExpected } from './expected-error.js'
import type { Program } from './program.js'
import { UsageError } from './usage-error.js'

/** Between two looks at the history, in milliseconds. */
const LOOK_MS = 1000

/** What instances write at the same time, and their clocks, are not quite in step: milliseconds. */
const TOLERANCE_MS = 5000

/** Prints the calls of an endpoint as they end, those of every instance, until it is interrupted. */
export async function callsTail(args: readonly string[], program: Program): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: FILTER_OPTIONS })
  const filter = readFilter(values)
  if (filter.status === 'in_process')
    throw new UsageError('--status: expected one that a call ends with; in_process is none')
  const over = untilUnwanted(program)
  await atGateway(program, values.endpoint, async ({ calls }, endpointId, config) => {
    const recordedWithinMs = toRecordedWithin(config)
    const parts = { calls, endpointId, filter, recordedWithinMs, clock: systemClock }
    const ended = createEndedCalls(parts)
    await ended.poll()
    program.stderr.write(`Calls of endpoint ${endpointId}, as they end; Ctrl+C ends this\n`)
    await follow(ended, { program, over, toLine: values.json ? toCallJson : toCallLine })
  })
}

/** A call is written after this time, or at its end; then the database may keep it waiting. */
function toRecordedWithin(config: Config): number {
  return config.RECORD_START_AFTER_MS + config.RECORD_TIMEOUT_MS + TOLERANCE_MS
}

interface FollowOptions {
  readonly program: Pick<Program, 'stdout' | 'stderr'>
  readonly over: AbortSignal
  readonly toLine: typeof toCallLine
}

async function follow(
  ended: EndedCalls,
  { program: { stdout, stderr }, over, toLine }: FollowOptions,
): Promise<void> {
  const said = new Set<string>()
  const sayOnce = (sentence: string) => {
    if (!said.has(sentence)) stderr.write(`${sentence}\n`)
    said.add(sentence)
  }
  while (await goesOn(over)) {
    try {
      const { calls, isComplete } = await ended.poll()
      if (!isComplete) sayOnce('There are more calls than can be followed: some are not shown')
      await writeLines(stdout, calls.map(toLine), over)
    } catch (error) {
      if (!isExpected(error)) throw error
      sayOnce(`${error.message}: trying again`)
    }
  }
}

async function goesOn(over: AbortSignal): Promise<boolean> {
  await delay(LOOK_MS, undefined, { signal: over }).catch(() => undefined)
  return !over.aborted
}
