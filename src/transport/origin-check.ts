/** Against foreign web pages and DNS rebinding: which `Origin` and `Host` a request may carry. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GatewayError } from '../domain/errors.js'
import { createHostRule, type HostRules, isLoopbackUrl } from './host-check.js'
import { isMetadataUrl } from './metadata-route.js'

export interface OriginRules extends HostRules {
  /** Web origins that may call beside the gateway's own, like `https://app.example.com`. */
  readonly allowedOrigins: readonly string[]
}

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

/** Refuses before anything else is looked at. */
export function createOriginCheck(
  rules: OriginRules,
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const isOurs = createHostRule(rules)
  const mayCall = createOriginRule(rules)
  return async ({ url, headers }, reply) => {
    const { origin } = headers
    // Said of every answer, refusals too: no cache may give one origin what another was told.
    void reply.header('vary', 'Origin')
    if (!isOurs(headers)) throw new GatewayError('ORIGIN_REFUSED', whichHost(rules))
    if (origin === undefined || mayCall(origin) || isMetadataUrl(url)) return
    throw new GatewayError('ORIGIN_REFUSED', 'Origin: not allowed here, see ALLOWED_ORIGINS')
  }
}

function whichHost({ isLoopback }: HostRules): string {
  return isLoopback
    ? 'Host: this server is reached by a loopback name, or see ALLOWED_HOSTS'
    : 'Host: this server is not called that, see ALLOWED_HOSTS'
}
