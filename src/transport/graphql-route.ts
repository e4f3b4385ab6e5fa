/**
 * `POST /{endpoint_id}/graphql`: the management API of an endpoint; and `POST /graphql`, that of the
 * whole gateway, for its operators. Only the `Authorization` header says who asks, so no page can ask
 * in somebody's name.
 */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { GatewayError } from '../domain/errors.js'
import type { Management } from '../management/management.js'
import { type GraphqlAnswerParts, sendManaged } from './graphql-answer.js'
import { createConsolePage, serveConsoleFiles } from './graphql-console.js'
import {
  createGraphqlDoor,
  type GraphqlDoorParts,
  type GraphqlRoute,
  provenCaller,
} from './graphql-door.js'
import { admitRequest } from './limit-requests.js'
import type { UnderWay } from './mcp-parts.js'

export interface GraphqlRouteParts extends GraphqlDoorParts, GraphqlAnswerParts {
  readonly management: Management
  readonly underWay: UnderWay
  /** Of a message. */
  readonly maxBodyBytes: number
}

/** A bundle of 4 MiB may travel in a request: that many in base64, and what is around it. */
const LEAST_BODY_LIMIT = 6 * 1024 * 1024

/** What it is called in there, whatever the gateway is called outside. */
const INSIDE_URL = 'http://gateway/graphql'

export function graphqlRoutes(parts: GraphqlRouteParts): FastifyPluginAsync {
  const onRequest = createGraphqlDoor(parts, 'POST graphql')
  const sendPage = createConsolePage()
  const bodyLimit = Math.max(parts.maxBodyBytes, LEAST_BODY_LIMIT)
  return async (server) => {
    server.decorateRequest('caller')
    for (const url of ['/graphql', '/:endpointId/graphql']) {
      server.post<GraphqlRoute>(url, { onRequest, bodyLimit }, (request, reply) =>
        parts.underWay.add(answer(parts, request, reply)),
      )
      server.get<GraphqlRoute>(url, { exposeHeadRoute: false }, (request, reply) =>
        wantsPage(request) ? sendPage(request, reply) : refuseMethod(request, reply),
      )
      // Refused before a body is read, so that nothing is said of a body that could never do.
      server.route({
        method: ['HEAD', 'PUT', 'PATCH', 'DELETE'],
        url,
        onRequest: refuseMethod,
        handler: refuseMethod,
      })
    }
    serveConsoleFiles(server, parts)
  }
}

/** Settles when the answer, or the head of a stream, was sent. */
async function answer(
  parts: GraphqlRouteParts,
  request: FastifyRequest<GraphqlRoute>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { body, headers, ip: address } = request
  if (typeof body !== 'string')
    throw new GatewayError('UNSUPPORTED_MEDIA_TYPE', 'Content-Type: must be application/json')
  const caller = provenCaller(request)
  const bytes = Number(headers['content-length'] ?? Buffer.byteLength(body))
  await admitRequest(parts, { caller, requests: 0, bytes }, reply)
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  const asked = new Request(INSIDE_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: headers.accept ?? '*/*' },
    body,
    signal: gone.signal,
  })
  const response = await parts.management.answer(asked, { caller, address })
  return sendManaged(parts, { caller, response, stop: () => gone.abort() }, reply)
}

/** What browsers say that open a page, and scripts do not. */
function wantsPage({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') === true
}

async function refuseMethod(_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply.code(405).header('allow', 'POST').send({ error: 'Method not allowed: use POST' })
}
