/** Tokens that somebody else has signed: their form, their signature, their time. */
import {
  type CryptoKey,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  jwtVerify,
} from 'jose'
import { invalidToken } from '../auth/auth.js'
import type { Clock } from '../domain/clock.js'
import type { IssuerKeys } from './issuer-keys.js'

/** How far two clocks may differ, in seconds. */
const CLOCK_TOLERANCE_S = 30

/** RFC 9068 has the first; most issuers say the second, or nothing. */
const TYPES: ReadonlySet<string> = new Set(['at+jwt', 'jwt'])

export interface TokenRules {
  readonly issuer: string
  readonly keys: IssuerKeys
  /** None of them is symmetric: a public key can never serve as a secret. */
  readonly algorithms: readonly string[]
  readonly clock: Clock
}

/** What a token says, proven to be said by its issuer, and now. */
export type ProvenClaims = JWTPayload & { readonly exp: number }

/** True for a token that says to be this issuer's; nothing is proven by that. */
export function saysIssuer(token: string, issuer: string): boolean {
  try {
    return decodeJwt(token).iss === issuer
  } catch {
    return false
  }
}

/** @throws GatewayError `UNAUTHENTICATED`, `ACCOUNTS_UNAVAILABLE` when the keys cannot be had */
export async function verifySigned(token: string, rules: TokenRules): Promise<ProvenClaims> {
  try {
    const header = decodeProtectedHeader(token)
    const { alg, typ } = header
    if (alg === undefined || !rules.algorithms.includes(alg) || !isTokenType(typ))
      throw invalidToken()
    const keys = await rules.keys.find({ ...header, alg })
    return await verifyWithAny(token, keys, rules)
  } catch (cause) {
    // A header that cannot be read is a `TypeError` of the library's.
    if (cause instanceof errors.JOSEError || cause instanceof TypeError) throw invalidToken(cause)
    throw cause
  }
}

function isTokenType(typ: unknown): boolean {
  if (typ === undefined) return true
  return typeof typ === 'string' && TYPES.has(typ.toLowerCase().replace(/^application\//, ''))
}

async function verifyWithAny(
  token: string,
  keys: readonly CryptoKey[],
  { issuer, algorithms, clock }: TokenRules,
): Promise<ProvenClaims> {
  const options = {
    issuer,
    algorithms: [...algorithms],
    requiredClaims: ['exp'],
    clockTolerance: CLOCK_TOLERANCE_S,
    currentDate: new Date(clock.now()),
  }
  for (const key of keys)
    try {
      const { payload } = await jwtVerify(token, key, options)
      return inTime(payload, clock)
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error
    }
  throw invalidToken()
}

/** The library looks at `exp` and `nbf`; a token from the future is none either. */
function inTime(payload: JWTPayload, clock: Clock): ProvenClaims {
  const { exp, iat = 0 } = payload
  if (exp === undefined || iat > clock.now() / 1000 + CLOCK_TOLERANCE_S) throw invalidToken()
  return { ...payload, exp }
}
