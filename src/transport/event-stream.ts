/** One client's stream of what happens: from where it was, until it leaves or may not hear more. */
import type { FastifyReply } from 'fastify'
import type { Caller } from '../domain/caller.js'
import { systemClock, toIso } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { Log } from '../telemetry/telemetry.js'
import type { UserEvent, UserEventId, UserEvents } from '../user-events/user-events.js'
import type { SseConnection, SseConnections } from './sse-connections.js'
import type { Place } from './standing-places.js'

export interface EventStreamParts {
  readonly connections: SseConnections
  readonly userEvents: UserEvents
  /** Aborted when the server begins to close. */
  readonly closing: AbortSignal
  readonly log: Log
}

export interface EventStream {
  readonly caller: Caller
  readonly after: UserEventId | undefined
  readonly wants: (type: UserEvent['type']) => boolean
  readonly place: Place
}

/** When a client that was cut off may come back, in milliseconds. */
const RETRY_MS = 1000

/**
 * Settles when everything up to now was told; the rest is told as it comes.
 *
 * @throws GatewayError `INVALID_REQUEST` for an id that nobody was told; `EVENTS_UNAVAILABLE`;
 * `SHUTTING_DOWN`: then nothing was answered yet
 */
export async function streamEvents(
  { connections, userEvents, closing, log }: EventStreamParts,
  { caller, after, wants, place }: EventStream,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { endpointId, userId } = caller
  const onCut = () => log.warn({ endpointId, userId }, 'a slow client of an event stream was cut')
  let connection: SseConnection | undefined
  let last = ''
  const onPlace = (id: UserEventId) => {
    last = id
    connection = connections.open(reply, onCut)
    connection.place(id, RETRY_MS)
  }
  const onEvent = (event: UserEvent, id: UserEventId) => {
    last = id
    if (wants(event.type)) connection?.tell({ id, name: event.type, json: jsonOf(event) })
  }
  const end = () => {
    if (closing.aborted) onEvent(goodbye(), last)
    connection?.end()
  }
  place.signal.addEventListener('abort', end)
  reply.raw.once('close', place.leave)
  try {
    await userEvents.hear(caller, { after, signal: place.signal, onPlace, onEvent })
  } catch (err) {
    place.leave()
    if (connection === undefined) throw err
    // The client comes back with the last id that it has seen.
    log.warn({ err, endpointId }, 'an event stream was cut')
  }
  if (connection === undefined)
    throw new GatewayError('SHUTTING_DOWN', 'This server is shutting down')
  return reply
}

function goodbye(): UserEvent {
  const time = toIso(systemClock.now())
  return { type: 'server.closing', time, message: 'this server stops: connect again' }
}

/** Written once an event, however many clients hear it. */
const jsons = new WeakMap<UserEvent, string>()

function jsonOf(event: UserEvent): string {
  const known = jsons.get(event)
  if (known !== undefined) return known
  const json = JSON.stringify(event)
  jsons.set(event, json)
  return json
}
