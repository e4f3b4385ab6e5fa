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
  const outbox = new Outbox(options)
  // Heard before anything is read: what is appended in between is in one of them, or in both.
  const unsubscribe = await log.subscribe(stream, outbox)
  signal.addEventListener('abort', unsubscribe, { once: true })
  if (signal.aborted) return unsubscribe()
  try {
    await replay(log, stream, { outbox, ready, signal })
  } catch (error) {
    signal.removeEventListener('abort', unsubscribe)
    unsubscribe()
    throw error
  }
}

/** What is told to one listener; those who listen are many, so they share its methods. */
class Outbox implements EventListener {
  readonly #options: FollowOptions
  #last: EventId | undefined
  /** Heard while others are still replayed; undefined once it is passed on at once. */
  #waiting: LoggedEvent[] | undefined = []
  #hasOverflowed = false

  constructor(options: FollowOptions) {
    this.#options = options
    this.#last = options.after
  }

  /** Up to where it was told. */
  get last(): EventId | undefined {
    return this.#last
  }

  /** What the log tells. */
  onEvent(event: LoggedEvent): void {
    if (this.#waiting === undefined) this.tell(event)
    else if (this.#waiting.length >= MAX_WAITING) this.#overflow()
    else if (!this.#hasOverflowed) this.#waiting.push(event)
  }

  onDropped(): void {
    // While replaying, the next read finds out whether anything is missing.
    if (this.#waiting === undefined) this.tellDropped()
    else this.#overflow()
  }

  /** An event that was read, or that has waited. */
  tell(event: LoggedEvent): void {
    const { signal, onEvent } = this.#options
    if (signal.aborted || (this.#last !== undefined && !isLater(event.id, this.#last))) return
    this.#last = event.id
    onEvent(event)
  }

  tellDropped(): void {
    this.#last = undefined
    if (!this.#options.signal.aborted) this.#options.onDropped()
  }

  /** What is heard from here on is kept again, after more came than could wait. */
  startWaiting(): void {
    this.#hasOverflowed = false
  }

  /** @returns what has waited; undefined when some of it has to be read */
  takeWaiting(): readonly LoggedEvent[] | undefined {
    return this.#hasOverflowed ? undefined : this.#waiting?.splice(0)
  }

  /** What is heard is passed on at once. */
  goLive(): void {
    this.#waiting = undefined
  }

  #overflow(): void {
    this.#waiting = []
    this.#hasOverflowed = true
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
