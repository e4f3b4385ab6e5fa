/** Where a text becomes a tenant: who acts there is proven here, and nowhere else. */
import { ENDPOINT_ID_RULE, GATEWAY_HOME, isEndpointId } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'

/**
 * The tenant of that name, for who was proven there, for the rows that are to prove it, and for who
 * owns this machine and so everything on it.
 *
 * @throws GatewayError `FORBIDDEN` for what can be no endpoint's name: it would be a key elsewhere
 */
export function tenantOf(endpointId: string): EndpointId {
  if (!isEndpointId(endpointId))
    throw new GatewayError('FORBIDDEN', `The endpoint id must be ${ENDPOINT_ID_RULE}`)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- here it is made
  return endpointId as EndpointId
}

/** Whose rows vouch for a credential: an endpoint's, or those of the whole gateway. */
export function homeOf(home: string): EndpointId {
  return home === GATEWAY_HOME ? GATEWAY_HOME : tenantOf(home)
}
