/**
 * Files as a bundle's ZIP: the same files give the same bytes, in whatever order they come. A front
 * door of the room: it loads a library that a gateway starts without.
 */
import { zipSync } from 'fflate'
import { type ArchiveLimits, DEFAULT_ARCHIVE_LIMITS, formatBytes } from './archive-limits.js'
import { bundleInvalid } from './bundle-invalid.js'

/** Path inside the bundle, with `/` → content. */
export type BundleFiles = ReadonlyMap<string, Buffer>

/** fflate writes local time, so a local date gives the same bytes in every time zone. */
const EPOCH = new Date(1980, 0, 1)

export interface ZipOptions {
  readonly limits?: ArchiveLimits | undefined
  /** What is said of a ZIP that is too large. */
  readonly name: string
}

/** @throws GatewayError `BUNDLE_INVALID` when it is larger than a bundle may be */
export function zipFiles(
  files: BundleFiles,
  { limits = DEFAULT_ARCHIVE_LIMITS, name }: ZipOptions,
): Buffer {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1))
  const zip = Buffer.from(zipSync(Object.fromEntries(sorted), { level: 9, mtime: EPOCH }))
  if (zip.length <= limits.maxZipBytes) return zip
  throw bundleInvalid(
    `${name}: is ${formatBytes(zip.length)} as a ZIP; at most ${formatBytes(limits.maxZipBytes)} are allowed`,
  )
}
