/**
 * `/{endpoint_id}/mcp`, and `/mcp` for the endpoint `default`: POST, and of a session GET and DELETE.
 */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import { checkSessionVersion, isModernHeader } from '../protocol/protocol.js'
import type { Session } from '../domain/session.js'
import { admitRequest } from './limit-requests.js'
import { serveGet } from './mcp-get.js'
import type { McpParts } from './mcp-parts.js'
import { servePost } from './mcp-post.js'

const DEFAULT_ENDPOINT = 'default'

declare module 'fastify' {
  interface FastifyRequest {
    /** Proven before the body is read; the one thing that requests carry. */
    caller: Caller | undefined
  }
}

interface EndpointRoute {
  Params: { endpointId?: string }
}

export function mcpRoutes(parts: McpParts): FastifyPluginAsync {
  const onRequest = async (request: FastifyRequest<EndpointRoute>) => {
    const { endpointId = DEFAULT_ENDPOINT } = request.params
    request.caller = await parts.authenticator.authenticate(
      request.headers.authorization,
      endpointId,
      request.ip,
    )
  }
  const count = (request: FastifyRequest<EndpointRoute>, reply: FastifyReply) =>
    admitRequest(parts, { caller: callerOf(request) }, reply)
  return async (server) => {
    server.decorateRequest('caller')
    for (const url of ['/mcp', '/:endpointId/mcp']) {
      server.post<EndpointRoute>(url, { onRequest }, (request, reply) => {
        refuseNarrowAccept(request.headers.accept)
        const { headers, body } = request
        if (typeof body !== 'string') throw noJson()
        const post = { caller: callerOf(request), headers, body }
        return parts.underWay.add(servePost(parts, post, reply))
      })
      const ofSessions = { onRequest: [onRequest, refuseModern, count] }
      server.get<EndpointRoute>(url, { ...ofSessions, exposeHeadRoute: false }, (request, reply) =>
        openStream(parts, request, reply),
      )
      server.delete<EndpointRoute>(url, ofSessions, (request, reply) =>
        endSession(parts, request, reply),
      )
      // Refused before a body is read, so that nothing is said of a body that could never do.
      server.route({
        method: ['HEAD', 'PUT', 'PATCH'],
        url,
        onRequest: refuseMethod,
        handler: refuseMethod,
      })
    }
  }
}

/** Of a request without type and body, which is never parsed. */
function noJson(): GatewayError {
  return new GatewayError('UNSUPPORTED_MEDIA_TYPE', 'Content-Type: must be application/json')
}

/** Revisions without sessions have POST alone. */
async function refuseModern(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  return isModernHeader(request.headers) ? refuseMethod(request, reply) : undefined
}

async function refuseMethod(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const allowed = isModernHeader(request.headers) ? 'POST' : 'GET, POST, DELETE'
  return reply
    .code(405)
    .header('allow', allowed)
    .send({ error: `Method not allowed: use ${allowed}` })
}

async function openStream(
  parts: McpParts,
  request: FastifyRequest<EndpointRoute>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { headers } = request
  if (!takes(headers.accept, 'text/event-stream', 'text/*'))
    throw new GatewayError('NOT_ACCEPTABLE', 'Accept: must list text/event-stream')
  const session = await findSession(parts, request)
  const lastEventId = headerText(headers['last-event-id'])
  const caller = callerOf(request)
  parts.access.demand(caller, 'read', 'GET mcp')
  return serveGet(parts, { caller, session, lastEventId }, reply)
}

async function endSession(
  parts: McpParts,
  request: FastifyRequest<EndpointRoute>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const session = await findSession(parts, request)
  await parts.sessions.terminate(session)
  return reply.code(204).send()
}

async function findSession(
  { sessions }: McpParts,
  request: FastifyRequest<EndpointRoute>,
): Promise<Session> {
  const { headers } = request
  const session = await sessions.find(callerOf(request), headerText(headers['mcp-session-id']))
  checkSessionVersion(headers, session)
  return session
}

/** @returns undefined for a header that is not there, or says nothing */
function headerText(value: string | string[] | undefined): string | undefined {
  const text = typeof value === 'string' ? value.trim() : ''
  return text === '' ? undefined : text
}

function callerOf({ caller }: FastifyRequest<EndpointRoute>): Caller {
  if (caller === undefined) throw new Error('a route without authentication reached MCP')
  return caller
}

/** Either form may be chosen for the answer, so a client has to take both. */
function refuseNarrowAccept(accept: string | undefined): void {
  const takesBoth =
    takes(accept, 'application/json', 'application/*') &&
    takes(accept, 'text/event-stream', 'text/*')
  if (takesBoth) return
  throw new GatewayError(
    'NOT_ACCEPTABLE',
    'Accept: must list both application/json and text/event-stream',
  )
}

function takes(accept = '*/*', type: string, group: string): boolean {
  return accept.includes(type) || accept.includes(group) || accept.includes('*/*')
}
