/** Where is the code, is it intact, is it unpacked? The front door of the room. */
import type { BundleRef } from '../domain/bundle-ref.js'

export { type ArchiveEntry, readArchive } from './archive.js'
export { type ArchiveLimits, DEFAULT_ARCHIVE_LIMITS, formatBytes } from './archive-limits.js'
export { nameProblem, quoteName } from './archive-names.js'
export { sha256Of } from './bundle-hash.js'
export { bundleInvalid, bundleProblems } from './bundle-invalid.js'

/** A bundle version on this machine's disk, verified and read-only. */
export interface OpenBundle {
  readonly ref: BundleRef
  /** Absolute path of the folder that holds `mcp_configuration.json`. */
  readonly folder: string
}

export interface Bundles {
  /**
   * Brings a version to this machine: downloaded once however many ask, its hash compared with
   * its name, checked, unpacked into a folder named by hash.
   *
   * @throws GatewayError `BUNDLE_UNAVAILABLE` when it is not in the store or its bytes are not
   * those that were registered
   */
  open(ref: BundleRef): Promise<OpenBundle>

  /** Puts a version into the store. The same bytes again are a no-op. */
  store(ref: BundleRef, zip: Buffer): Promise<void>
}
