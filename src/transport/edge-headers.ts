/** What every answer tells browsers, whatever it is: so little may be done with it as possible. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isMetadataUrl } from './metadata-route.js'

export interface HeaderRules {
  /** True when clients come over TLS, that of this server or of a proxy in front of it. */
  readonly isSecure: boolean
}

const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
}

/** A browser that has come over TLS comes back over nothing else, for a year. */
const OVER_TLS = { 'strict-transport-security': 'max-age=31536000' }

/** Pages of other origins read answers by CORS alone, or what any page may read. */
const OWN = { 'cross-origin-resource-policy': 'same-origin' }
const ANYONES = { 'cross-origin-resource-policy': 'cross-origin' }

export type SecurityHeaders = Readonly<Record<string, string>>

export function securityHeaders({ isSecure }: HeaderRules): SecurityHeaders {
  return { ...ALWAYS, ...OWN, ...(isSecure && OVER_TLS) }
}

/** A hook that runs first, so that refusals and streams have them too. */
export function createSecurityHeaders(rules: HeaderRules) {
  const own = securityHeaders(rules)
  const anyones = { ...own, ...ANYONES }
  return ({ url }: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    void reply.headers(isMetadataUrl(url) ? anyones : own)
    done()
  }
}
