/** The tenant that a row belongs to: it was written under one that was proven. */
import type { EndpointId } from '../domain/tenant.js'

export function tenantOfRow(endpointId: string): EndpointId {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was proven when the row was written
  return endpointId as EndpointId
}
