/**
 * The stream of a session outside of its requests: what has changed that its client wants to hear
 * of. It lasts until the client, its session or the server ends it.
 */
import type { FastifyReply } from 'fastify'
import type { Access } from '../access/access.js'
import type { Caller } from '../domain/caller.js'
import { LIST_KINDS, mayHear, type Notice } from '../domain/notice.js'
import type { Session } from '../domain/session.js'
import type { EventId } from '../events/events.js'
import { type JsonObject, toChangeNotification } from '../protocol/protocol.js'
import type { Sessions } from '../sessions/sessions.js'
import type { Subscriptions } from '../subscriptions/subscriptions.js'
import type { Log } from '../telemetry/telemetry.js'
import { takesEmptyEvents } from './kept-stream.js'
import { lostEvents } from './lost-events.js'
import { primer } from './session-stream.js'
import type { SseConnections } from './sse-connections.js'
import type { Place } from './standing-places.js'
import { STANDING_STREAM, toSseId } from './stream-ids.js'

export interface NoticeStreamParts {
  readonly connections: SseConnections
  readonly sessions: Sessions
  readonly subscriptions: Subscriptions
  readonly access: Pick<Access, 'look'>
  readonly log: Log
}

export interface NoticeStream {
  readonly caller: Caller
  readonly session: Session
  /** What the client has seen, or where its stream begins; from now on when absent. */
  readonly after: EventId | undefined
  readonly place: Place
}

/** Notices that may wait for the state store. */
const MAX_WAITING = 1000

/** Settles when the stream is over. */
export async function tellNotices(
  parts: NoticeStreamParts,
  { caller, session, after, place }: NoticeStream,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { sessions, subscriptions, access, log } = parts
  const connection = parts.connections.open(reply)
  place.signal.addEventListener('abort', () => connection.end())
  if (place.signal.aborted) connection.end()
  if (after !== undefined && takesEmptyEvents(session)) connection.send(primer(nameOf(after)))

  const failed = (err: unknown) => {
    log.warn({ err, endpointId: session.endpointId }, 'a stream of notices was cut')
    // The client comes back with the last id that it has seen.
    place.leave()
  }
  const inOrder = createLine(failed)
  const { signal } = place
  const onNotice = (notice: Notice, eventId: EventId) =>
    inOrder(async () => {
      const message = await toMessage(notice, session, sessions)
      if (message !== undefined) connection.send({ id: nameOf(eventId), message })
    })
  const onGap = () =>
    inOrder(async () => {
      for (const message of await toMessages(session, sessions)) connection.send({ message })
    })
  const look = () => access.look(caller)
  await subscriptions
    .hear(session.endpointId, { after, signal, look, onNotice, onGap })
    .catch(failed)
  return reply
}

function nameOf(eventId: EventId): string {
  return toSseId({ streamId: STANDING_STREAM, eventId })
}

/** One step after another. One that fails, or too many that wait, end the line. */
function createLine(failed: (err: unknown) => void): (step: () => Promise<void>) => void {
  let line = Promise.resolve()
  let waiting = 0
  let isBroken = false
  const fail = (err: unknown) => {
    if (!isBroken) failed(err)
    isBroken = true
  }
  return (step) => {
    if (++waiting > MAX_WAITING) fail(new Error(`${MAX_WAITING} notices wait already`))
    line = line
      .then(() => (isBroken ? undefined : step()))
      .catch(fail)
      .finally(() => waiting--)
  }
}

/** @returns undefined when the client does not want to hear of it */
async function toMessage(
  notice: Notice,
  session: Session,
  sessions: Sessions,
): Promise<JsonObject | undefined> {
  if (notice.type === 'task.changed' || !mayHear(session.userId, notice)) return undefined
  if (notice.type === 'list.changed') return toChangeNotification(notice)
  const wanted = await sessions.subscriptions(session)
  return wanted.has(notice.uri) ? toChangeNotification(notice) : undefined
}

/** After a gap anything may have changed. */
async function toMessages(session: Session, sessions: Sessions): Promise<JsonObject[]> {
  const uris = await sessions.subscriptions(session)
  return [
    lostEvents('Anything may have changed: lists and subscribed resources are named again.'),
    ...LIST_KINDS.map((list) => toChangeNotification({ type: 'list.changed', list })),
    ...[...uris].map((uri) => toChangeNotification({ type: 'resource.updated', uri })),
  ]
}
