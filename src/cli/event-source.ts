/** A gateway's events for as long as somebody wants them: after a cut it comes back by itself. */
import { setTimeout as delay } from 'node:timers/promises'
import { GatewayError } from '../domain/errors.js'
import { openEvents, StreamCut } from './event-request.js'
import type { SseBlock } from './sse-reader.js'

/** An event as it is told; what it means is in its data. */
export type TailedEvent = SseBlock & { readonly data: string }

export interface EventSourceOptions {
  readonly url: URL
  readonly token: string
  readonly signal: AbortSignal
  /** Called when something has changed, once: a cut is told at its first failure alone. */
  readonly onChange: (change: SourceChange) => void
}

export type SourceChange =
  | { readonly type: 'connected' | 'back' }
  | { readonly type: 'cut'; readonly reason: string }

/** Before a server has said when to come back, in milliseconds. */
const DEFAULT_RETRY_MS = 1000

/** A server may ask for less, and is spared, or for more, and is asked again: milliseconds. */
const MIN_RETRY_MS = 250
const MAX_RETRY_MS = 30_000

/** What chance adds at most, so that clients do not come back all at once: milliseconds. */
const MAX_JITTER_MS = 8000

/** Where it stands between two connections. */
interface Course {
  state: 'new' | 'open' | 'cut'
  lastEventId: string | undefined
  retryMs: number
  failures: number
}

/**
 * Every event once, in order, until the signal aborts.
 *
 * @throws GatewayError when it cannot be heard, or not any longer: with the server's words
 */
export async function* hearEvents(options: EventSourceOptions): AsyncGenerator<TailedEvent, void> {
  const { url, token, signal } = options
  const course: Course = {
    state: 'new',
    lastEventId: undefined,
    retryMs: DEFAULT_RETRY_MS,
    failures: 0,
  }
  while (!signal.aborted) {
    try {
      const { lastEventId } = course
      for await (const block of openEvents(url, { token, lastEventId, signal })) {
        goOn(course, block, options)
        const { data } = block
        if (data !== undefined) yield { ...block, data }
      }
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof StreamCut)) throw error
      await comeBack(course, error, options)
    }
  }
}

function goOn(course: Course, block: SseBlock, { onChange }: EventSourceOptions): void {
  if (course.state !== 'open') onChange({ type: course.state === 'new' ? 'connected' : 'back' })
  course.state = 'open'
  course.failures = 0
  course.lastEventId = block.id ?? course.lastEventId
  course.retryMs = block.retryMs ?? course.retryMs
}

/** Settles when it is time to try again. */
async function comeBack(
  course: Course,
  cut: StreamCut,
  { url, signal, onChange }: EventSourceOptions,
): Promise<void> {
  if (course.state === 'new') throw toRefusal(url, cut)
  if (course.state === 'open') onChange({ type: 'cut', reason: cut.message })
  course.state = 'cut'
  await wait(Math.max(course.retryMs, cut.retryAfterMs), course.failures, signal)
  course.failures += 1
}

/** At the first time whoever has typed the command is told. */
function toRefusal({ origin }: URL, cut: StreamCut): GatewayError {
  return new GatewayError('EVENTS_UNAVAILABLE', `${origin}: ${cut.message}`, { cause: cut })
}

async function wait(askedMs: number, failures: number, signal: AbortSignal): Promise<void> {
  const leastMs = Math.min(Math.max(askedMs, MIN_RETRY_MS), MAX_RETRY_MS)
  const jitterMs = Math.random() * Math.min(leastMs * 2 ** failures, MAX_JITTER_MS)
  await delay(leastMs + jitterMs, undefined, { signal }).catch(() => undefined)
}
