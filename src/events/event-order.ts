/**
 * Event ids are two whole numbers, `{first}-{second}`, that rise together within a stream: time and
 * count in Redis, epoch and count in memory.
 */
import { GatewayError } from '../domain/errors.js'
import type { EventId } from './events.js'

/** Whole numbers up to 15 digits are exact in JavaScript. */
const EVENT_ID = /^(\d{1,15})-(\d{1,15})$/

/** @returns undefined when it cannot be the id of an event in any log */
export function readEventId(id: string): readonly [number, number] | undefined {
  const [, first, second] = EVENT_ID.exec(id) ?? []
  return first === undefined ? undefined : [Number(first), Number(second)]
}

/** True when `id` comes after `other` in their stream. */
export function isLater(id: EventId, other: EventId): boolean {
  const digits = id.indexOf('-')
  // Numbers of as many digits are in the order of their texts: so it is with almost all of them.
  if (digits > 0 && id.length === other.length && other.indexOf('-') === digits) return id > other
  const [first, second] = readEventId(id) ?? [0, 0]
  const [otherFirst, otherSecond] = readEventId(other) ?? [0, 0]
  return first === otherFirst ? second > otherSecond : first > otherFirst
}

/** What `read` answers when it cannot give everything after an id. */
export function eventsDropped(after: EventId): GatewayError {
  const message = 'The events after this id are no longer kept, or it is not an id of this stream'
  // An id is what a client sent, of any length.
  return new GatewayError('EVENTS_DROPPED', message, { data: { after: after.slice(0, 64) } })
}

export function eventsUnavailable(reason: string, options?: ErrorOptions): GatewayError {
  return new GatewayError(
    'EVENTS_UNAVAILABLE',
    `The event log is not available: ${reason}`,
    options,
  )
}
