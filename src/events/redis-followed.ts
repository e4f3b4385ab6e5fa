/** A stream in Redis that this instance listens to: where it stands, and who hears it. */
import { isJsonObject } from '../domain/json.js'
import type { Log } from '../telemetry/telemetry.js'
import { isLater } from './event-order.js'
import type { EventId, EventListener, LoggedEvent, Stream } from './events.js'
import { tell } from './listeners.js'

export interface Place {
  readonly id: EventId
  /** The `t` of that entry; undefined when it is not known. */
  readonly total: number | undefined
}

/** Before the first entry of a stream. */
export const BEGINNING: Place = { id: '0-0', total: 0 }

export interface Followed {
  readonly stream: Stream
  readonly key: string
  place: Place
  /** When it began, in milliseconds since 1970. */
  readonly since: number
  readonly listeners: Set<Told>
}

export interface Told {
  readonly listener: EventListener
  /** The newest event when it began to listen: only later ones are told. */
  after: EventId | undefined
}

/** As the client gives it. */
export interface StreamEntry {
  readonly id: string
  readonly message: Readonly<Record<string, string>>
}

export function isAt(followed: Followed, id: EventId): boolean {
  return followed.place.id === id
}

/** Tells what came, and before it that something is missing when it does not follow the place. */
export function tellEntries(followed: Followed, entries: readonly StreamEntry[], log: Log): void {
  for (const { id, message } of entries) {
    const { t = '', b = '' } = message
    const total = Number(t)
    const before = total - Buffer.byteLength(b)
    const { place } = followed
    followed.place = { id, total }
    // A stream that expired begins again at 0.
    const follows = place.total === undefined || before === place.total || before === 0
    if (!follows) tellGap(followed, log)
    const event = toEvent({ id, message })
    if (event === undefined) log.error({ key: followed.key, id }, 'not an event: it is left out')
    else tellEvent(followed, event, log)
  }
}

function tellEvent({ listeners, stream }: Followed, event: LoggedEvent, log: Log): void {
  for (const { listener, after } of listeners)
    if (after === undefined || isLater(event.id, after)) tell(listener, event, { stream, log })
}

/** Whatever comes next is told, in a log that may have begun anew. */
export function tellGap({ listeners, stream }: Followed, log: Log): void {
  for (const told of listeners) {
    told.after = undefined
    tell(told.listener, undefined, { stream, log })
  }
}

/** @returns undefined when something else wrote the entry */
export function toEvent({ id, message }: StreamEntry): LoggedEvent | undefined {
  try {
    const body: unknown = JSON.parse(message['b'] ?? '')
    return isJsonObject(body) ? { id, body } : undefined
  } catch {
    return undefined
  }
}
