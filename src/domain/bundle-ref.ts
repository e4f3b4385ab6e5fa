/** One immutable version of one tenant's package. The tenant is part of the reference, always. */
export interface BundleRef {
  readonly endpointId: string
  readonly packageName: string
  /** Lower-case hex of the ZIP's SHA-256. */
  readonly sha256: string
}
