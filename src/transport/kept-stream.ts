/**
 * What was said on one stream of a session, kept in the event log so that a client whose connection
 * was cut can come back for it, at any instance.
 */
import { isJsonObject } from '../domain/json.js'
import type { Session } from '../domain/session.js'
import { type EventBody, type EventLog, sessionStream, type Stream } from '../events/events.js'
import type { JsonObject, RequestId } from '../protocol/protocol.js'
import type { Log } from '../telemetry/telemetry.js'
import { createStreamId, toSseId } from './stream-ids.js'

/** One event. Without a message it only gives the client an id, or ends the stream. */
export interface Said {
  readonly message?: JsonObject | undefined
  readonly isLast?: true | undefined
  /** What was said just before it could not be kept. */
  readonly isAfterGap?: true | undefined
}

export interface KeptStream {
  readonly streamId: string
  /** False once something could not be kept. */
  readonly isWhole: boolean
  /**
   * Keeps what is said next. Never fails.
   *
   * @returns its SSE id, or undefined when it could not be kept; then nothing after it has one,
   * since a client that comes back must not miss it unawares
   */
  keep(said: Said): Promise<string | undefined>
}

export interface KeptStreamParts {
  readonly events: EventLog
  readonly log: Log
}

/** The revision whose clients take an event without data; others fail to read it. */
export function takesEmptyEvents({ version }: Session): boolean {
  return version === '2025-11-25'
}

export function streamOf({ endpointId, id }: Session, streamId: string): Stream {
  return sessionStream(endpointId, id, streamId)
}

export function createKeptStream(
  { events, log }: KeptStreamParts,
  session: Session,
  requestId: RequestId | undefined,
): KeptStream {
  const streamId = createStreamId(requestId)
  const stream = streamOf(session, streamId)
  let isWhole = true
  const append = async (said: Said) => {
    const eventId = await events.append(stream, { ...said })
    return toSseId({ streamId, eventId, isLast: said.isLast })
  }
  return {
    streamId,
    get isWhole() {
      return isWhole
    },
    keep: async (said) => {
      try {
        if (isWhole) return await append(said)
      } catch (err) {
        isWhole = false
        log.warn({ err, endpointId: session.endpointId }, 'a stream cannot be resumed from here on')
      }
      // Whoever waits elsewhere hears how it ends; nobody here waits for the log to come back.
      if (said.isLast) void append({ ...said, isAfterGap: true }).catch(() => undefined)
      return undefined
    },
  }
}

/** The other way: an event of such a stream. */
export function readSaid({ message, isLast, isAfterGap }: EventBody): Said {
  return {
    ...(isJsonObject(message) && { message }),
    ...(isLast === true && { isLast }),
    ...(isAfterGap === true && { isAfterGap }),
  }
}
