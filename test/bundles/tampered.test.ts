import { describe, expect, it } from 'vitest'
import { DEFAULT_ARCHIVE_LIMITS } from '../../src/bundles/bundles.js'
import {
  createBundles,
  freshZip,
  overwrite,
  recordErrors,
  refOf,
  useOwnCache,
} from './own-cache.js'

useOwnCache()

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
