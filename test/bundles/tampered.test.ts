import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { putObject } from '../../src/aws/objects.js'
import { bundleZipKey } from '../../src/aws/table-keys.js'
import { DEFAULT_ARCHIVE_LIMITS, sha256Of } from '../../src/bundles/bundles.js'
import { createS3Bundles, type S3BundlesOptions } from '../../src/bundles/s3-bundles.js'
import { removeTree } from '../../src/bundles/unpacked-folder.js'
import type { BundleRef } from '../../src/domain/bundle-ref.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestAws } from '../support/aws.js'
import { zipOf } from '../support/zip.js'

let test: Awaited<ReturnType<typeof startTestAws>>
let cacheFolder: string

beforeAll(async () => {
  test = await startTestAws()
})
afterAll(() => test.stop())
beforeEach(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'bundle-cache-'))
})
afterEach(() => removeTree(cacheFolder))

let serial = 0

/** A ZIP that no earlier test has stored. */
function freshZip(): Buffer {
  serial += 1
  return zipOf({ 'weather/index.js': 'export const mild = 21', 'serial.txt': String(serial) })
}

const refOf = (zip: Buffer): BundleRef => ({
  endpointId: 'acme',
  packageName: 'weather',
  sha256: sha256Of(zip),
})

const createBundles = (options: Partial<S3BundlesOptions> = {}) =>
  createS3Bundles({ aws: test.aws, cacheFolder, log: silentLog, ...options })

/** Puts other bytes under a version's name, as an intruder in the bucket would. */
const overwrite = (ref: BundleRef, body: Buffer) => putObject(test.aws, bundleZipKey(ref), body)

function recordErrors() {
  const errors: { fields: object; message: string }[] = []
  const error = (fields: object, message: string) => void errors.push({ fields, message })
  return { errors, log: { ...silentLog, error } }
}

describe('a version whose bytes were changed in the store', () => {
  it('is one that was cut off in the store, or lost there; both are logged', async () => {
    const zip = freshZip()
    const ref = refOf(zip)
    const { errors, log } = recordErrors()
    await overwrite(ref, zip.subarray(0, -10))
    const bundles = createBundles({ log })
    await expect(bundles.open(ref)).rejects.toMatchObject({ code: 'BUNDLE_UNAVAILABLE' })
    await expect(bundles.verify(ref)).rejects.toMatchObject({ code: 'BUNDLE_UNAVAILABLE' })
    const lost = refOf(freshZip())
    await expect(bundles.verify(lost)).rejects.toMatchObject({ code: 'BUNDLE_UNAVAILABLE' })
    expect(errors).toEqual([
      { fields: expect.objectContaining(ref), message: expect.stringContaining('other bytes') },
      { fields: expect.objectContaining(ref), message: expect.stringContaining('other bytes') },
      {
        fields: expect.objectContaining(lost),
        message: expect.stringContaining('not in the store'),
      },
    ])
  })

  it('is told by a look at the store, although an unpacked copy of it is served here', async () => {
    const zip = freshZip()
    const bundles = createBundles()
    await bundles.store(refOf(zip), zip)
    await bundles.open(refOf(zip))
    await expect(bundles.verify(refOf(zip))).resolves.toBeUndefined()
    await overwrite(refOf(zip), freshZip())
    await expect(bundles.verify(refOf(zip))).rejects.toMatchObject({ code: 'BUNDLE_UNAVAILABLE' })
    await expect(bundles.open(refOf(zip))).resolves.toMatchObject({ ref: refOf(zip) })
  })

  it.each([
    ['other bytes', (zip: Buffer) => Buffer.from(zip).fill(0, 0, 4)],
    ['more than any version may have', (zip: Buffer) => Buffer.concat([zip, Buffer.alloc(2_000)])],
  ])('is put right by storing its own bytes again: it had %s', async (_how, harm) => {
    const zip = freshZip()
    const ref = refOf(zip)
    const { errors, log } = recordErrors()
    const limits = { ...DEFAULT_ARCHIVE_LIMITS, maxZipBytes: 1_500 }
    const bundles = createBundles({ log, limits })
    await overwrite(ref, harm(zip))
    await bundles.store(ref, zip)
    expect(errors).toEqual([
      { fields: expect.objectContaining(ref), message: expect.stringContaining('are replaced') },
    ])
    await expect(bundles.open(ref)).resolves.toMatchObject({ ref })
  })
})
