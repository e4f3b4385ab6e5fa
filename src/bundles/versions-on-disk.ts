/** The unpacked versions of one endpoint, and how they leave the disk when somebody wants them gone. */
import { basename, join } from 'node:path'
import { isEndpointId } from '../domain/caller.js'
import { evict, namesIn } from './unpacked-folder.js'

/** The name of a version's folder: its SHA-256. */
export const VERSION = /^[0-9a-f]{64}$/

/** @param root holds `{endpointId}/{sha256}` for each version */
export async function versionsOnDisk(root: string, endpointId: string): Promise<string[]> {
  // It becomes a path.
  if (!isEndpointId(endpointId)) return []
  const parent = join(root, endpointId)
  const names = await namesIn(parent)
  return names.filter((name) => VERSION.test(name)).map((name) => join(parent, name))
}

export interface Unwanted {
  /** By SHA-256; undefined: all. */
  readonly versions: ReadonlySet<string> | undefined
  readonly isHeld: (folder: string) => boolean
  /** Those that were used since then stay; in milliseconds since 1970. */
  readonly usedBeforeMs: number
}

/** @returns how many have gone */
export async function removeVersions(
  folders: readonly string[],
  { versions, isHeld, usedBeforeMs }: Unwanted,
): Promise<number> {
  let gone = 0
  for (const folder of folders) {
    if (isHeld(folder) || !isOneOf(basename(folder), versions)) continue
    if (await evict(folder, usedBeforeMs)) gone++
  }
  return gone
}

export function isOneOf(sha256: string, versions: ReadonlySet<string> | undefined): boolean {
  return versions === undefined || versions.has(sha256)
}
