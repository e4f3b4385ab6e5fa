/** Where a text becomes a tenant: who acts there is proven here, and nowhere else. */
import type { EndpointId } from '../domain/tenant.js'

/**
 * The tenant of that name, for who was proven there, for the rows that are to prove it, and for who
 * owns this machine and so everything on it.
 */
export function tenantOf(endpointId: string): EndpointId {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- here it is made
  return endpointId as EndpointId
}
