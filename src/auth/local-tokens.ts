/** Tokens signed with this gateway's own key: HS256 with `sub`, `endpoint_id`, `exp`, `roles`. */
import { type CryptoKey, errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { isEndpointId, type Role } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'

const ALGORITHM = 'HS256'

/** How far two clocks may differ, in seconds. */
const CLOCK_TOLERANCE_S = 30

const ROLES = ['reader', 'caller', 'publisher', 'admin'] as const satisfies readonly Role[]

/** What a token must say; `roles` is `["caller"]` when it does not. No token makes an operator. */
const Claims = z.object({
  sub: z.string().min(1).max(128),
  endpoint_id: z.string().refine(isEndpointId),
  exp: z.number(),
  roles: z.array(z.enum(ROLES)).max(ROLES.length).default(['caller']),
})

export interface ProvenToken {
  readonly userId: string
  readonly endpointId: string
  readonly roles: readonly Role[]
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export interface LocalTokens {
  /** @throws GatewayError `UNAUTHENTICATED`, without saying which check failed */
  verify(token: string, now: Date): Promise<ProvenToken>
  /** @returns a token that `verify` accepts until `expiresAt` (milliseconds since 1970) */
  sign(token: ProvenToken): Promise<string>
}

/** @param secret 32 bytes or more; imported once, because importing costs more than verifying */
export function createLocalTokens(secret: string): LocalTokens {
  const key = crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign', 'verify'],
  )
  return {
    verify: async (token, now) => readClaims(await verified(token, await key, now)),
    sign: async ({ userId, endpointId, roles, expiresAt }) =>
      new SignJWT({ endpoint_id: endpointId, roles })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setSubject(userId)
        .setExpirationTime(Math.floor(expiresAt / 1000))
        .sign(await key),
  }
}

async function verified(token: string, key: CryptoKey, now: Date): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: now,
    })
    return payload
  } catch (cause) {
    if (cause instanceof errors.JOSEError) throw invalidToken(cause)
    throw cause
  }
}

function readClaims(payload: unknown): ProvenToken {
  const claims = Claims.safeParse(payload)
  if (!claims.success) throw invalidToken(claims.error)
  const { sub: userId, endpoint_id: endpointId, roles, exp } = claims.data
  return { userId, endpointId, roles, expiresAt: exp * 1000 }
}

/** One answer for every failed check, so that a forger learns nothing. */
export function invalidToken(cause?: unknown): GatewayError {
  return new GatewayError('UNAUTHENTICATED', 'The bearer token is not valid', { cause })
}
