/**
 * Users who could not be told something, because the event log took nothing: as soon as it does
 * again their clients are told that they have missed something.
 */
import type { Clock } from '../domain/clock.js'
import type { EventLog, Stream } from '../events/events.js'
import type { Log } from '../telemetry/telemetry.js'
import { toGap } from './user-event.js'

export interface OwedGaps {
  /** @param stream its newest event is lost */
  owe(stream: Stream): void
  /** Nobody is told any longer. */
  close(): void
}

export interface OwedGapsParts {
  readonly events: Pick<EventLog, 'append'>
  readonly clock: Clock
  readonly log: Log
  /** Users at a time; what one more has missed stays untold. Default: 10,000. */
  readonly maxStreams?: number | undefined
  /** Until it is tried for the first time, in milliseconds; it doubles. Default: 250. */
  readonly firstDelayMs?: number | undefined
}

const MAX_STREAMS = 10_000
const FIRST_DELAY_MS = 250
/** Between two tries at most, in milliseconds. */
const MAX_DELAY_MS = 10_000

export function createOwedGaps({ events, clock, log, ...limits }: OwedGapsParts): OwedGaps {
  const { maxStreams = MAX_STREAMS, firstDelayMs = FIRST_DELAY_MS } = limits
  const owed = new Set<Stream>()
  let timer: NodeJS.Timeout | undefined
  let delayMs = firstDelayMs
  let isTelling = false
  let isClosed = false

  const schedule = () => {
    if (isClosed || isTelling || owed.size === 0) return
    timer ??= setTimeout(() => void tellAll(), delayMs).unref()
  }
  const tellAll = async () => {
    timer = undefined
    isTelling = true
    try {
      for (const stream of owed) {
        // First, so that what is lost meanwhile is owed anew.
        owed.delete(stream)
        await tellOne(stream)
        if (isClosed) return
      }
      delayMs = firstDelayMs
    } catch {
      delayMs = Math.min(delayMs * 2, MAX_DELAY_MS)
    } finally {
      isTelling = false
      schedule()
    }
  }
  const tellOne = async (stream: Stream) => {
    try {
      await events.append(stream, toGap(clock))
    } catch (error) {
      owed.add(stream)
      throw error
    }
  }

  return {
    owe: (stream) => {
      if (!owed.has(stream) && owed.size >= maxStreams)
        log.error({ maxStreams }, 'too many users have missed events: one is not told so')
      else owed.add(stream)
      schedule()
    },
    close: () => {
      isClosed = true
      clearTimeout(timer)
      if (owed.size > 0)
        log.warn({ users: owed.size }, 'users are not told that they missed events')
      owed.clear()
    },
  }
}
