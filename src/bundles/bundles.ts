/** Where is the code, is it intact, is it unpacked? The front door of the room. */
import type { BundleRef } from '../domain/bundle-ref.js'

export { type ArchiveEntry, readArchive } from './archive.js'
export { type ArchiveLimits, DEFAULT_ARCHIVE_LIMITS, formatBytes } from './archive-limits.js'
export { nameProblem, quoteName } from './archive-names.js'
export { sha256Of } from './bundle-hash.js'
export { bundleInvalid, bundleProblems } from './bundle-invalid.js'
export { withUnpacked } from './scratch.js'
export type { UploadArea, UploadContent, UploadKey, UploadTarget } from './uploads.js'

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

  /**
   * Says that a version runs: it stays on this machine's disk, whichever process makes room there.
   *
   * @returns ends that
   */
  hold(bundle: OpenBundle): () => void

  /**
   * Puts a version into the store. The same bytes again are a no-op; other bytes under its name,
   * which only an intruder can have put there, are replaced and named in the log.
   *
   * @throws GatewayError `BUNDLE_UNAVAILABLE` when the store does not take it
   */
  store(ref: BundleRef, zip: Buffer): Promise<void>

  /** How many versions of an endpoint lie on this machine's disk. */
  count(endpointId: string): Promise<number>

  /**
   * Takes versions of an endpoint off this machine's disk, and the next `open` brings them again. Those
   * stay that run, or have been used so lately that any process which shares the folder may run them.
   *
   * @param versions only these, by SHA-256; default: all
   * @returns how many have gone
   */
  forget(endpointId: string, versions?: ReadonlySet<string>): Promise<number>

  /**
   * Looks at the bytes in the store itself, whatever is on disk.
   *
   * @throws GatewayError `BUNDLE_UNAVAILABLE` as `open`
   */
  verify(ref: BundleRef): Promise<void>

  /**
   * The bytes of a version as they are in the store.
   *
   * @throws GatewayError `BUNDLE_UNAVAILABLE` as `open`
   */
  read(ref: BundleRef): Promise<Buffer>

  /** Whether the store has something under a version's name. */
  isStored(ref: BundleRef): Promise<boolean>

  /**
   * Removes a version that no package has from the store, and from this machine's disk unless it runs.
   *
   * @param isNeeded asked when it is gone: it is put back for a package that has got it meanwhile
   * @throws GatewayError `BUNDLE_UNAVAILABLE` when the store does not answer
   */
  remove(ref: BundleRef, isNeeded: () => Promise<boolean>): Promise<void>
}
