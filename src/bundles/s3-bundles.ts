/** Bundle versions in S3, unpacked on this machine's disk when first needed. */
import { dirname, join, resolve } from 'node:path'
import { LRUCache } from 'lru-cache'
import type { Aws } from '../aws/aws.js'
import { getObject, putObjectOnce } from '../aws/objects.js'
import { bundleZipKey } from '../aws/table-keys.js'
import type { BundleRef } from '../domain/bundle-ref.js'
import { isEndpointId } from '../domain/caller.js'
import { type Clock, systemClock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { Log } from '../telemetry/telemetry.js'
import { type ArchiveEntry, readArchive } from './archive.js'
import { type ArchiveLimits, DEFAULT_ARCHIVE_LIMITS } from './archive-limits.js'
import { sha256Of } from './bundle-hash.js'
import type { Bundles, OpenBundle } from './bundles.js'
import { createTurns } from './turns.js'
import { isUnpacked, removeAbandoned, unpack } from './unpacked-folder.js'

export interface S3BundlesOptions {
  readonly aws: Pick<Aws, 's3' | 'bucket'>
  /** Holds `{endpointId}/{sha256}` for each version; several processes may share it. */
  readonly cacheFolder: string
  readonly limits?: ArchiveLimits | undefined
  readonly log: Log
  readonly clock?: Clock | undefined
}

/** Versions known to be on disk without looking; after a minute the disk is asked again. */
const MAX_REMEMBERED = 1_000
const REMEMBERED_MS = 60_000

/** Versions unpacked at once: each may hold a ZIP and all of its files in memory. */
const MAX_UNPACKING = 4

export function createS3Bundles(options: S3BundlesOptions): Bundles {
  const { aws, cacheFolder, limits = DEFAULT_ARCHIVE_LIMITS, log, clock = systemClock } = options
  const remembered = new LRUCache<string, OpenBundle>({ max: MAX_REMEMBERED, ttl: REMEMBERED_MS })
  const opening = new Map<string, Promise<OpenBundle>>()

  const inTurn = createTurns(MAX_UNPACKING)

  const fetchInto = async (folder: string, ref: BundleRef) => {
    const entries = await download({ aws, limits, log }, ref)
    await removeAbandoned(dirname(folder), clock)
    await unpack(folder, entries)
  }
  const openOnce = async (ref: BundleRef): Promise<OpenBundle> => {
    const folder = versionFolder(cacheFolder, ref)
    if (!(await isUnpacked(folder))) await inTurn(() => fetchInto(folder, ref))
    return { ref, folder }
  }

  return {
    async open(ref) {
      const key = bundleZipKey(ref)
      const known = remembered.get(key) ?? opening.get(key)
      if (known !== undefined) return known
      const opened = openOnce(ref).finally(() => opening.delete(key))
      opening.set(key, opened)
      const bundle = await opened
      remembered.set(key, bundle)
      return bundle
    },
    async store(ref, zip) {
      if (sha256Of(zip) !== ref.sha256)
        throw new Error(`the ZIP's SHA-256 is not ${ref.sha256}, under which it was to be stored`)
      await putObjectOnce(aws, bundleZipKey(ref), zip)
    },
  }
}

/** The reference becomes a path, so it is checked although only the product makes references. */
function versionFolder(cacheFolder: string, { endpointId, sha256 }: BundleRef): string {
  if (!isEndpointId(endpointId) || !/^[0-9a-f]{64}$/.test(sha256))
    throw new Error(`not a reference to a bundle: ${endpointId}/${sha256}`)
  return join(resolve(cacheFolder), endpointId, sha256)
}

type Source = Required<Pick<S3BundlesOptions, 'aws' | 'log'>> & { readonly limits: ArchiveLimits }

async function download({ aws, limits, log }: Source, ref: BundleRef): Promise<ArchiveEntry[]> {
  const refuse = (reason: string, cause?: unknown) => {
    log.error({ ...ref, err: cause }, `bundle refused: ${reason}`)
    return new GatewayError(
      'BUNDLE_UNAVAILABLE',
      `version ${ref.sha256} of package ${ref.packageName}: ${reason}`,
      { cause },
    )
  }
  const zip = await getObject(aws, bundleZipKey(ref), limits.maxZipBytes).catch(
    (cause: unknown) => {
      throw refuse('it cannot be fetched from the store', cause)
    },
  )
  if (zip === undefined) throw refuse('it is not in the store')
  const found = sha256Of(zip)
  if (found !== ref.sha256)
    throw refuse(`the store holds other bytes under its name, of SHA-256 ${found}`)
  try {
    return await readArchive(zip, limits)
  } catch (cause) {
    if (!(cause instanceof GatewayError)) throw cause
    throw refuse(`it breaks the limits of this gateway: ${cause.message}`, cause)
  }
}
