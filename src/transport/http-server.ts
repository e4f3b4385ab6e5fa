/** HTTP: one Fastify instance, its limits, and how errors leave it. */
import { fastifyCors } from '@fastify/cors'
import { fastify, type FastifyInstance } from 'fastify'
import type { Authenticator, EventTickets } from '../auth/auth.js'
import type { EndpointSignals } from '../events/endpoint-signals.js'
import type { EventLog } from '../events/events.js'
import type { Sessions } from '../sessions/sessions.js'
import type { Subscriptions } from '../subscriptions/subscriptions.js'
import type { UserEvents } from '../user-events/user-events.js'
import type { AnswerParts } from './answer-request.js'
import { createCorsOptions } from './cors.js'
import { sendError } from './http-errors.js'
import { eventRoutes } from './event-route.js'
import { createMcpLife, type UnderWay } from './mcp-parts.js'
import { mcpRoutes } from './mcp-route.js'
import { createOriginCheck, type OriginRules } from './origin-check.js'
import { watchSilentConnections } from './silent-connections.js'
import type { PlaceLimits } from './standing-places.js'
import { type UploadReceiver, uploadRoutes } from './upload-route.js'

export interface HttpParts extends AnswerParts {
  readonly authenticator: Authenticator
  readonly sessions: Sessions
  readonly events: EventLog
  readonly signals: EndpointSignals
  readonly subscriptions: Subscriptions
  readonly userEvents: UserEvents
  readonly tickets: EventTickets
  /** Present where uploads come through the gateway. */
  readonly uploads?: UploadReceiver | undefined
}

export interface HttpOptions extends OriginRules {
  readonly maxBodyBytes: number
  /** How often open streams show that they live, in milliseconds. Default: 15,000. */
  readonly heartbeatMs?: number | undefined
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

/** A client gets this long to send one whole request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 60_000

/** How often a closing server looks for connections that have nothing left to say. */
const SWEEP_MS = 100

/** Longer than the idle time-out of common load balancers, so that they close first. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000

export function createHttpServer(parts: HttpParts, options: HttpOptions): HttpServer {
  const server = fastify({
    logger: false,
    bodyLimit: options.maxBodyBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    routerOptions: { maxParamLength: 128 },
  })
  // Bodies stay text: the edge parses them once, and says what is wrong in JSON-RPC's own words.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body)
  })
  server.setErrorHandler((error, _request, reply) => sendError(reply, error, parts.log))
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'Not found' }))
  server.addHook('onRequest', createOriginCheck(options))
  void server.register(fastifyCors, { delegator: createCorsOptions(options) })
  server.addHook('onSend', (_request, reply, _payload, done) => {
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store')
    done()
  })
  const mcp = createMcpLife(parts, options)
  server.addHook('preClose', (done) => {
    mcp.beginClosing()
    done()
  })
  void server.register(mcpRoutes(mcp.parts))
  void server.register(eventRoutes(mcp.parts))
  const { uploads } = parts
  if (uploads !== undefined) void server.register(uploadRoutes({ ...mcp.parts, uploads }))
  const closeSilent = watchSilentConnections(server.server)
  const closeIdle = () => {
    server.server.closeIdleConnections()
    closeSilent()
  }
  return {
    listen: (address) => server.listen(address),
    close: async (drainTimeoutMs) => {
      const { underWay } = mcp.parts
      await closeWithin(server, drainTimeoutMs, { underWay, closeIdle })
      mcp.close()
    },
  }
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
