/** HTTP: one Fastify instance, its limits, and how errors leave it. */
import { fastifyCors } from '@fastify/cors'
import { fastify, type FastifyInstance } from 'fastify'
import type { Access } from '../access/access.js'
import type { Audit } from '../audit/audit.js'
import type { Authenticator, EventTickets, Resources } from '../auth/auth.js'
import type { EndpointSignals } from '../events/endpoint-signals.js'
import type { EventLog } from '../events/events.js'
import type { Limits } from '../limits/limits.js'
import type { Management } from '../management/management.js'
import type { Sessions } from '../sessions/sessions.js'
import type { Subscriptions } from '../subscriptions/subscriptions.js'
import type { Metrics } from '../telemetry/telemetry.js'
import type { UserEvents } from '../user-events/user-events.js'
import type { AnswerParts } from './answer-request.js'
import { type AuthRouteParts, authRoutes } from './auth-route.js'
import { createChallenges } from './challenge.js'
import { createCorsOptions } from './cors.js'
import { createSecurityHeaders, securityHeaders } from './edge-headers.js'
import { createBrokenRequest, refuseLongUrl } from './edge-refusals.js'
import { type EdgeOptions, toServerOptions } from './edge-server.js'
import { cutUnreadConnections } from './edge-unread.js'
import { graphqlRoutes } from './graphql-route.js'
import { sendError } from './http-errors.js'
import { eventRoutes } from './event-route.js'
import { liveRoutes } from './live-route.js'
import { sayWhenToRetry } from './limit-retry.js'
import { createMcpLife, type McpParts, type UnderWay } from './mcp-parts.js'
import { mcpRoutes } from './mcp-route.js'
import { metadataRoutes } from './metadata-route.js'
import { createRefusalNotes } from './noted-refusals.js'
import { createOriginCheck, type OriginRules } from './origin-check.js'
import { refuseQueryToken } from './query-token.js'
import { watchSilentConnections } from './silent-connections.js'
import type { PlaceLimits } from './standing-places.js'
import { type UploadReceiver, uploadRoutes } from './upload-route.js'

export interface HttpParts extends AnswerParts, Pick<AuthRouteParts, 'signIns' | 'publicKeys'> {
  readonly authenticator: Authenticator
  /** What the endpoints are called. Default: that is told to nobody. */
  readonly resources?: Resources | undefined
  readonly access: Access
  /** Default: nobody is told of what was refused. */
  readonly audit?: Pick<Audit, 'note'> | undefined
  readonly sessions: Sessions
  readonly events: EventLog
  readonly signals: EndpointSignals
  readonly subscriptions: Subscriptions
  readonly userEvents: UserEvents
  readonly tickets: EventTickets
  /** Default: as much as comes. */
  readonly limits?: Limits | undefined
  /** Default: nobody counts. */
  readonly metrics?: Metrics | undefined
  /** Present where the gateway is managed over HTTP. */
  readonly management?: Management | undefined
  /** Present where uploads come through the gateway. */
  readonly uploads?: UploadReceiver | undefined
}

export interface HttpOptions extends OriginRules, EdgeOptions {
  readonly maxBodyBytes: number
  /** Of a bundle that is uploaded: more of it is not counted. Default: as announced. */
  readonly maxUploadBytes?: number | undefined
  /** How often open streams show that they live, in milliseconds. Default: 15,000. */
  readonly heartbeatMs?: number | undefined
  /** How much of a stream may wait for a client that reads slowly. Default: 4 MiB. */
  readonly maxBacklogBytes?: number | undefined
  /** Of one user at a time. Default: 20. */
  readonly maxEventStreamsPerUser?: number | undefined
  /** Of streams that stand open without a call. */
  readonly placeLimits?: PlaceLimits | undefined
}

export interface HttpServer {
  /** @returns the URL listened on */
  listen(address: { host: string; port: number }): Promise<string>
  /**
   * Takes no new requests and waits for those that run.
   *
   * @param drainTimeoutMs after it, connections are cut
   */
  close(drainTimeoutMs: number): Promise<void>
}

/** How often a closing server looks for connections that have nothing left to say. */
const SWEEP_MS = 100

export function createHttpServer(parts: HttpParts, options: HttpOptions): HttpServer {
  const { tls, publicUrl } = options
  const isSecure = tls !== undefined || publicUrl?.startsWith('https:') === true
  const headers = securityHeaders({ isSecure })
  const server = fastify({
    logger: false,
    bodyLimit: options.maxBodyBytes,
    ...toServerOptions(options),
    clientErrorHandler: createBrokenRequest(headers),
    // Of URLs that lead to no route at all: these pass no hook.
    frameworkErrors: (error, _request, reply) =>
      sendError(reply.headers({ ...headers, 'cache-control': 'no-store' }), error, parts.log),
    routerOptions: { maxParamLength: 128 },
  })
  // Bodies stay text: the edge parses them once, and says what is wrong in JSON-RPC's own words.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body)
  })
  const noteRefusal = createRefusalNotes(parts.audit)
  server.setErrorHandler((error, request, reply) => {
    noteRefusal(request, error)
    return sendError(reply, error, parts.log)
  })
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'Not found' }))
  server.addHook('onRequest', createSecurityHeaders({ isSecure }))
  addEdges(server, parts, options)
  if (options.maxConnections !== undefined) server.server.maxConnections = options.maxConnections
  const mcp = createMcpLife(parts, options)
  server.addHook('preClose', (done) => {
    mcp.beginClosing()
    done()
  })
  void server.register(mcpRoutes(mcp.parts))
  const { maxEventStreamsPerUser: maxPerUser } = options
  void server.register(eventRoutes({ ...mcp.parts, maxPerUser }))
  void server.register(liveRoutes())
  void server.register(authRoutes(mcp.parts))
  const { resources } = parts
  addOfferedRoutes(server, mcp.parts, options)
  cutUnreadConnections(server.server, options)
  const closeSilent = watchSilentConnections(server.server)
  const closeIdle = () => {
    server.server.closeIdleConnections()
    closeSilent()
  }
  return {
    listen: async (address) => {
      const listening = await server.listen(address)
      const url = tls === undefined ? listening : listening.replace('http:', 'https:')
      if (options.isLoopback) resources?.listensOn(url)
      return url
    },
    close: async (drainTimeoutMs) => {
      const { underWay } = mcp.parts
      await closeWithin(server, drainTimeoutMs, { underWay, closeIdle })
      mcp.close()
    },
  }
}

/** Those of what this gateway was given. */
function addOfferedRoutes(server: FastifyInstance, parts: McpParts, options: HttpOptions): void {
  const { uploads, resources, management } = parts
  const { maxBodyBytes } = options
  if (management !== undefined)
    void server.register(graphqlRoutes({ ...parts, management, maxBodyBytes }))
  if (resources !== undefined) void server.register(metadataRoutes({ ...parts, resources }))
  if (uploads !== undefined)
    void server.register(uploadRoutes({ ...parts, uploads, maxBytes: options.maxUploadBytes }))
}

/** What every request passes, and every answer. */
function addEdges(
  server: FastifyInstance,
  { resources }: Pick<HttpParts, 'resources'>,
  options: HttpOptions,
): void {
  server.addHook('onRequest', refuseLongUrl)
  server.addHook('onRequest', createOriginCheck(options))
  server.addHook('onRequest', refuseQueryToken)
  server.addHook('preSerialization', createChallenges(resources))
  server.addHook('preSerialization', sayWhenToRetry)
  void server.register(fastifyCors, { delegator: createCorsOptions(options) })
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
    done()
  })
}

async function closeWithin(
  server: FastifyInstance,
  drainTimeoutMs: number,
  { underWay, closeIdle }: { underWay: UnderWay; closeIdle: () => void },
): Promise<void> {
  const isLate = new AbortController()
  const cut = setTimeout(() => {
    server.server.closeAllConnections()
    isLate.abort()
  }, drainTimeoutMs)
  // Streams that were open when the closing began leave their connections open, at the client's will.
  const sweep = setInterval(closeIdle, SWEEP_MS)
  try {
    await server.close()
    // Requests go on without their clients: of these no connection tells.
    await underWay.settled(isLate.signal)
  } finally {
    clearTimeout(cut)
    clearInterval(sweep)
  }
}
