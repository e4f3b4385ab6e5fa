/** Where is the code, is it intact, is it unpacked? The front door of the room. */
import type { BundleRef } from '../domain/bundle-ref.js'

import type { BundleContents, ContentsOptions } from './contents.js'
import type { FolderArchiveOptions } from './folder-archive.js'

export { type ArchiveLimits, DEFAULT_ARCHIVE_LIMITS } from './archive-limits.js'
export { bundleInvalid, bundleProblems } from './bundle-invalid.js'
export type { BundleContents, ContentsOptions } from './contents.js'
export type { ManifestChecks } from './manifest-checks.js'
export { MANIFEST_FILE } from './manifest-file.js'
export { moduleFileCandidates } from './module-file.js'

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

/**
 * Understands a bundle's ZIP without running any of it: archive, manifest, module files, settings.
 *
 * @throws GatewayError `BUNDLE_INVALID` with everything that is wrong at the first step that fails
 */
export async function readBundle(zip: Buffer, options: ContentsOptions): Promise<BundleContents> {
  // ZIP and schema libraries are imported when needed: whoever only opens bundles starts fast.
  const { readContents } = await import('./contents.js')
  return readContents(zip, options)
}

/**
 * A folder as a bundle's ZIP; the same files give the same bytes. Symbolic links are stored as
 * what they point at and refused when that lies outside.
 *
 * @throws GatewayError `BUNDLE_INVALID` naming the file that does not fit
 */
export async function zipFolder(folder: string, options?: FolderArchiveOptions): Promise<Buffer> {
  const { folderArchive } = await import('./folder-archive.js')
  return folderArchive(folder, options)
}
