/**
 * `WWW-Authenticate`: what a client that may not do something yet has to ask for, and where.
 * RFC 6750 and RFC 9728, as the revisions from 2025-11-25 on want them.
 */
import type { FastifyRequest, preSerializationHookHandler } from 'fastify'
import type { Resources } from '../auth/auth.js'
import { isJsonObject } from '../domain/json.js'

/** Enough to list and to call: a client asks for more when it hears that more is needed. */
const FIRST_SCOPES = 'mcp:read mcp:call'

type Parameters = Readonly<Record<string, string | undefined>>

interface Refusal {
  readonly scope: string
  readonly error?: string
  readonly error_description?: string
}

/**
 * Of every answer with 401, and of one with 403 that says which scopes are needed, whichever route
 * it is of: a hook that runs before the answer becomes text.
 */
export function createChallenges(resources: Resources | undefined): preSerializationHookHandler {
  const servers = resources?.authorizationServers ?? []
  // Whoever asked servers that know none of our scopes for one of them would be refused there.
  const hasScopes = servers.length === 0 || resources?.scopes !== undefined
  return (request, reply, answer, done) => {
    const parameters = refusalOf(request, reply.statusCode, answer)
    if (parameters !== undefined && (hasScopes || reply.statusCode === 401)) {
      const resource_metadata = metadataUrlOf(request, resources)
      const scope = hasScopes ? parameters.scope : undefined
      const challenge = { realm: 'mcp', resource_metadata, ...parameters, scope }
      void reply.header('www-authenticate', toChallenge(challenge))
    }
    done(null, answer)
  }
}

/** @returns undefined where there are none to be read */
function metadataUrlOf(
  request: FastifyRequest,
  resources: Resources | undefined,
): string | undefined {
  if (resources === undefined || resources.authorizationServers.length === 0) return undefined
  const path = mcpPathOf(request)
  return path === undefined ? undefined : resources.find(path)?.metadataUrl
}

/** @returns undefined when the answer is no refusal of this kind */
function refusalOf(
  { headers }: FastifyRequest,
  status: number,
  answer: unknown,
): Refusal | undefined {
  if (status === 401) {
    // RFC 6750: no error code for a request that brought no credentials.
    const invalid = { error: 'invalid_token', error_description: 'The bearer token is not valid' }
    return { scope: FIRST_SCOPES, ...(headers.authorization !== undefined && invalid) }
  }
  const scope = status === 403 ? scopeIn(answer) : undefined
  return scope === undefined ? undefined : { error: 'insufficient_scope', scope }
}

function scopeIn(answer: unknown): string | undefined {
  const error = isJsonObject(answer) ? answer['error'] : undefined
  const data = isJsonObject(error) ? error['data'] : undefined
  const scope = isJsonObject(data) ? data['scope'] : undefined
  return typeof scope === 'string' ? scope : undefined
}

/**
 * Of the endpoint that was asked, whichever of its routes it was.
 *
 * @returns undefined for what only operators of the whole gateway may: nobody else makes their tokens
 */
function mcpPathOf({ params, url }: FastifyRequest): string | undefined {
  if (isOfGateway(url)) return undefined
  const endpointId = isJsonObject(params) ? params['endpointId'] : undefined
  return typeof endpointId === 'string' ? `/${endpointId}/mcp` : '/mcp'
}

const OF_GATEWAY = /^\/graphql(?:[/?]|$)/

function isOfGateway(url: string): boolean {
  return OF_GATEWAY.test(url)
}

/** Scheme and quoted strings, RFC 9110, 11.2. */
export function toChallenge(parameters: Parameters): string {
  const written = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${quotable(value)}"`],
  )
  return `Bearer ${written.join(', ')}`
}

/** What a quoted string cannot hold is left out; what it may hold escaped is escaped. */
function quotable(text: string): string {
  return text.replaceAll(/[^\t\x20-\x7e]/g, '').replaceAll(/["\\]/g, String.raw`\$&`)
}
