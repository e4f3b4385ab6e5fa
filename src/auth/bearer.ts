/** The `Authorization` header → the caller. */
import { LRUCache } from 'lru-cache'
import { type Caller, ENDPOINT_ID_RULE, isEndpointId } from '../domain/caller.js'
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { Authenticator } from './auth.js'
import { hashToken } from './static-token.js'
import { invalidToken, type LocalTokens, type ProvenToken } from './local-tokens.js'

/** A verified token is remembered until it expires, 60 seconds at most. */
const REMEMBER_MS = 60_000
const MAX_REMEMBERED = 10_000

/** A token longer than this is refused unread: it is no token of ours. */
const MAX_TOKEN_CHARS = 8192

const OPERATOR_USER = 'operator'

export interface BearerParts {
  /** Constant-time; absent when no static token is configured. */
  readonly isAdminToken?: ((tokenHash: Buffer) => boolean) | undefined
  readonly localTokens: LocalTokens
  readonly clock: Clock
}

export function createBearerAuthenticator(parts: BearerParts): Authenticator {
  const { isAdminToken, localTokens, clock } = parts
  const remembered = new LRUCache<string, ProvenToken>({
    max: MAX_REMEMBERED,
    ttl: REMEMBER_MS,
    ttlResolution: 0,
    perf: clock,
  })

  const prove = async (token: string, hash: Buffer): Promise<ProvenToken> => {
    const key = hash.toString('base64')
    const known = remembered.get(key)
    if (known !== undefined && known.expiresAt > clock.now()) return known
    const proven = await localTokens.verify(token, new Date(clock.now()))
    remembered.set(key, proven)
    return proven
  }

  return {
    authenticate: async (authorization, endpointId) => {
      const token = readBearer(authorization)
      const hash = hashToken(token)
      if (isAdminToken?.(hash)) return operatorAt(endpointId)
      return callerAt(endpointId, await prove(token, hash))
    },
  }
}

function readBearer(authorization: string | undefined): string {
  if (authorization === undefined)
    throw new GatewayError('UNAUTHENTICATED', 'Send a bearer token in the Authorization header')
  const [scheme = '', token, ...more] = authorization.trim().split(/ +/)
  if (scheme.toLowerCase() !== 'bearer' || !token || more.length > 0)
    throw new GatewayError('UNAUTHENTICATED', 'Authorization: expected "Bearer" and one token')
  if (token.length > MAX_TOKEN_CHARS) throw invalidToken()
  return token
}

function operatorAt(endpointId: string): Caller {
  if (!isEndpointId(endpointId))
    throw new GatewayError('FORBIDDEN', `The endpoint id must be ${ENDPOINT_ID_RULE}`)
  return { endpointId, userId: OPERATOR_USER, roles: ['operator'] }
}

function callerAt(
  endpointId: string,
  { userId, roles, endpointId: own, expiresAt }: ProvenToken,
): Caller {
  if (own !== endpointId)
    throw new GatewayError('FORBIDDEN', 'The bearer token is for another endpoint')
  return { endpointId, userId, roles, expiresAt }
}
