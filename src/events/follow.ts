/**
 * Everything of a stream after an id, once and in order: what is kept is replayed, then what is
 * appended is heard, and nothing falls between the two or comes twice.
 */
import { GatewayError } from '../domain/errors.js'
import { isLater } from './event-order.js'
import type { EventId, EventListener, EventLog, LoggedEvent, Stream } from './events.js'

export interface FollowOptions extends EventListener {
  /** The last event that was seen; from the start of what is kept when absent. */
  readonly after?: EventId | undefined
  /** Ends it: nothing is called from then on. */
  readonly signal: AbortSignal
}

/** Events in one read. */
const PAGE_LIMIT = 100
/** Events heard while others are still replayed; beyond it they are read again. */
const MAX_WAITING = 1000

/**
 * Follows a stream until the signal aborts. `onDropped` stands where events are missing; what is
 * still kept follows it.
 *
 * @returns settles when everything up to now was told and the rest is told as it comes
 * @throws GatewayError `EVENTS_UNAVAILABLE` when the log cannot be reached; then it has ended
 */
export async function follow(log: EventLog, stream: Stream, options: FollowOptions): Promise<void> {
  const { signal, after } = options
  if (signal.aborted) return
  const outbox = createOutbox(options)
  // Heard before anything is read: what is appended in between is in one of them, or in both.
  const unsubscribe = await log.subscribe(stream, outbox.live)
  const end = () => unsubscribe()
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) return end()
  try {
    await replay(log, stream, { outbox, after, signal })
  } catch (error) {
    signal.removeEventListener('abort', end)
    end()
    throw error
  }
}

interface Outbox {
  /** What the log tells. */
  readonly live: EventListener
  /** Events that were read. */
  tellRead(events: readonly LoggedEvent[]): void
  tellDropped(): void
  /** What is heard from here on is kept again, after more came than could wait. */
  startWaiting(): void
  /** Tells what waits and passes the rest on. @returns false when some of it has to be read */
  goLive(): boolean
}

function createOutbox({ after, onEvent, onDropped, signal }: FollowOptions): Outbox {
  let last = after
  let waiting: LoggedEvent[] | undefined = []
  let hasOverflowed = false

  const tellOnce = (event: LoggedEvent) => {
    if (signal.aborted || (last !== undefined && !isLater(event.id, last))) return
    last = event.id
    onEvent(event)
  }
  const tellDropped = () => {
    last = undefined
    if (!signal.aborted) onDropped()
  }
  const overflow = () => {
    waiting = []
    hasOverflowed = true
  }

  return {
    live: {
      onEvent(event) {
        if (waiting === undefined) tellOnce(event)
        else if (waiting.length >= MAX_WAITING) overflow()
        else if (!hasOverflowed) waiting.push(event)
      },
      onDropped() {
        // While replaying, the next read finds out whether anything is missing.
        if (waiting === undefined) tellDropped()
        else overflow()
      },
    },
    tellRead: (events) => events.forEach(tellOnce),
    tellDropped,
    startWaiting() {
      hasOverflowed = false
    },
    goLive() {
      if (hasOverflowed) return false
      const heard = waiting ?? []
      waiting = undefined
      heard.forEach(tellOnce)
      return true
    },
  }
}

interface Replay {
  readonly outbox: Outbox
  readonly after: EventId | undefined
  readonly signal: AbortSignal
}

async function replay(log: EventLog, stream: Stream, from: Replay): Promise<void> {
  const { outbox, signal } = from
  let { after } = from
  while (!signal.aborted) {
    outbox.startWaiting()
    const page = await readPage(log, stream, after)
    if (page === 'dropped') {
      outbox.tellDropped()
      after = undefined
      continue
    }
    outbox.tellRead(page)
    after = page.at(-1)?.id ?? after
    if (page.length < PAGE_LIMIT && outbox.goLive()) return
  }
}

async function readPage(
  log: EventLog,
  stream: Stream,
  after: EventId | undefined,
): Promise<LoggedEvent[] | 'dropped'> {
  try {
    return await log.read(stream, { after, limit: PAGE_LIMIT })
  } catch (error) {
    const isDropped = error instanceof GatewayError && error.code === 'EVENTS_DROPPED'
    if (!isDropped || after === undefined) throw error
    return 'dropped'
  }
}
