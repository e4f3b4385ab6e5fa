/** Tokens of an Amazon Cognito user pool. */
import type { ProvenCaller, TokenVerifier } from '../auth/auth.js'
import { foreignToken, invalidToken } from '../auth/auth.js'
import type { EndpointId } from '../domain/tenant.js'
import { claimAt, textsIn, toUserId } from './claims.js'
import { outsideCredential } from './foreign-credential.js'
import { rolesAt } from './granted-roles.js'
import { createIssuerKeys } from './issuer-keys.js'
import type { IssuerParts } from './oidc-tokens.js'
import { type ProvenClaims, saysIssuer, verifySigned } from './signed-token.js'

/** User pools sign with nothing else. */
const ALGORITHMS = ['RS256']

/** Groups of the pool named `{endpoint_id}:{role}` say who may do what, and nothing else does. */
const GROUPS_CLAIM = 'cognito:groups'

export interface CognitoPool {
  /** `https://cognito-idp.{region}.amazonaws.com/{pool}`. */
  readonly issuer: string
  /** App clients whose tokens are accepted. */
  readonly clientIds: readonly string[]
}

export function createCognitoTokens(pool: CognitoPool, parts: IssuerParts): TokenVerifier {
  const { issuer } = pool
  const { clock, log } = parts
  const findJwksUri = async () => `${issuer}/.well-known/jwks.json`
  const keys = createIssuerKeys({ issuer, findJwksUri, clock, log })
  return {
    recognises: (token) => saysIssuer(token, issuer),
    verify: async (token, endpointId) => {
      const claims = await verifySigned(token, { issuer, keys, algorithms: ALGORITHMS, clock })
      refuseOthers(claims, [...pool.clientIds, ...parts.resources.urisOf(endpointId)], pool)
      return toCaller(claims, endpointId)
    },
  }
}

/** An id token is good for the app client that it was made for, an access token for us too. */
function refuseOthers(
  claims: ProvenClaims,
  audiences: readonly string[],
  { clientIds }: CognitoPool,
): void {
  const { token_use: use, client_id: clientId, aud } = claims
  const isFor = (accepted: readonly string[]) =>
    textsIn(aud).some((audience) => accepted.includes(audience))
  if (use === 'id' && isFor(clientIds)) return
  const isAccepted =
    aud === undefined
      ? typeof clientId === 'string' && clientIds.includes(clientId)
      : isFor(audiences)
  if (use !== 'access' || !isAccepted) throw invalidToken()
}

function toCaller(claims: ProvenClaims, endpointId: EndpointId): ProvenCaller {
  const userId = toUserId('cognito', claims.sub)
  const roles = rolesAt(endpointId, textsIn(claimAt(claims, GROUPS_CLAIM)))
  if (roles.length === 0) throw foreignToken()
  const expiresAt = claims.exp * 1000
  return { endpointId, userId, roles, expiresAt, credential: outsideCredential(endpointId, claims) }
}
