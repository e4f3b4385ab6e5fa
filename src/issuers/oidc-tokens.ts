/** Tokens of any OpenID Connect issuer, or OAuth 2.0 authorization server, whose keys can be found. */
import type { ProvenCaller, Resources, TokenVerifier } from '../auth/auth.js'
import { foreignToken, invalidToken } from '../auth/auth.js'
import type { Clock } from '../domain/clock.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'
import { claimAt, textsIn, toUserId } from './claims.js'
import { discoverJwksUri } from './discovery.js'
import { outsideCredential } from './foreign-credential.js'
import { type Pair, type RoleRules, rolesGranted } from './granted-roles.js'
import { createIssuerKeys } from './issuer-keys.js'
import { createKept } from './kept.js'
import { type ProvenClaims, saysIssuer, verifySigned } from './signed-token.js'

/** Asymmetric ones: what verifies cannot sign. */
const ALGORITHMS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ')

export interface OidcRules extends RoleRules {
  /** As it stands in its tokens and its metadata, to the character. */
  readonly issuer: string
  /** Accepted beside the endpoint's own URL; it names no endpoint. */
  readonly audience?: string | undefined
  /** Each must be there, with this value or with it in a list. */
  readonly requiredClaims: readonly Pair[]
  readonly userClaim: string
  /** When it is given, its value, or one of a list, must be the endpoint. */
  readonly endpointClaim?: string | undefined
  /** Where a token is good that names no endpoint at all. */
  readonly ownEndpointId: string
}

export interface IssuerParts {
  readonly resources: Pick<Resources, 'urisOf'>
  readonly clock: Clock
  readonly log: Log
}

export function createOidcTokens(rules: OidcRules, parts: IssuerParts): TokenVerifier {
  const { issuer } = rules
  const { clock, log } = parts
  const load = () => discoverJwksUri(issuer)
  const jwksUri = createKept({ name: `the metadata of ${issuer}`, load, clock, log })
  const keys = createIssuerKeys({ issuer, findJwksUri: () => jwksUri.get(), clock, log })
  return {
    recognises: (token) => saysIssuer(token, issuer),
    verify: async (token, endpointId) => {
      const claims = await verifySigned(token, { issuer, keys, algorithms: ALGORITHMS, clock })
      return toCaller(claims, endpointId, { rules, uris: parts.resources.urisOf(endpointId) })
    },
  }
}

interface Context {
  readonly rules: OidcRules
  /** Of the endpoint. */
  readonly uris: readonly string[]
}

function toCaller(claims: ProvenClaims, endpointId: EndpointId, context: Context): ProvenCaller {
  const { rules, uris } = context
  const audiences = textsIn(claims.aud)
  const isForEndpoint = audiences.some((audience) => uris.includes(audience))
  const isForUs = rules.audience !== undefined && audiences.includes(rules.audience)
  if (!isForEndpoint && !isForUs) throw invalidToken()
  for (const { name, value } of rules.requiredClaims)
    if (!textsIn(claimAt(claims, name)).includes(value)) throw invalidToken()
  const userId = toUserId('oidc', claimAt(claims, rules.userClaim))
  const isNamed = refuseOtherEndpoints(claims, endpointId, rules)
  const { anywhere, here } = rolesGranted(claims, endpointId, rules)
  const isBound = isForEndpoint || isNamed || endpointId === rules.ownEndpointId
  // One that names no endpoint must not open all of them.
  if (!isBound && here.length === 0) throw foreignToken()
  const roles = [...new Set([...here, ...(isBound ? anywhere : [])])]
  return {
    endpointId,
    userId,
    roles,
    expiresAt: claims.exp * 1000,
    credential: outsideCredential(endpointId, claims),
  }
}

/** @returns whether the token names this endpoint in a claim */
function refuseOtherEndpoints(
  claims: ProvenClaims,
  endpointId: EndpointId,
  { endpointClaim }: OidcRules,
): boolean {
  if (endpointClaim === undefined) return false
  if (textsIn(claimAt(claims, endpointClaim)).includes(endpointId)) return true
  throw foreignToken()
}
