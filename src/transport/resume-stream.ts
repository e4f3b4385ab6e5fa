/**
 * A client comes back for the rest of a stream whose connection was cut: what it has missed is
 * replayed, at the pace at which it reads, and what is said from now on follows.
 */
import { once } from 'node:events'
import type { FastifyReply } from 'fastify'
import { GatewayError } from '../domain/errors.js'
import type { Session } from '../domain/session.js'
import type { EventId, EventLog, LoggedEvent } from '../events/events.js'
import { follow } from '../events/follow.js'
import type { JsonObject } from '../protocol/protocol.js'
import { readSaid, streamOf, takesEmptyEvents } from './kept-stream.js'
import { lostAnswer, lostEvents } from './lost-events.js'
import { primer } from './session-stream.js'
import type { SseConnection, SseConnections } from './sse-connections.js'
import type { Place } from './standing-places.js'
import { type EventName, requestIdOf, toSseId } from './stream-ids.js'

export interface ResumeParts {
  readonly connections: SseConnections
  readonly events: EventLog
}

export interface Resumed {
  readonly session: Session
  /** The last event that the client has seen. */
  readonly from: EventName
  /** Left when the stream has ended. */
  readonly place: Place
}

/**
 * Settles when the stream is over. When there was nothing to tell, the answer says not to come back.
 *
 * @throws GatewayError `EVENTS_UNAVAILABLE` when the log cannot be reached, `SHUTTING_DOWN` when the
 * stream ends here and not for good; both only while nothing is sent
 */
export async function resumeStream(
  { connections, events }: ResumeParts,
  { session, from, place }: Resumed,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const stream = streamOf(session, from.streamId)
  const teller = createTeller(connections, reply, { session, from, place })
  try {
    while (!place.signal.aborted) {
      const { signal, pause } = pauseOf(place.signal)
      const onEvent = (event: LoggedEvent) => {
        teller.tell(event)
        if (teller.isCrowded()) pause()
      }
      await follow(events, stream, {
        after: teller.last(),
        signal,
        onEvent,
        onDropped: teller.drop,
      })
      teller.endReplay()
      if (!signal.aborted) await once(signal, 'abort')
      await teller.drained()
    }
  } catch (error) {
    // A stream that has begun can only be cut: its client comes back once more.
    if (!teller.hasBegun()) throw error
  } finally {
    teller.end()
  }
  if (teller.hasBegun()) return reply
  if (teller.isOver()) return reply.code(204).send()
  throw new GatewayError('SHUTTING_DOWN', 'This stream has ended here before it began')
}

/** Aborts with the place, or when the client has to catch up. */
function pauseOf(place: AbortSignal): { signal: AbortSignal; pause: () => void } {
  const controller = new AbortController()
  const pause = () => {
    place.removeEventListener('abort', pause)
    controller.abort()
  }
  place.addEventListener('abort', pause)
  return { signal: controller.signal, pause }
}

interface Teller {
  tell(event: LoggedEvent): void
  /** Events before the next one are lost. */
  readonly drop: () => void
  /** Everything that is kept was told. */
  endReplay(): void
  /** What the client has been told up to. */
  last(): EventId
  hasBegun(): boolean
  /** The last event of the stream was told. */
  isOver(): boolean
  isCrowded(): boolean
  drained(): Promise<void>
  end(): void
}

function createTeller(
  connections: SseConnections,
  reply: FastifyReply,
  { session, from, place }: Resumed,
): Teller {
  const { streamId } = from
  const isPrimed = takesEmptyEvents(session)
  let connection: SseConnection | undefined
  let last = from.eventId
  let isOver = false
  /** Since events were lost. */
  let isEmptyAfterGap = false

  const open = () => {
    if (connection !== undefined) return connection
    connection = connections.open(reply)
    // Cut again before anything is told, the client still knows where it stands.
    if (isPrimed) connection.send(primer(toSseId(from)))
    return connection
  }
  const warn = () => open().send({ message: lostEvents('What is still kept of them follows.') })

  return {
    tell: ({ id: eventId, body }) => {
      last = eventId
      isEmptyAfterGap = false
      const { message, isLast, isAfterGap } = readSaid(body)
      const id = toSseId({ streamId, eventId, isLast })
      if (isAfterGap) warn()
      if (message !== undefined) open().send({ id, message })
      else if (isPrimed && !isLast) open().send({ id })
      if (!isLast) return
      isOver = true
      place.leave()
    },
    drop: () => {
      isEmptyAfterGap = true
      warn()
    },
    endReplay: () => {
      if (place.signal.aborted) return
      // Of a stream that goes on, something is kept.
      if (isEmptyAfterGap) answerLost(open(), from, place)
      else open()
    },
    last: () => last,
    hasBegun: () => connection !== undefined,
    isOver: () => isOver,
    isCrowded: () => connection?.isCrowded === true,
    drained: async () => connection?.drained(),
    end: () => connection?.end(),
  }
}

/** Ends the stream for good: a client that comes back once more is told that it is over. */
function answerLost(connection: SseConnection, from: EventName, place: Place): void {
  const requestId = requestIdOf(from.streamId)
  const message: JsonObject | undefined =
    requestId === undefined ? undefined : lostAnswer(requestId)
  if (message !== undefined) connection.send({ id: toSseId({ ...from, isLast: true }), message })
  place.leave()
}
