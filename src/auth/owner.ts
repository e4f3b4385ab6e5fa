/** Who has the data folder, or the cloud account, has all that is in it. For commands and stdio. */
import type { EndpointId } from '../domain/tenant.js'
import { tenantOf } from './tenant.js'

/** The endpoint that the owner of this machine works at. */
export function ownersTenant(endpointId: string): EndpointId {
  return tenantOf(endpointId)
}
