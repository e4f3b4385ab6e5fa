/**
 * The event log of one instance. Nothing survives the process: ids carry an epoch that no other
 * process has, so an id from before a restart is answered with `EVENTS_DROPPED`.
 */
import type { Clock } from '../domain/clock.js'
import type { Log } from '../telemetry/telemetry.js'
import { eventsDropped, eventsUnavailable } from './event-order.js'
import type { EventLimits, EventListener, EventLog, LoggedEvent, Stream } from './events.js'
import { createKeptStreams, type KeptEvent } from './kept-streams.js'
import { tell } from './listeners.js'

export interface MemoryEventLogOptions extends EventLimits {
  readonly clock: Clock
  readonly log: Log
  /** Streams remembered at a time; those idle for longest go first. Default: 10,000. */
  readonly maxStreams?: number | undefined
  /** Of the events of all streams; those idle for longest go first. Default: 256 MiB. */
  readonly maxTotalBytes?: number | undefined
}

const DEFAULTS = { maxStreams: 10_000, maxTotalBytes: 256 * 1024 * 1024 }

export function createMemoryEventLog(options: MemoryEventLogOptions): EventLog {
  const { log, maxStreams = DEFAULTS.maxStreams, maxTotalBytes = DEFAULTS.maxTotalBytes } = options
  const streams = createKeptStreams({ ...options, maxStreams, maxTotalBytes })
  const hearing = createHearing(log)
  let isClosed = false
  const refuseWhenClosed = () => {
    if (isClosed) throw eventsUnavailable('it was closed')
  }

  return {
    isShared: false,

    async append(stream, body) {
      refuseWhenClosed()
      const json = JSON.stringify(body)
      const id = streams.append(stream, json)
      hearing.announce(stream, { id, json })
      return id
    },

    async read(stream, { after, limit }) {
      refuseWhenClosed()
      const kept = streams.readAfter(stream, after)
      if (kept === undefined) throw eventsDropped(after ?? '')
      return kept.slice(0, limit).map(toLoggedEvent)
    },

    async subscribe(stream, listener) {
      refuseWhenClosed()
      return hearing.listen(stream, listener)
    },

    async close() {
      isClosed = true
      hearing.stop()
      streams.clear()
    },
  }
}

interface Hearing {
  listen(stream: Stream, listener: EventListener): () => void
  announce(stream: Stream, event: Pick<KeptEvent, 'id' | 'json'>): void
  stop(): void
}

interface Announcement {
  readonly stream: Stream
  readonly event: Pick<KeptEvent, 'id' | 'json'>
  /** Who listened when it was appended. */
  readonly listeners: ReadonlySet<Subscription>
}

interface Subscription {
  readonly listener: EventListener
  isOpen: boolean
}

/**
 * Who hears what. Events wait in one line and are told after the code that appended them: so a
 * listener that appends cannot let the others hear the second event before the first.
 */
function createHearing(log: Log): Hearing {
  const listening = new Map<Stream, Set<Subscription>>()
  const line: Announcement[] = []
  /** Sets that announcements hold on to: one of them is replaced, never changed. */
  const held = new Set<ReadonlySet<Subscription>>()

  const tellAll = () => {
    // What listeners append now joins this line and has a turn of its own.
    for (const { stream, event, listeners } of line.splice(0)) {
      const told = toLoggedEvent(event)
      for (const { listener, isOpen } of listeners)
        if (isOpen) tell(listener, told, { stream, log })
    }
    held.clear()
    for (const { listeners } of line) held.add(listeners)
  }

  const toChange = (stream: Stream) => {
    const known = listening.get(stream)
    if (known !== undefined && !held.has(known)) return known
    const copy = new Set(known)
    listening.set(stream, copy)
    return copy
  }

  const forget = (stream: Stream, subscription: Subscription) => {
    subscription.isOpen = false
    const left = toChange(stream)
    left.delete(subscription)
    if (left.size === 0) listening.delete(stream)
  }

  return {
    listen(stream, listener) {
      const subscription = { listener, isOpen: true }
      toChange(stream).add(subscription)
      return () => forget(stream, subscription)
    },

    announce(stream, event) {
      const listeners = listening.get(stream)
      if (listeners === undefined) return
      held.add(listeners)
      if (line.push({ stream, event, listeners }) === 1) queueMicrotask(tellAll)
    },

    stop() {
      for (const subscriptions of listening.values())
        for (const subscription of subscriptions) subscription.isOpen = false
      listening.clear()
      held.clear()
      line.length = 0
    },
  }
}

function toLoggedEvent({ id, json }: Pick<KeptEvent, 'id' | 'json'>): LoggedEvent {
  return { id, body: JSON.parse(json) }
}
