/**
 * `GET /{endpoint_id}/events`: what happens, for each of a user's clients; and
 * `POST /{endpoint_id}/events/ticket` for those that cannot send a header.
 */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Access } from '../access/access.js'
import type { Authenticator, EventTickets } from '../auth/auth.js'
import type { Caller } from '../domain/caller.js'
import { toIso } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import { createUserPlaces } from '../domain/user-places.js'
import { USER_EVENT_TYPES, type UserEvent } from '../user-events/user-events.js'
import { type EventStreamParts, streamEvents } from './event-stream.js'
import { admitRequest, type LimitedParts } from './limit-requests.js'
import {
  type Place,
  readStreamLimit,
  type StandingPlaces,
  tooManyStreams,
} from './standing-places.js'

export interface EventRouteParts extends EventStreamParts, LimitedParts {
  readonly authenticator: Authenticator
  readonly access: Access
  readonly tickets: EventTickets
  readonly places: StandingPlaces
  /** Event streams of one user at a time. Default: 20. */
  readonly maxPerUser?: number | undefined
}

interface EventRoute {
  Params: { endpointId: string }
  Querystring: Record<string, string | string[] | undefined>
}

export function eventRoutes(parts: EventRouteParts): FastifyPluginAsync {
  const { authenticator, access, tickets, places, metrics, maxPerUser = 20 } = parts
  const enter = createUserPlaces(maxPerUser)
  const takeFreePlace = (caller: Caller): Place => {
    const leaveUser = enter(caller)
    if (leaveUser === undefined) {
      const message = `A user may have ${maxPerUser} event streams: close one first`
      throw tooManyStreams('user', message)
    }
    try {
      const place = places.take(caller)
      place.signal.addEventListener('abort', leaveUser)
      return place
    } catch (error) {
      leaveUser()
      throw error
    }
  }
  const takePlace = (caller: Caller): Place => {
    try {
      return takeFreePlace(caller)
    } catch (error) {
      const limit = readStreamLimit(error)
      if (limit !== undefined)
        metrics.add('event_streams_refused_total', { reason: `${limit}_limit` })
      throw error
    }
  }
  const open = async (request: FastifyRequest<EventRoute>, reply: FastifyReply) => {
    const { headers, query } = request
    const caller = await callerOf(parts, request)
    await admitRequest(parts, { caller }, reply)
    parts.access.demand(caller, 'read', 'GET events')
    const wants = readTypes(query['types'])
    const after = textOf(headers['last-event-id']) ?? textOf(query['lastEventId'])
    const place = takePlace(caller)
    return streamEvents(parts, { caller, after, wants, place }, reply)
  }
  return async (server) => {
    server.get<EventRoute>('/:endpointId/events', { exposeHeadRoute: false }, open)
    server.post<EventRoute>('/:endpointId/events/ticket', async (request, reply) => {
      const { headers, params, ip } = request
      const caller = await authenticator.authenticate(headers.authorization, params.endpointId, ip)
      await admitRequest(parts, { caller }, reply)
      access.demand(caller, 'read', 'POST events/ticket')
      const { ticket, expiresAt } = await tickets.issue(caller)
      return reply.code(201).send({ ticket, expiresAt: toIso(expiresAt) })
    })
  }
}

async function callerOf(
  { authenticator, tickets }: EventRouteParts,
  { headers, params, query, ip }: FastifyRequest<EventRoute>,
): Promise<Caller> {
  const ticket = textOf(query['ticket'])
  if (headers.authorization === undefined && ticket !== undefined)
    return authenticator.guard(ip, () => tickets.redeem(params.endpointId, ticket))
  return authenticator.authenticate(headers.authorization, params.endpointId, ip)
}

/** Said whatever is asked for: without them a client would not know what it has missed. */
const ALWAYS: ReadonlySet<UserEvent['type']> = new Set(['gap', 'server.closing'])

/** @throws GatewayError `INVALID_REQUEST` for a type that there is none of */
function readTypes(query: string | string[] | undefined): (type: UserEvent['type']) => boolean {
  const text = textOf(query)
  if (text === undefined) return () => true
  const wanted = new Set(text.split(',').flatMap(typesOf))
  return (type) => wanted.has(type) || ALWAYS.has(type)
}

/** `call.*` stands for every type that begins with it. */
function typesOf(name: string): readonly UserEvent['type'][] {
  const isMeant = (type: string) =>
    name.endsWith('.*') ? type.startsWith(name.slice(0, -1)) : type === name
  const types = USER_EVENT_TYPES.filter(isMeant)
  if (types.length > 0) return types
  throw new GatewayError(
    'INVALID_REQUEST',
    `types: expected a list of ${USER_EVENT_TYPES.join(', ')}, or a group like call.*`,
  )
}

/** @returns undefined for what is not there, says nothing, or is there twice */
function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}
