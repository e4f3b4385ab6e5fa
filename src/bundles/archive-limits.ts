/** How large a bundle may be; every number bounds memory or disk of the process that unpacks it. */
export interface ArchiveLimits {
  /** The ZIP itself. */
  readonly maxZipBytes: number
  /** Files and folders. */
  readonly maxEntries: number
  /** One file, unpacked. */
  readonly maxFileBytes: number
  /** All files, unpacked. */
  readonly maxTotalBytes: number
  /** Unpacked bytes for one packed byte, for files above 1 MiB; deflate itself ends near 1,030. */
  readonly maxRatio: number
}

const MIB = 1024 * 1024

export const DEFAULT_ARCHIVE_LIMITS: ArchiveLimits = {
  maxZipBytes: 25 * MIB,
  maxEntries: 2_000,
  maxFileBytes: 16 * MIB,
  maxTotalBytes: 64 * MIB,
  maxRatio: 200,
}

/** A small file may be as repetitive as it likes. */
export const RATIO_FREE_BYTES = MIB

/** `1 MiB`, or `1,500 bytes` where it is no round number of them. */
export function formatBytes(bytes: number): string {
  if (bytes >= MIB && bytes % MIB === 0) return `${bytes / MIB} MiB`
  return `${bytes.toLocaleString('en-US')} bytes`
}
