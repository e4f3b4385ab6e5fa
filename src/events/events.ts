/**
 * What has this stream not seen yet? The front door of the room: the event log.
 *
 * Everything that instances must tell each other at once goes through it. Three kinds of stream
 * that never mix: `user/…` and `session/…` are replayed from an id, `endpoint/…` carries signals.
 * An adapter keeps each stream bounded by count, bytes and age.
 */

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

export interface EventLog {
  /** @throws GatewayError `EVENTS_UNAVAILABLE` when the log cannot be reached */
  append(stream: Stream, body: EventBody): Promise<EventId>

  /**
   * The events after an id, oldest first, at most `limit`.
   *
   * @param after from the start of what is kept when absent
   * @throws GatewayError `EVENTS_DROPPED` when the log no longer reaches back to `after`, or the id
   * is not one of this log: never a part of what was missed
   */
  read(
    stream: Stream,
    range: { after?: EventId | undefined; limit: number },
  ): Promise<LoggedEvent[]>

  /**
   * Hears each event appended from now on, by whichever instance, in order.
   *
   * @returns settles when events are heard, with the way to stop hearing them
   */
  subscribe(stream: Stream, listener: (event: LoggedEvent) => void): Promise<() => void>

  /** True when another instance sees this log too. */
  readonly isShared: boolean

  close(): Promise<void>
}

/** One user's events, whichever of their clients caused them. */
export function userStream(endpointId: string, userId: string): Stream {
  return toStream('user', endpointId, userId)
}

/** One response stream of one legacy session. */
export function sessionStream(endpointId: string, sessionId: string, streamId: string): Stream {
  return toStream('session', endpointId, sessionId, streamId)
}

/** What all instances must know at once of an endpoint: changes, cancels, answers, revocations. */
export function endpointStream(endpointId: string): Stream {
  return toStream('endpoint', endpointId)
}

/** Parts are escaped, so that no user id can reach into another stream. */
function toStream(...parts: readonly string[]): Stream {
  return parts.map(encodeURIComponent).join('/') as Stream
}
