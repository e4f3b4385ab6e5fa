/** Bundle versions in S3, unpacked on this machine's disk when first needed. */
import { dirname, join, resolve } from 'node:path'
import { LRUCache } from 'lru-cache'
import type { Aws } from '../aws/aws.js'
import { deleteObject, getObject, hasObject, putObject, putObjectOnce } from '../aws/objects.js'
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
import { createEviction, type Eviction } from './cache-eviction.js'
import { createHeldVersions } from './held-versions.js'
import { reasonOf } from './reason-of.js'
import { createTurns } from './turns.js'
import { evict, noteUse, removeAbandoned, touch, unpack } from './unpacked-folder.js'
import { isOneOf, removeVersions, VERSION, versionsOnDisk } from './versions-on-disk.js'

export interface S3BundlesOptions {
  readonly aws: Pick<Aws, 's3' | 'bucket'>
  /** Holds `{endpointId}/{sha256}` for each version; several processes may share it. */
  readonly cacheFolder: string
  /** Of all unpacked versions together; default 1 GiB. */
  readonly maxCacheBytes?: number | undefined
  /** How long code that no call uses stays loaded, in milliseconds; its files stay too. Default 0. */
  readonly idleMs?: number | undefined
  readonly limits?: ArchiveLimits | undefined
  readonly log: Log
  readonly clock?: Clock | undefined
}

const DEFAULT_CACHE_BYTES = 1024 * 1024 * 1024

/** A version younger than this is never evicted. */
const SPARED_MS = 60_000

/**
 * Versions known to be on disk without looking; after half a minute the disk is asked again, which
 * is also what notes their use.
 */
const MAX_REMEMBERED = 1_000
const REMEMBERED_MS = 30_000

/** Versions unpacked at once: each may hold a ZIP and all of its files in memory. */
const MAX_UNPACKING = 4

export function createS3Bundles(options: S3BundlesOptions): Bundles {
  const { aws, cacheFolder, limits = DEFAULT_ARCHIVE_LIMITS, log, clock = systemClock } = options
  const { maxCacheBytes: maxBytes = DEFAULT_CACHE_BYTES, idleMs = 0 } = options
  const remembered = new LRUCache<string, OpenBundle>({ max: MAX_REMEMBERED, ttl: REMEMBERED_MS })
  const opening = new Map<string, Promise<OpenBundle>>()
  const held = createHeldVersions((folder) => touch(folder, clock))
  const sparedMs = SPARED_MS + idleMs
  const isHeld = (folder: string) => held.has(folder)
  const root = resolve(cacheFolder)
  const eviction = createEviction({ cacheFolder: root, maxBytes, sparedMs, isHeld, log, clock })
  const source = { aws, limits, log }
  const bring = createBringing({ root, source, clock, eviction })

  return {
    async open(ref) {
      const key = bundleZipKey(ref)
      const known = remembered.get(key) ?? opening.get(key)
      if (known !== undefined) return known
      const opened = bring(ref).finally(() => opening.delete(key))
      opening.set(key, opened)
      const bundle = await opened
      remembered.set(key, bundle)
      return bundle
    },
    hold: ({ folder }) => held.hold(folder),
    async store(ref, zip) {
      if (sha256Of(zip) !== ref.sha256)
        throw new Error(`the ZIP's SHA-256 is not ${ref.sha256}, under which it was to be stored`)
      await putZip(source, ref, zip).catch((cause: unknown) => {
        throw refusal(source, ref)(`it cannot be stored (${reasonOf(cause)})`, cause)
      })
    },
    count: async (endpointId) => (await versionsOnDisk(root, endpointId)).length,
    async forget(endpointId, versions) {
      for (const [key, { ref }] of remembered.entries())
        if (ref.endpointId === endpointId && isOneOf(ref.sha256, versions)) remembered.delete(key)
      const usedBeforeMs = clock.now() - sparedMs
      const folders = await versionsOnDisk(root, endpointId)
      return removeVersions(folders, { versions, isHeld, usedBeforeMs })
    },
    async verify(ref) {
      await fetchZip(source, ref)
    },
    read: (ref) => fetchZip(source, ref),
    isStored: (ref) => hasObject(aws, bundleZipKey(ref)),
    async remove(ref, isNeeded) {
      await removeZip(source, ref, isNeeded).catch((cause: unknown) => {
        throw refusal(source, ref)(`it cannot be removed (${reasonOf(cause)})`, cause)
      })
      remembered.delete(bundleZipKey(ref))
      const folder = versionFolder(root, ref)
      // Another process on this folder may have opened it just now.
      if (!held.has(folder)) await evict(folder, clock.now() - sparedMs)
    },
  }
}

interface BringingParts {
  /** Holds `{endpointId}/{sha256}` for each version. */
  readonly root: string
  readonly source: Source
  readonly clock: Clock
  readonly eviction: Eviction
}

/** Brings a version to the disk, unless it is there already. */
function createBringing({ root, source, clock, eviction }: BringingParts) {
  const inTurn = createTurns(MAX_UNPACKING)

  const fetchInto = async (folder: string, ref: BundleRef) => {
    const entries = await download(source, ref)
    await removeAbandoned(dirname(folder), clock)
    await unpack(folder, entries).catch((cause: unknown) => {
      throw refusal(source, ref)(`it cannot be unpacked here (${reasonOf(cause)})`, cause)
    })
    await touch(folder, clock)
    // Whoever waits for this version need not wait for others to go.
    void eviction.run()
  }
  return async (ref: BundleRef): Promise<OpenBundle> => {
    const folder = versionFolder(root, ref)
    if (!(await noteUse(folder, clock))) await inTurn(() => fetchInto(folder, ref))
    return { ref, folder }
  }
}

async function removeZip(
  source: Source,
  ref: BundleRef,
  isNeeded: () => Promise<boolean>,
): Promise<void> {
  const zip = await storedBytes(source, ref)
  await deleteObject(source.aws, bundleZipKey(ref))
  if (zip && sha256Of(zip) === ref.sha256 && (await isNeeded())) await putZip(source, ref, zip)
}

/** The reference becomes a path, so it is checked although only the product makes references. */
function versionFolder(root: string, { endpointId, sha256 }: BundleRef): string {
  if (!isEndpointId(endpointId) || !VERSION.test(sha256))
    throw new Error(`not a reference to a bundle: ${endpointId}/${sha256}`)
  return join(root, endpointId, sha256)
}

type Source = Required<Pick<S3BundlesOptions, 'aws' | 'log'>> & { readonly limits: ArchiveLimits }

/** Names what is refused in the log, and makes the error. */
function refusal({ log }: Source, ref: BundleRef) {
  return (reason: string, cause?: unknown) => {
    log.error({ ...ref, err: cause }, `bundle refused: ${reason}`)
    return new GatewayError(
      'BUNDLE_UNAVAILABLE',
      `version ${ref.sha256} of package ${ref.packageName}: ${reason}`,
      { cause },
    )
  }
}

async function download(source: Source, ref: BundleRef): Promise<ArchiveEntry[]> {
  const zip = await fetchZip(source, ref)
  try {
    return await readArchive(zip, source.limits)
  } catch (cause) {
    if (!(cause instanceof GatewayError)) throw cause
    throw refusal(source, ref)(`it breaks the limits of this gateway: ${cause.message}`, cause)
  }
}

/** The bytes whose hash is the version's name, and no others. */
async function fetchZip(source: Source, ref: BundleRef): Promise<Buffer> {
  const refuse = refusal(source, ref)
  const { aws, limits } = source
  const zip = await getObject(aws, bundleZipKey(ref), limits.maxZipBytes).catch(
    (cause: unknown) => {
      throw refuse('it cannot be fetched from the store', cause)
    },
  )
  if (zip === undefined) throw refuse('it is not in the store')
  const found = sha256Of(zip)
  if (found === ref.sha256) return zip
  throw refuse(`the store holds other bytes under its name, of SHA-256 ${found}`)
}

async function putZip(source: Source, ref: BundleRef, zip: Buffer): Promise<void> {
  const { aws, log } = source
  if (await putObjectOnce(aws, bundleZipKey(ref), zip)) return
  if ((await storedBytes(source, ref))?.equals(zip) === true) return
  log.error({ ...ref }, 'other bytes under the name of a version are replaced by its own')
  await putObject(aws, bundleZipKey(ref), zip)
}

/** What is there now; undefined also for more than any version may have. */
async function storedBytes({ aws, limits }: Source, ref: BundleRef): Promise<Buffer | undefined> {
  const { maxZipBytes } = limits
  return getObject(aws, bundleZipKey(ref), maxZipBytes).catch((error: unknown) => {
    if (error instanceof RangeError) return undefined
    throw error
  })
}
