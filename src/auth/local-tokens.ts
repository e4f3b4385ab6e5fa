/**
 * Tokens signed by this gateway: `sub`, `endpoint_id`, `exp`, `roles`. Those of `JWT_SECRET_KEY`
 * name no key and are HS256; those of a key pair name it, and are of its algorithm. So no key is
 * ever used for another algorithm than its own.
 */
import { type CryptoKey, decodeJwt, decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose'
import type { KeyObject } from 'node:crypto'
import { z } from 'zod'
import { ENDPOINT_ID_RULE, GATEWAY_HOME, isEndpointId, ROLES, type Role } from '../domain/caller.js'
import { type Clock, systemClock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { ProvenCaller, TokenVerifier } from './auth.js'
import { foreignToken, invalidToken } from './invalid-token.js'
import { type KeyPair, type PublicKeys, toPublicKeys, toSigningKey } from './signing-keys.js'
import { homeOf } from './tenant.js'

/** How far two clocks may differ, in seconds. */
const CLOCK_TOLERANCE_S = 30

/** What a token must say; `roles` is `["caller"]` when it does not. */
const Claims = z
  .object({
    sub: z.string().min(1).max(128),
    endpoint_id: z.string().refine((id) => id === GATEWAY_HOME || isEndpointId(id)),
    exp: z.number(),
    roles: z.array(z.enum(ROLES)).max(ROLES.length).default(['caller']),
    /** The sign-in that it comes from. */
    sid: z.string().max(64).optional(),
    epoch: z.int().min(0).default(0),
  })
  .refine(({ endpoint_id: home, roles, sid }) =>
    // An operator is one of the whole gateway who signed in: that can be taken back.
    home === GATEWAY_HOME
      ? sid !== undefined && roles.every((role) => role === 'operator')
      : !roles.includes('operator'),
  )

/** What a token is to say. */
export interface TokenSubject {
  readonly userId: string
  /** The endpoint that it is for, or `GATEWAY_HOME` for an operator's. */
  readonly endpointId: EndpointId
  readonly roles: readonly Role[]
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  /** Absent: 0. */
  readonly epoch?: number | undefined
  readonly signInId?: string | undefined
}

export interface LocalTokens extends TokenVerifier {
  /** @returns a token that `verify` accepts until `expiresAt` */
  sign(subject: TokenSubject): Promise<string>
  /** For whoever checks these tokens too; absent where the secret signs. */
  readonly publicKeys?: PublicKeys | undefined
}

export interface LocalTokenOptions {
  /** The first signs, all verify. Default: none, and the secret signs. */
  readonly keys?: readonly KeyPair[] | undefined
  /** What tokens name as their issuer. Default: nobody. */
  readonly issuer?: string | undefined
}

/** What proves the tokens of one key. */
interface Proof {
  readonly algorithm: string
  readonly key: Promise<CryptoKey> | KeyObject
}

/**
 * @param secret 32 bytes or more; imported once, because importing costs more than verifying.
 * Absent: HS256 proves nothing
 */
export function createLocalTokens(
  secret: string | undefined,
  clock: Clock = systemClock,
  { keys: pairs = [], issuer }: LocalTokenOptions = {},
): LocalTokens {
  const keys = pairs.map(toSigningKey)
  const shared: Proof | undefined =
    secret === undefined ? undefined : { algorithm: 'HS256', key: importSecret(secret) }
  const proofs = new Map(
    keys.map(({ kid, algorithm, publicKey }): [string, Proof] => [
      kid,
      { algorithm, key: publicKey },
    ]),
  )
  const proofOf = (token: string): Proof | undefined => {
    const { alg, kid, iss } = readUnproven(token)
    const proof = kid === undefined ? shared : proofs.get(kid)
    return proof?.algorithm === alg && (iss === undefined || iss === issuer) ? proof : undefined
  }
  return {
    recognises: (token) => proofOf(token) !== undefined,
    verify: async (token, endpointId) => {
      const proof = proofOf(token)
      if (proof === undefined) throw invalidToken()
      return toCaller(await verified(token, proof, new Date(clock.now())), endpointId)
    },
    sign: async (subject) => {
      const unsigned = toUnsigned(subject, issuer, clock)
      const [first] = keys
      if (first?.privateKey !== undefined)
        return unsigned
          .setProtectedHeader({ alg: first.algorithm, kid: first.kid, typ: 'JWT' })
          .sign(first.privateKey)
      if (shared === undefined) throw new Error('there is no key to sign tokens with')
      return unsigned
        .setProtectedHeader({ alg: shared.algorithm, typ: 'JWT' })
        .sign(await shared.key)
    },
    publicKeys: keys.length === 0 ? undefined : toPublicKeys(keys),
  }
}

function importSecret(secret: string): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const bytes = new TextEncoder().encode(secret)
  return crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign', 'verify'])
}

/** What it says of itself, which anybody can write. Empty for what is no token at all. */
function readUnproven(token: string) {
  try {
    const { alg, kid } = decodeProtectedHeader(token)
    return { alg, kid, iss: decodeJwt(token).iss }
  } catch {
    return {}
  }
}

function toUnsigned(
  { userId, endpointId, roles, expiresAt, epoch, signInId }: TokenSubject,
  issuer: string | undefined,
  clock: Clock,
): SignJWT {
  const unsigned = new SignJWT({ endpoint_id: endpointId, roles, epoch, sid: signInId })
    .setSubject(userId)
    .setIssuedAt(Math.floor(clock.now() / 1000))
    .setExpirationTime(Math.floor(expiresAt / 1000))
  return issuer === undefined ? unsigned : unsigned.setIssuer(issuer)
}

async function verified(token: string, { algorithm, key }: Proof, now: Date): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, await key, {
      algorithms: [algorithm],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: now,
    })
    return payload
  } catch (cause) {
    if (cause instanceof errors.JOSEError) throw invalidToken(cause)
    throw cause
  }
}

function toCaller(payload: unknown, endpointId: EndpointId): ProvenCaller {
  const claims = Claims.safeParse(payload)
  if (!claims.success) throw invalidToken(claims.error)
  const { sub: userId, endpoint_id: home, roles, exp, epoch, sid: signInId } = claims.data
  if (home === GATEWAY_HOME && endpointId !== GATEWAY_HOME && !isEndpointId(endpointId))
    throw new GatewayError('FORBIDDEN', `The endpoint id must be ${ENDPOINT_ID_RULE}`)
  if (home !== GATEWAY_HOME && home !== endpointId) throw foreignToken()
  const credential = { home: homeOf(home), epoch, signInId }
  return { endpointId, userId, roles, expiresAt: exp * 1000, credential }
}
