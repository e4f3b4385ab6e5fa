/**
 * What browsers need to let a page call from another origin, and to let it read the answer. Only
 * origins that may call are ever named; a refused one has met the origin check before.
 */
import type { FastifyCorsOptions } from '@fastify/cors'
import type { FastifyRequest } from 'fastify'
import { isMetadataUrl } from './metadata-route.js'
import { createOriginRule, type OriginRules } from './origin-check.js'

const METHODS = ['GET', 'POST', 'DELETE']

/** What clients of any revision send that a page may not send of its own accord. */
const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'Accept',
  'Mcp-Session-Id',
  'MCP-Protocol-Version',
  'Mcp-Method',
  'Mcp-Name',
  'Last-Event-ID',
  'traceparent',
  'tracestate',
]

const EXPOSED_HEADERS = [
  'Mcp-Session-Id',
  'MCP-Protocol-Version',
  'WWW-Authenticate',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
]

/** How long a browser may remember what a preflight was answered, in seconds. */
const MAX_AGE_S = 600

/** Tools name these themselves (`x-mcp-header`), so no list can hold them. RFC 9110, 5.6.2. */
const PARAM_HEADER = /^mcp-param-[!#$%&'*+\-.^_`|~0-9a-z]+$/i

type AnswerOptions = (error: Error | null, options: FastifyCorsOptions) => void

/** Options of `@fastify/cors` for one request: it says nothing where no origin asks. */
export function createCorsOptions(rules: OriginRules) {
  const mayCall = createOriginRule(rules)
  return ({ headers, url }: FastifyRequest, answer: AnswerOptions): void => {
    const { origin } = headers
    const asked = headers['access-control-request-headers']
    answer(null, {
      origin: isMetadataUrl(url) ? '*' : origin !== undefined && mayCall(origin) && origin,
      credentials: false,
      methods: METHODS,
      allowedHeaders: [...REQUEST_HEADERS, ...paramHeadersOf(asked)],
      exposedHeaders: EXPOSED_HEADERS,
      maxAge: MAX_AGE_S,
      strictPreflight: false,
    })
  }
}

function paramHeadersOf(asked = ''): string[] {
  const names = asked.split(',').map((name) => name.trim())
  return names.filter((name) => PARAM_HEADER.test(name))
}
