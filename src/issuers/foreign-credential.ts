import type { Credential } from '../domain/caller.js'
import type { EndpointId } from '../domain/tenant.js'
import type { ProvenClaims } from './signed-token.js'

/**
 * What can be taken back here from one whom somebody else vouches for: `mcp-daemon users revoke` and
 * `disable` take his name too, and end what was issued before.
 */
export function outsideCredential(endpointId: EndpointId, { iat = 0 }: ProvenClaims): Credential {
  return { home: endpointId, epoch: 0, issuedAt: iat * 1000 }
}
