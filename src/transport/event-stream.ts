/** One client's stream of what happens: from where it was, until it leaves or may not hear more. */
import type { FastifyReply } from 'fastify'
import type { Access } from '../access/access.js'
import type { Caller } from '../domain/caller.js'
import { systemClock, toIso } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { Labels, Log, Metrics } from '../telemetry/telemetry.js'
import {
  toGap,
  type UserEvent,
  type UserEventId,
  type UserEvents,
} from '../user-events/user-events.js'
import type { SseConnection, SseConnections } from './sse-connections.js'
import type { Place } from './standing-places.js'

export interface EventStreamParts {
  readonly connections: SseConnections
  readonly userEvents: UserEvents
  readonly access: Pick<Access, 'visible' | 'look' | 'lookBack'>
  /** Aborted when the server begins to close. */
  readonly closing: AbortSignal
  readonly log: Log
  readonly metrics: Metrics
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
  { connections, userEvents, access, closing, log, metrics }: EventStreamParts,
  { caller, after, wants, place }: EventStream,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { endpointId, userId } = caller
  const counted = countStream(metrics)
  const onCut = (backlogBytes: number) => {
    counted.ends('slow')
    const cut = { endpointId, userId, backlogBytes }
    log.warn(cut, 'a slow client of an event stream was cut')
  }
  let connection: SseConnection | undefined
  let last = ''
  const onPlace = (id: UserEventId) => {
    last = id
    connection = connections.open(reply, onCut)
    counted.begins(reply.raw)
    connection.place(id, RETRY_MS)
  }
  const onEvent = (told: UserEvent, id: UserEventId) => {
    last = id
    const event = wants(told.type) ? toShown(access, caller, told) : undefined
    if (event !== undefined) connection?.tell({ id, name: event.type, json: jsonOf(event) })
  }
  // What a client has missed may be more than it may leave unread.
  const ready = () => (connection?.isCrowded ? connection.drained() : undefined)
  const end = () => {
    if (closing.aborted) onEvent(goodbye(), last)
    // Nobody else takes the place of a client that is still there.
    if (connection?.isOpen) counted.ends(closing.aborted ? 'server' : 'credentials')
    connection?.end()
  }
  place.signal.addEventListener('abort', end)
  reply.raw.once('close', place.leave)
  if (reply.raw.destroyed) place.leave()
  try {
    const { signal } = place
    const look = () => access.look(caller)
    // Whether an event is for this caller is looked up without waiting, from here on.
    await access.visible(caller).catch(() => undefined)
    await userEvents.hear(caller, { after, signal, look, onPlace, onEvent, ready })
  } catch (err) {
    if (connection?.isOpen) counted.ends('error')
    place.leave()
    if (connection === undefined) throw err
    // The client comes back with the last id that it has seen.
    log.warn({ err, endpointId }, 'an event stream was cut')
  }
  if (connection === undefined)
    throw new GatewayError('SHUTTING_DOWN', 'This server is shutting down')
  return reply
}

/**
 * Of the calls of his user a caller hears of those of functions that he may know of.
 *
 * @returns a gap in place of what nobody can tell at the moment
 */
function toShown(
  access: EventStreamParts['access'],
  caller: Caller,
  event: UserEvent,
): UserEvent | undefined {
  if (!('function' in event)) return event
  const { type: mcpType, name: key } = event.function
  const isFor = access.lookBack(caller, { mcpType, key })
  if (isFor === undefined) return toGap(systemClock)
  return isFor ? event : undefined
}

type WhyEnded = Labels<'event_streams_ended_total'>['reason']

/** Counts a stream while it is open, and then why it ended: what was said first, or its client left. */
function countStream(metrics: Metrics) {
  let why: WhyEnded | undefined
  return {
    begins: (raw: FastifyReply['raw']) => {
      metrics.add('event_streams_open', {})
      raw.once('close', () => {
        metrics.add('event_streams_open', {}, -1)
        metrics.add('event_streams_ended_total', { reason: why ?? 'client' })
      })
    },
    ends: (reason: WhyEnded) => {
      why ??= reason
    },
  }
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
