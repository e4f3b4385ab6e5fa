/** `POST /{endpoint_id}/mcp`, and `POST /mcp` for the endpoint `default`. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import { type McpRequest, readHttpMessage, toAnswer, toErrorAnswer } from '../protocol/protocol.js'
import type { HttpParts } from './http-server.js'
import { createReplyStream } from './reply-stream.js'

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

export function mcpRoutes(parts: HttpParts): FastifyPluginAsync {
  const authenticate = async (request: FastifyRequest<EndpointRoute>) => {
    const { endpointId = DEFAULT_ENDPOINT } = request.params
    request.caller = await parts.authenticator.authenticate(
      request.headers.authorization,
      endpointId,
    )
  }
  return async (server) => {
    server.decorateRequest('caller')
    for (const url of ['/mcp', '/:endpointId/mcp']) {
      server.post<EndpointRoute>(url, { onRequest: authenticate }, (request, reply) =>
        serve(parts, request, reply),
      )
      server.route({ method: ['GET', 'DELETE', 'PUT', 'PATCH'], url, handler: refuseMethod })
    }
  }
}

/** No stream is offered outside a request, and no session is there to be ended. */
async function refuseMethod(_request: unknown, reply: FastifyReply): Promise<FastifyReply> {
  return reply.code(405).header('allow', 'POST').send({ error: 'Method not allowed: use POST' })
}

async function serve(
  parts: HttpParts,
  request: FastifyRequest<EndpointRoute>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  refuseNarrowAccept(request.headers.accept)
  const { caller, body } = request
  if (caller === undefined) throw new Error('a route without authentication reached MCP')
  const message = readHttpMessage(request.headers, typeof body === 'string' ? body : '')
  if (message.kind === 'refused') {
    const answer = toErrorAnswer(message.error, message)
    return reply.code(answer.status).send(answer.body)
  }
  if (message.kind !== 'request') return reply.code(202).send()
  return answerRequest(parts, { caller, request: message.request }, reply)
}

interface Asked {
  readonly caller: Caller
  readonly request: McpRequest
}

async function answerRequest(
  { dispatch, server, log }: HttpParts,
  { caller, request }: Asked,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const stream = createReplyStream(reply, { cancelsOnClose: request.era === 'modern' })
  try {
    const result = await dispatch.handle(caller, request, stream.exchange)
    return stream.finish(200, toAnswer(request, result, server))
  } catch (error) {
    if (!(error instanceof GatewayError))
      log.error({ err: error, method: request.method }, 'a request failed with an unknown error')
    const { status, body } = toErrorAnswer(error, request)
    return stream.finish(status, body)
  }
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
