import { once } from 'node:events'
import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sha256Of } from '../../src/bundles/bundle-hash.js'
import { createS3Bundles } from '../../src/bundles/s3-bundles.js'
import { removeTree } from '../../src/bundles/unpacked-folder.js'
import type { BundleRef } from '../../src/domain/bundle-ref.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestAws, type TestAws } from '../support/aws.js'
import { zipOf } from '../support/zip.js'
import { startBundlesProcess } from './bundles-process.js'

let test: TestAws
let cacheFolder: string
let aheadMs = 0

beforeAll(async () => {
  test = await startTestAws()
})
afterAll(() => test.stop())
beforeEach(async () => {
  aheadMs = 0
  cacheFolder = await mkdtemp(join(tmpdir(), 'bundle-cache-'))
})
afterEach(() => removeTree(cacheFolder))

const clock = { now: () => Date.now() + aheadMs }
const createBundles = () => createS3Bundles({ aws: test.aws, cacheFolder, log: silentLog, clock })

const FILES = Object.fromEntries(
  Array.from({ length: 40 }, (_, n) => [`lib/d${n % 4}/f${n}.js`, `export const n = ${n}`]),
)
let serial = 0

/** Stores a version of 41 files in folders of their own. */
async function storeOne(): Promise<BundleRef> {
  serial += 1
  const zip = zipOf({ ...FILES, 'serial.txt': String(serial) })
  const ref = { endpointId: 'acme', packageName: 'weather', sha256: sha256Of(zip) }
  await createBundles().store(ref, zip)
  return ref
}

const onDisk = () => readdir(join(cacheFolder, 'acme'))
const isPartial = (name: string) => /^[0-9a-f]{64}\.partial-/.test(name)

async function filesIn(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name))
  const found = paths
    .toSorted()
    .map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')])
  return Object.fromEntries(await Promise.all(found))
}

/** Opens a version in a process that is killed in place of a step on the disk. */
async function openAndDie(ref: BundleRef, step: string, after: number): Promise<void> {
  const source = `
    const work = fs.${step}
    let left = ${after}
    fs.${step} = (...args) => {
      if (left-- === 0) process.kill(process.pid, 'SIGKILL')
      return work(...args)
    }
    syncBuiltinESMExports()
    await createS3Bundles({ aws, cacheFolder, log: silentLog }).open(ref)`
  const child = startBundlesProcess({ test, cacheFolder, refs: [ref], source })
  expect(await once(child, 'close')).toEqual([null, 'SIGKILL'])
}

describe('kill -9 while a version is unpacked', () => {
  it.each<[string, string, number, 'partial' | 'whole']>([
    ['among its files', 'writeFile', 20, 'partial'],
    ['when some of it is read-only', 'chmod', 3, 'partial'],
    ['before it is moved to its place', 'rename', 0, 'partial'],
    ['after it was moved there', 'utimes', 1, 'whole'],
  ])('%s leaves nothing that is served by half or for ever', async (_when, step, after, left) => {
    const [ref, next] = [await storeOne(), await storeOne()]
    await openAndDie(ref, step, after)
    const names = await onDisk()
    expect(names.map(isPartial)).toEqual([left === 'partial'])

    const { folder } = await createBundles().open(ref)
    expect(await filesIn(folder)).toMatchObject(FILES)
    expect(Object.keys(await filesIn(folder))).toHaveLength(Object.keys(FILES).length + 2)
    aheadMs = 11 * 60_000
    await createBundles().open(next)
    expect((await onDisk()).sort()).toEqual([ref.sha256, next.sha256].sort())
  })
})
