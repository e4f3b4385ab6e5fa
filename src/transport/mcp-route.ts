/** `/{endpoint_id}/mcp`, and `/mcp` for the endpoint `default`: POST, and DELETE of a session. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import { checkSessionVersion, isModernHeader } from '../protocol/protocol.js'
import { type McpParts, servePost } from './mcp-post.js'

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
    )
  }
  return async (server) => {
    server.decorateRequest('caller')
    for (const url of ['/mcp', '/:endpointId/mcp']) {
      server.post<EndpointRoute>(url, { onRequest }, (request, reply) => {
        refuseNarrowAccept(request.headers.accept)
        const { headers, body } = request
        const text = typeof body === 'string' ? body : ''
        return servePost(parts, { caller: callerOf(request), headers, body: text }, reply)
      })
      server.delete<EndpointRoute>(url, { onRequest }, (request, reply) =>
        endSession(parts, request, reply),
      )
      server.route({ method: ['GET', 'PUT', 'PATCH'], url, handler: refuseMethod })
    }
  }
}

/** No stream is offered outside a request. */
async function refuseMethod(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const allowed = isModernHeader(request.headers) ? 'POST' : 'POST, DELETE'
  return reply
    .code(405)
    .header('allow', allowed)
    .send({ error: `Method not allowed: use ${allowed}` })
}

async function endSession(
  { sessions }: McpParts,
  request: FastifyRequest<EndpointRoute>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { headers } = request
  if (isModernHeader(headers)) return refuseMethod(request, reply)
  const token = headers['mcp-session-id']
  const session = await sessions.find(
    callerOf(request),
    typeof token === 'string' ? token.trim() : undefined,
  )
  checkSessionVersion(headers, session)
  await sessions.terminate(session)
  return reply.code(204).send()
}

function callerOf({ caller }: FastifyRequest<EndpointRoute>): Caller {
  if (caller === undefined) throw new Error('a route without authentication reached MCP')
  return caller
}

/** Either form may be chosen for the answer, so a client has to take both. */
function refuseNarrowAccept(accept = '*/*'): void {
  const takes = (type: string, group: string) =>
    accept.includes(type) || accept.includes(group) || accept.includes('*/*')
  if (!takes('application/json', 'application/*') || !takes('text/event-stream', 'text/*'))
    throw new GatewayError(
      'NOT_ACCEPTABLE',
      'Accept: must list both application/json and text/event-stream',
    )
}
