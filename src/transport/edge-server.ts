/** The server under Fastify: plain or TLS, and what a slow or a large client may cost. */
import type { FastifyHttpOptions } from 'fastify'
import type { Server } from 'node:http'
import { createServer } from 'node:https'
import type { UnreadRules } from './edge-unread.js'

export interface EdgeOptions extends UnreadRules {
  /** PEM; absent for plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
  /** More of them are closed at once. Default: any number. */
  readonly maxConnections?: number | undefined
  /** Whose `X-Forwarded-For` is believed: addresses and networks, or how many there are in a row. */
  readonly trustProxy?: number | readonly string[] | undefined
  /** For the headers of a request, and for a TLS handshake, in milliseconds. Default: 20,000. */
  readonly headersTimeoutMs?: number | undefined
  /** For one whole request, in milliseconds. Default: 60,000. */
  readonly requestTimeoutMs?: number | undefined
}

const HEADERS_TIMEOUT_MS = 20_000
const REQUEST_TIMEOUT_MS = 60_000

/** Longer than the idle time-out of common load balancers, so that they close first. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000

/** URL and headers together, in bytes. */
const MAX_HEADER_BYTES = 16_384

/** How often connections are looked through for those that are too slow, at most. */
const MAX_CHECK_MS = 5000

type ServerOptions = Pick<
  FastifyHttpOptions<Server>,
  'http' | 'serverFactory' | 'requestTimeout' | 'keepAliveTimeout' | 'trustProxy'
>

/** What Fastify is told of the server under it. */
export function toServerOptions(options: EdgeOptions): ServerOptions {
  const requestTimeout = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS
  const headersTimeout = Math.min(options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS, requestTimeout)
  const timeouts = { requestTimeout, keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS }
  const limits = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout,
    connectionsCheckingInterval: Math.min(MAX_CHECK_MS, headersTimeout),
  }
  const trustProxy = toTrust(options.trustProxy)
  const { tls } = options
  if (tls === undefined) return { ...timeouts, trustProxy, http: limits }
  // Not by Fastify's own option, which makes it another type of server all the way up.
  const handshake = { handshakeTimeout: headersTimeout, minVersion: 'TLSv1.2' as const }
  const tlsOptions = { ...timeouts, ...limits, ...tls, ...handshake }
  return { trustProxy, serverFactory: (listener) => createServer(tlsOptions, listener) }
}

function toTrust(proxies: EdgeOptions['trustProxy']): NonNullable<ServerOptions['trustProxy']> {
  if (proxies === undefined) return false
  return typeof proxies === 'number' ? (_address, hop) => hop < proxies : [...proxies]
}
