/** Keeps the unpacked versions on disk within their bytes: what was unused for longest goes first. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../domain/clock.js'
import type { Log } from '../telemetry/telemetry.js'
import { evict, namesIn, removeAbandoned, statOf } from './unpacked-folder.js'
import { VERSION } from './versions-on-disk.js'

export interface EvictionOptions {
  /** Holds `{endpointId}/{sha256}` for each version. */
  readonly cacheFolder: string
  readonly maxBytes: number
  /** A version that was used within this many milliseconds stays. */
  readonly sparedMs: number
  /** True for the folder of a version that is in use in this process. */
  readonly isHeld: (folder: string) => boolean
  readonly log: Log
  readonly clock: Clock
}

export interface Eviction {
  /** Makes room where it is needed; a call during one that runs waits for that one and another. */
  run(): Promise<void>
}

interface Unpacked {
  readonly folder: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly usedAt: number
}

export function createEviction(options: EvictionOptions): Eviction {
  const { log } = options
  /** A version never changes, so its size is read once. */
  const sizes = new Map<string, number>()
  let running: Promise<void> = Promise.resolve()
  let waiting: Promise<void> | undefined
  const runOnce = async () => {
    waiting = undefined
    await makeRoom(options, sizes).catch((err: unknown) => {
      log.warn({ err }, 'the cache of bundles could not be kept within its size')
    })
  }
  return {
    run() {
      waiting ??= running = running.then(runOnce)
      return waiting
    },
  }
}

async function makeRoom(options: EvictionOptions, sizes: Map<string, number>): Promise<void> {
  const { maxBytes, sparedMs, isHeld, log, clock } = options
  const versions = await findVersions(options, sizes)
  const onDisk = new Set(versions.map(({ folder }) => folder))
  for (const folder of sizes.keys()) if (!onDisk.has(folder)) sizes.delete(folder)
  let bytes = versions.reduce((sum, version) => sum + version.bytes, 0)
  const usedBeforeMs = clock.now() - sparedMs
  for (const version of versions.toSorted((a, b) => a.usedAt - b.usedAt)) {
    if (bytes <= maxBytes || version.usedAt >= usedBeforeMs) return
    if (isHeld(version.folder) || !(await evict(version.folder, usedBeforeMs))) continue
    sizes.delete(version.folder)
    bytes -= version.bytes
    log.info({ folder: version.folder, bytes: version.bytes }, 'a bundle left the cache')
  }
}

async function findVersions(
  { cacheFolder, clock }: EvictionOptions,
  sizes: Map<string, number>,
): Promise<Unpacked[]> {
  const versions: Unpacked[] = []
  for (const endpointId of await namesIn(cacheFolder)) {
    const parent = join(cacheFolder, endpointId)
    await removeAbandoned(parent, clock)
    for (const name of await namesIn(parent)) {
      if (!VERSION.test(name)) continue
      const folder = join(parent, name)
      const found = await statOf(folder)
      if (found === undefined) continue
      const bytes = sizes.get(folder) ?? (await bytesIn(folder))
      sizes.set(folder, bytes)
      versions.push({ folder, bytes, usedAt: found.mtimeMs })
    }
  }
  return versions
}

/** What goes away meanwhile counts for nothing. */
async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  let bytes = 0
  for (const entry of entries) {
    if (!entry.isFile()) continue
    bytes += (await statOf(join(entry.parentPath, entry.name)))?.size ?? 0
  }
  return bytes
}
