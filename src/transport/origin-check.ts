/** Against DNS rebinding and foreign web pages: which `Host` and `Origin` a request may carry. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GatewayError } from '../domain/errors.js'

export interface OriginRules {
  /** True when the server listens on a loopback address only. */
  readonly isLoopback: boolean
  /** The URL that clients use, when it is not the address listened on. */
  readonly publicUrl?: string | undefined
  /** Web origins that may call beside the gateway's own, like `https://app.example.com`. */
  readonly allowedOrigins: readonly string[]
}

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether a web page of an origin may call. */
export type OriginRule = (origin: string) => boolean

/**
 * A page may call from an allowed origin, from the public URL, and from loopback when the server
 * listens there. The one place that says so: the check refuses by it, CORS allows by it.
 */
export function createOriginRule({
  isLoopback,
  publicUrl,
  allowedOrigins,
}: OriginRules): OriginRule {
  const origins = new Set(allowedOrigins)
  if (publicUrl !== undefined) origins.add(new URL(publicUrl).origin)
  return (origin) => origins.has(origin) || (isLoopback && isLoopbackUrl(origin))
}

/** A server on loopback serves loopback names (and its public name) only. */
export function createOriginCheck(
  rules: OriginRules,
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const publicUrl = rules.publicUrl === undefined ? undefined : new URL(rules.publicUrl)
  const mayCall = createOriginRule(rules)
  return async ({ headers: { host, origin } }, reply) => {
    // Said of every answer, refusals too: no cache may give one origin what another was told.
    void reply.header('vary', 'Origin')
    if (rules.isLoopback && !isLocalHost(host, publicUrl))
      throw new GatewayError('ORIGIN_REFUSED', 'Host: this server is reached by a loopback name')
    if (origin === undefined || mayCall(origin)) return
    throw new GatewayError('ORIGIN_REFUSED', 'Origin: not allowed here, see ALLOWED_ORIGINS')
  }
}

function isLocalHost(host: string | undefined, publicUrl: URL | undefined): boolean {
  if (host === undefined) return true
  return host === publicUrl?.host || isLoopbackUrl(`http://${host}`)
}

/** A name and a port and nothing else: no user, no path, which parsers read in different ways. */
function isLoopbackUrl(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { hostname, username, pathname } = new URL(url)
  return LOOPBACK_NAMES.has(hostname) && username === '' && pathname === '/'
}
