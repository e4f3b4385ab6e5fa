/** A GET in a session: the rest of a stream that was cut, or what changes while no call runs. */
import type { FastifyReply } from 'fastify'
import type { Caller } from '../domain/caller.js'
import { systemClock } from '../domain/clock.js'
import type { Session } from '../domain/session.js'
import { tellNotices } from './notice-stream.js'
import type { McpParts } from './mcp-parts.js'
import { resumeStream } from './resume-stream.js'
import type { Place } from './standing-places.js'
import { readSseId, STANDING_STREAM } from './stream-ids.js'
import { takeStream } from './stream-watch.js'

/** The longest time that a timer takes. */
const MAX_DELAY_MS = 2 ** 31 - 1

export interface Resumption {
  readonly caller: Caller
  readonly session: Session
  readonly lastEventId: string | undefined
}

/**
 * Settles when the stream is over.
 *
 * @param lastEventId what the client has seen of a stream, as it says
 * @throws GatewayError `INVALID_REQUEST` for an id that nobody has sent it; `BUSY`; `SHUTTING_DOWN`;
 * `EVENTS_UNAVAILABLE`
 */
export async function serveGet(
  parts: McpParts,
  { caller, session, lastEventId }: Resumption,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const from = lastEventId === undefined ? undefined : readSseId(lastEventId)
  // Nothing comes after it: to clients of event streams this says not to come back.
  if (from?.isLast) return reply.code(204).send()
  const { streamId } = from ?? { streamId: STANDING_STREAM }
  const place = parts.places.take(caller)
  leaveInTime(place, session, reply)
  try {
    const watched = { session, streamId, end: place.leave }
    const openedAt = await takeStream(parts.signals, watched, place.signal)
    if (from !== undefined && streamId !== STANDING_STREAM)
      return await resumeStream(parts, { session, from, place }, reply)
    const after = from?.eventId ?? openedAt
    return await tellNotices(parts, { caller, session, after, place }, reply)
  } catch (error) {
    place.leave()
    throw error
  }
}

/** When the client has gone, or its session is over. */
function leaveInTime(place: Place, { expiresAt }: Session, reply: FastifyReply): void {
  const leftMs = Math.max(expiresAt - systemClock.now(), 0)
  const timer = setTimeout(place.leave, Math.min(leftMs, MAX_DELAY_MS))
  place.signal.addEventListener('abort', () => clearTimeout(timer))
  reply.raw.once('close', place.leave)
  if (reply.raw.destroyed) place.leave()
}
