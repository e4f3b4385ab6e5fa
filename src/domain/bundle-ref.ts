/** One immutable version of one tenant's package. The tenant is part of the reference, always. */
import type { EndpointId } from './tenant.js'

export interface BundleRef {
  readonly endpointId: EndpointId
  readonly packageName: string
  /** Lower-case hex of the ZIP's SHA-256. */
  readonly sha256: string
}
