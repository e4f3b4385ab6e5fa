/**
 * What has this stream not seen yet? The front door of the room: the event log.
 *
 * Everything that instances must tell each other at once goes through it. The kinds of
 * stream never mix: `user/…`, `session/…` and `recorded/…` are replayed from an id, `endpoint/…`
 * carries signals.
 * An adapter keeps each stream bounded by count, bytes and age.
 */
import type { EndpointId } from '../domain/tenant.js'

/** Names one stream; only the builders below make one, so the tenant is always in it. */
export type Stream = string & { readonly __stream: unique symbol }

/** Opaque, rising within its stream, printable ASCII without spaces: it is the SSE id too. */
export type EventId = string

/** Any JSON object; small, since logs are bounded by bytes. */
export type EventBody = Readonly<Record<string, unknown>>

export interface LoggedEvent {
  readonly id: EventId
  readonly body: EventBody
}

/** Called one at a time, in the order of the stream. */
export interface EventListener {
  readonly onEvent: (event: LoggedEvent) => void
  /** Events before the next one are lost: the log was cut off, and no longer reached back. */
  readonly onDropped: () => void
}

export interface EventLog {
  /**
   * Adds an event. The newest one of a stream is kept however large it is, until it is too old.
   *
   * @throws GatewayError `EVENTS_UNAVAILABLE` when the log cannot be reached; the event may have
   * been added even so, when only the answer was lost
   */
  append(stream: Stream, body: EventBody): Promise<EventId>

  /**
   * The events after an id, oldest first, at most `limit`.
   *
   * @param after from the start of what is kept when absent
   * @throws GatewayError `EVENTS_DROPPED` when the log no longer reaches back to `after`, or the id
   * is not one of this log: never a part of what was missed. `EVENTS_UNAVAILABLE` when it cannot be
   * reached
   */
  read(
    stream: Stream,
    range: { after?: EventId | undefined; limit: number },
  ): Promise<LoggedEvent[]>

  /**
   * Hears each event appended from now on, by whichever instance, once and in order. A lost
   * connection is mended behind it, from where it broke.
   *
   * @returns settles when events are heard, with the way to stop hearing them
   * @throws GatewayError `EVENTS_UNAVAILABLE` when the log cannot be reached
   */
  subscribe(stream: Stream, listener: EventListener): Promise<() => void>

  /** True when another instance sees this log too. */
  readonly isShared: boolean

  /** Nobody hears anything more, and whatever is asked from then on is `EVENTS_UNAVAILABLE`. */
  close(): Promise<void>
}

/** What is kept of each stream; what is beyond any of them goes, oldest first. */
export interface EventLimits {
  readonly maxEvents: number
  /** Of the events as JSON, in UTF-8. */
  readonly maxBytes: number
  readonly maxAgeMs: number
}

/** One user's events, whichever of their clients caused them. */
export function userStream(endpointId: EndpointId, userId: string): Stream {
  return toStream('user', endpointId, userId)
}

/** One response stream of one legacy session. */
export function sessionStream(endpointId: EndpointId, sessionId: string, streamId: string): Stream {
  return toStream('session', endpointId, sessionId, streamId)
}

/** What all instances must know at once of an endpoint: changes, cancels, answers, revocations. */
export function endpointStream(endpointId: EndpointId): Stream {
  return toStream('endpoint', endpointId)
}

/** The calls of an endpoint as they are recorded, whoever made them. */
export function recordedStream(endpointId: EndpointId): Stream {
  return toStream('recorded', endpointId)
}

/** Parts are escaped, so that no user id can reach into another stream. */
function toStream(...parts: readonly string[]): Stream {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- here alone the name is made
  return parts.map(encodeURIComponent).join('/') as Stream
}
