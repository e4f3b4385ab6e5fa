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
  /**
   * Asked before each event that is replayed, which waits for the answer: there may be more of them
   * than whoever listens can take at once.
   */
  readonly ready?: (() => Promise<void> | undefined) | undefined
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
  const { signal, ready } = options
  if (signal.aborted) return
  const outbox = createOutbox(options)
  // Heard before anything is read: what is appended in between is in one of them, or in both.
  const unsubscribe = await log.subscribe(stream, outbox.live)
  const end = () => unsubscribe()
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) return end()
  try {
    await replay(log, stream, { outbox, ready, signal })
  } catch (error) {
    signal.removeEventListener('abort', end)
    end()
    throw error
  }
}

interface Outbox {
  /** What the log tells. */
  readonly live: EventListener
  /** Up to where it was told. */
  readonly last: EventId | undefined
  /** An event that was read, or that has waited. */
  tell(event: LoggedEvent): void
  tellDropped(): void
  /** What is heard from here on is kept again, after more came than could wait. */
  startWaiting(): void
  /** @returns what has waited; undefined when some of it has to be read */
  takeWaiting(): readonly LoggedEvent[] | undefined
  /** What is heard is passed on at once. */
  goLive(): void
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
    get last() {
      return last
    },
    tell: tellOnce,
    tellDropped,
    startWaiting() {
      hasOverflowed = false
    },
    takeWaiting: () => (hasOverflowed ? undefined : waiting?.splice(0)),
    goLive() {
      waiting = undefined
    },
  }
}

interface Replay {
  readonly outbox: Outbox
  readonly ready: FollowOptions['ready']
  readonly signal: AbortSignal
}

async function replay(log: EventLog, stream: Stream, replaying: Replay): Promise<void> {
  const { outbox, signal } = replaying
  while (!signal.aborted) {
    outbox.startWaiting()
    const page = await readPage(log, stream, outbox.last)
    if (page === 'dropped') {
      outbox.tellDropped()
      continue
    }
    await tellAll(page, replaying)
    if (page.length < PAGE_LIMIT && (await catchUp(replaying))) return
  }
}

/** Tells what has waited, and goes live. @returns false when some of it has to be read */
async function catchUp(replaying: Replay): Promise<boolean> {
  const { outbox, signal } = replaying
  while (!signal.aborted) {
    const waiting = outbox.takeWaiting()
    if (waiting === undefined) return false
    if (waiting.length === 0) break
    await tellAll(waiting, replaying)
  }
  outbox.goLive()
  return true
}

async function tellAll(
  events: readonly LoggedEvent[],
  { outbox, ready, signal }: Replay,
): Promise<void> {
  for (const event of events) {
    const waits = ready?.()
    if (waits !== undefined) await waits
    if (signal.aborted) return
    outbox.tell(event)
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
