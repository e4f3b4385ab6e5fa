import { access } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { createBundles, freshZip, overwrite, refOf, useOwnCache } from './own-cache.js'

useOwnCache()

const HOUR_MS = 3_600_000

const isThere = (folder: string) =>
  access(folder).then(
    () => true,
    () => false,
  )

/** An hour after it was opened here. */
const later = { clock: { now: () => Date.now() + HOUR_MS } }

const nobody = async () => false

describe('a version that is removed', () => {
  it('is gone from the store and, where nothing runs it, from this machine’s disk', async () => {
    const zip = freshZip()
    const ref = refOf(zip)
    const bundles = createBundles(later)
    await bundles.store(ref, zip)
    const { folder } = await createBundles().open(ref)
    expect(await bundles.read(ref)).toEqual(zip)
    expect(await bundles.isStored(ref)).toBe(true)
    await bundles.remove(ref, nobody)
    expect(await bundles.isStored(ref)).toBe(false)
    expect(await isThere(folder)).toBe(false)
    await expect(bundles.open(ref)).rejects.toMatchObject({ code: 'BUNDLE_UNAVAILABLE' })
    await bundles.remove(ref, nobody)
  })

  it('stays on the disk while it runs', async () => {
    const zip = freshZip()
    const ref = refOf(zip)
    const bundles = createBundles(later)
    await bundles.store(ref, zip)
    const opened = await createBundles().open(ref)
    const end = bundles.hold(opened)
    await bundles.remove(ref, nobody)
    expect(await isThere(opened.folder)).toBe(true)
    end()
  })

  it('is put back when somebody has come to need it, and never with other bytes', async () => {
    const zip = freshZip()
    const ref = refOf(zip)
    const bundles = createBundles()
    await bundles.store(ref, zip)
    await bundles.remove(ref, async () => !(await bundles.isStored(ref)))
    expect(await bundles.read(ref)).toEqual(zip)
    await overwrite(ref, freshZip())
    await bundles.remove(ref, async () => true)
    expect(await bundles.isStored(ref)).toBe(false)
  })

  it('of one endpoint leaves that of another', async () => {
    const zip = freshZip()
    const bundles = createBundles()
    await bundles.store(refOf(zip), zip)
    await bundles.store(refOf(zip, 'other'), zip)
    await bundles.remove(refOf(zip), nobody)
    expect(await bundles.isStored(refOf(zip, 'other'))).toBe(true)
  })
})
