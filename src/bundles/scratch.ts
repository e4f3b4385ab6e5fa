/** A bundle unpacked for a moment, from no store: to be looked at before it is one of a gateway's. */
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NO_ENDPOINT } from '../domain/caller.js'
import type { ArchiveEntry } from './archive.js'
import { sha256Of } from './bundle-hash.js'
import type { OpenBundle } from './bundles.js'
import { removeTree, unpack } from './unpacked-folder.js'

/**
 * @param use what it returns or throws is passed on, when the files are gone again
 */
export async function withUnpacked<Outcome>(
  entries: readonly ArchiveEntry[],
  use: (bundle: OpenBundle) => Promise<Outcome>,
): Promise<Outcome> {
  // A sandbox compares real paths; the temporary folder of some systems is a link.
  const parent = await mkdtemp(join(await realpath(tmpdir()), 'mcp-bundle-'))
  const folder = join(parent, 'bundle')
  try {
    await unpack(folder, entries)
    const ref = {
      endpointId: NO_ENDPOINT,
      packageName: 'scratch',
      sha256: sha256Of(Buffer.from(folder)),
    }
    return await use({ ref, folder })
  } finally {
    await removeTree(folder)
    await rm(parent, { recursive: true, force: true })
  }
}
