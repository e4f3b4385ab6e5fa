import type { ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { sha256Of } from '../../src/bundles/bundle-hash.js'
import { createS3Bundles, type S3BundlesOptions } from '../../src/bundles/s3-bundles.js'
import { evict, noteUse, removeTree } from '../../src/bundles/unpacked-folder.js'
import type { BundleRef } from '../../src/domain/bundle-ref.js'
import { systemClock } from '../../src/domain/clock.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestAws } from '../support/aws.js'
import { withFileLimit } from '../support/file-limit.js'
import { zipOf } from '../support/zip.js'
import { readOutput, startBundlesProcess } from './bundles-process.js'

let test: Awaited<ReturnType<typeof startTestAws>>
let cacheFolder: string
/** Milliseconds by which the clock of the caches is ahead of the machine's. */
let aheadMs = 0

beforeAll(async () => {
  test = await startTestAws()
})
afterAll(() => test.stop())
beforeEach(async () => {
  aheadMs = 0
  cacheFolder = await mkdtemp(join(tmpdir(), 'bundle-cache-'))
})
// An eviction may still be at work there.
afterEach(() => vi.waitFor(() => removeTree(cacheFolder)))

const MINUTE_MS = 60_000
const clock = { now: () => Date.now() + aheadMs }
const BODY_BYTES = 40_000
/** Room for two versions and a half. */
const MAX_BYTES = 100_000
let serial = 0

function createBundles(options: Partial<S3BundlesOptions> = {}) {
  const folder = { aws: test.aws, cacheFolder, maxCacheBytes: MAX_BYTES }
  return createS3Bundles({ ...folder, log: silentLog, clock, ...options })
}

type Bundles = ReturnType<typeof createBundles>

/** Stores a version of 40 KB, its hash as no other's. */
async function storeOne(endpointId = 'acme'): Promise<BundleRef> {
  serial += 1
  const body = Buffer.alloc(BODY_BYTES, `${serial} `)
  const zip = zipOf({ 'mcp_configuration.json': '{}', 'data.bin': body, 'index.js': '' })
  const ref = { endpointId, packageName: 'weather', sha256: sha256Of(zip) }
  await createBundles().store(ref, zip)
  return ref
}

/** Opens versions one after the other, a second apart. */
async function openAll(bundles: Bundles, refs: readonly BundleRef[]) {
  const opened = []
  for (const ref of refs) {
    opened.push(await bundles.open(ref))
    aheadMs += 1_000
  }
  return opened
}

const onDisk = async (endpointId = 'acme') => (await readdir(join(cacheFolder, endpointId))).sort()

const hashes = (...refs: readonly BundleRef[]) => refs.map(({ sha256 }) => sha256).sort()

describe('a full cache', () => {
  it('lets go of the versions that were unused for longest, of whatever tenant', async () => {
    const bundles = createBundles()
    const theirs = await storeOne('globex')
    const [a, b, c] = [await storeOne(), await storeOne(), await storeOne()]
    await openAll(bundles, [theirs, a, b])
    aheadMs += 2 * MINUTE_MS
    await bundles.open(c)
    await vi.waitFor(async () => expect(await onDisk()).toEqual(hashes(b, c)))
    await vi.waitFor(async () => expect(await onDisk('globex')).toEqual([]))
  })

  it('keeps a version that was opened again since, also by another process', async () => {
    const [a, b, c] = [await storeOne(), await storeOne(), await storeOne()]
    const [, bundles] = [await openAll(createBundles(), [a, b]), createBundles()]
    aheadMs += 2 * MINUTE_MS
    await createBundles().open(a)
    aheadMs += 2 * MINUTE_MS
    await bundles.open(c)
    await vi.waitFor(async () => expect(await onDisk()).toEqual(hashes(a, c)))
  })

  it('keeps what is younger than a minute, even when it is too much', async () => {
    const refs = await Promise.all([1, 2, 3, 4].map(() => storeOne()))
    const bundles = createBundles()
    await openAll(bundles, refs)
    aheadMs += MINUTE_MS - 10_000
    await bundles.open(await storeOne())
    aheadMs += 2 * MINUTE_MS
    const last = await storeOne()
    await bundles.open(last)
    // Only the second of these two looks could remove anything.
    await vi.waitFor(async () => expect((await onDisk()).length).toBe(2))
    expect(await onDisk()).toContain(last.sha256)
  })

  it('keeps a version that runs, however old, until it runs no more', async () => {
    const bundles = createBundles()
    const [running, idle, next, later] = await Promise.all([1, 2, 3, 4].map(() => storeOne()))
    const [held] = await openAll(bundles, [running, idle] as BundleRef[])
    if (held === undefined || next === undefined || later === undefined)
      throw new Error('no bundle')
    const release = [bundles.hold(held), bundles.hold(held)]
    release[0]?.()
    release[0]?.()
    aheadMs += 2 * MINUTE_MS
    await bundles.open(next)
    await vi.waitFor(async () =>
      expect(await onDisk()).toEqual([held.ref.sha256, next.sha256].sort()),
    )
    release[1]?.()
    aheadMs += 2 * MINUTE_MS
    await bundles.open(later)
    await vi.waitFor(async () => expect(await onDisk()).toEqual(hashes(next, later)))
  })

  it('brings an evicted version back, whole, when it is asked for again', async () => {
    const bundles = createBundles()
    const [a, b, c] = [await storeOne(), await storeOne(), await storeOne()]
    await openAll(bundles, [a, b])
    aheadMs += 2 * MINUTE_MS
    await bundles.open(c)
    await vi.waitFor(async () => expect(await onDisk()).toEqual(hashes(b, c)))
    // What this process remembers of the first one is older than half a minute on every clock.
    const { folder } = await createBundles().open(a)
    expect((await readFile(join(folder, 'data.bin'))).length).toBe(BODY_BYTES)
  })
})

describe('versions that are to be forgotten', () => {
  it('leave the disk, of that endpoint alone, and come back whole when they are asked for', async () => {
    const bundles = createBundles({ maxCacheBytes: 10 * MAX_BYTES })
    const [a, b, theirs] = [await storeOne(), await storeOne(), await storeOne('globex')]
    await openAll(bundles, [a, b, theirs])
    expect(await bundles.count('acme')).toBe(2)
    aheadMs += 2 * MINUTE_MS
    expect(await bundles.forget('acme', new Set([a.sha256]))).toBe(1)
    expect(await onDisk()).toEqual(hashes(b))
    expect(await bundles.forget('acme')).toBe(1)
    expect(await bundles.count('acme')).toBe(0)
    expect(await bundles.count('globex')).toBe(1)
    const { folder } = await bundles.open(a)
    expect((await readFile(join(folder, 'data.bin'))).length).toBe(BODY_BYTES)
  })

  it('stay while they run, and while another process may run them', async () => {
    const bundles = createBundles()
    const [running, fresh] = [await storeOne(), await storeOne()]
    const [held] = await openAll(bundles, [running])
    if (held === undefined) throw new Error('no bundle')
    const release = bundles.hold(held)
    aheadMs += 2 * MINUTE_MS
    await createBundles().open(fresh)
    expect(await bundles.forget('acme')).toBe(0)
    expect(await onDisk()).toEqual(hashes(running, fresh))
    release()
    expect(await bundles.forget('acme')).toBe(1)
    expect(await onDisk()).toEqual(hashes(fresh))
  })

  it('are looked for nowhere else, whatever an endpoint is called', async () => {
    const ref = await storeOne()
    const bundles = createBundles()
    await bundles.open(ref)
    aheadMs += 2 * MINUTE_MS
    expect(await bundles.count('../acme')).toBe(0)
    expect(await bundles.forget('globex/../acme')).toBe(0)
    expect(await onDisk()).toEqual(hashes(ref))
  })
})

describe('an eviction and a use at the same time', () => {
  it('end with the version on disk for whoever was told that it is', async () => {
    const folder = join(cacheFolder, 'acme', 'a'.repeat(64))
    for (let round = 0; round < 200; round++) {
      await mkdir(folder, { recursive: true })
      await utimes(folder, 0, 0)
      const [isThere, isGone] = await Promise.all([
        noteUse(folder, systemClock),
        evict(folder, Date.now() - MINUTE_MS),
      ])
      const exists = await stat(folder).then(
        () => true,
        () => false,
      )
      expect([isThere, isGone]).toEqual([exists, !exists])
    }
  })
})

describe('a crash', () => {
  const leftovers = async (...names: readonly string[]) => {
    for (const name of names) {
      const folder = join(cacheFolder, 'acme', name, 'lib')
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, 'half.js'), 'export const half =')
    }
  }

  it('in the middle of an eviction leaves what the next look removes, and no version is lost', async () => {
    const ref = await storeOne()
    await leftovers(`${'b'.repeat(64)}.evicted-1`)
    await createBundles().open(ref)
    await vi.waitFor(async () => expect(await onDisk()).toEqual(hashes(ref)))
  })

  it('between mark and rename of an eviction keeps nobody from the version', async () => {
    const ref = await storeOne()
    const { folder } = await createBundles().open(ref)
    await writeFile(`${folder}.evicting`, '')
    expect(await createBundles().open(ref)).toEqual({ ref, folder })
    await utimes(`${folder}.evicting`, 0, 0)
    const next = await storeOne()
    await createBundles().open(next)
    await vi.waitFor(async () => expect(await onDisk()).toEqual(hashes(ref, next)))
  })
})

describe('a disk that takes no more', () => {
  it('refuses the version in a few words, leaves nothing half, and serves it once there is room', async () => {
    const ref = await storeOne()
    const source = `
      const logged = []
      const error = ({ err }, message) => logged.push([message, err.code])
      const bundles = createS3Bundles({ aws, cacheFolder, log: { ...silentLog, error } })
      const open = () => bundles.open(ref).catch(({ code, message }) => ({ code, message }))
      const told = [await open(), await open()]
      process.stdout.write(JSON.stringify({ told, logged }))`
    // The small files of the version are written before the one that is too large.
    const under = (command: readonly string[]) => withFileLimit(16, command)
    const said = await readOutput(
      startBundlesProcess({ test, cacheFolder, refs: [ref], source, under }),
    )
    const refused = {
      code: 'BUNDLE_UNAVAILABLE',
      message: `version ${ref.sha256} of package weather: it cannot be unpacked here (EFBIG)`,
    }
    const line = ['bundle refused: it cannot be unpacked here (EFBIG)', 'EFBIG']
    expect(JSON.parse(said)).toEqual({ told: [refused, refused], logged: [line, line] })
    expect(await onDisk()).toEqual([])
    expect(await createBundles().open(ref)).toMatchObject({ ref })
    expect(await onDisk()).toEqual(hashes(ref))
  })
})

it('processes that share a small cache open and evict at once, and none sees half a version', async () => {
  const refs = await Promise.all(Array.from({ length: 6 }, () => storeOne()))
  const children = [1, 2, 3].map((seed) => startOpening(refs, seed))
  const said = await Promise.all(children.map(readOutput))
  expect(said).toEqual(['0 broken', '0 broken', '0 broken'])
  for (const name of await onDisk()) expect(name).toMatch(/^[0-9a-f]{64}$/)
})

/**
 * A process for which time passes quickly, so that what it opened half a second ago is old enough to
 * go, and which looks at each version that it has opened.
 */
function startOpening(refs: readonly BundleRef[], seed: number): ChildProcess {
  const now = Date.now()
  const source = `
    const clock = { now: () => ${now} + (Date.now() - ${now}) * 120 }
    const maxCacheBytes = ${MAX_BYTES}
    let broken = 0
    for (let n = 0; n < 200; n++) {
      const bundles = createS3Bundles({ aws, cacheFolder, maxCacheBytes, log: silentLog, clock })
      const opened = await bundles.open(refs[(n * ${seed}) % refs.length])
      const release = bundles.hold(opened)
      const body = await readFile(join(opened.folder, 'data.bin'))
      if (body.length !== ${BODY_BYTES}) broken += 1
      release()
    }
    process.stdout.write(broken + ' broken')`
  return startBundlesProcess({ test, cacheFolder, refs, source })
}
