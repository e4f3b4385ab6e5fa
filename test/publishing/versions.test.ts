import { PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { deleteObject } from '../../src/aws/objects.js'
import { bundleZipKey } from '../../src/aws/table-keys.js'
import type { BundleRef } from '../../src/domain/bundle-ref.js'
import { recordingLog } from '../runtime/bundles-on-disk.js'
import { type PublishingBench, startPublishing, weatherZip } from './publishing-bench.js'

let bench: PublishingBench
beforeAll(async () => {
  bench = await startPublishing()
})
afterAll(() => bench.stop())

let endpointId: string
let serial = 0
beforeEach(() => {
  serial += 1
  endpointId = `tenant-${serial}`
})

const PACKAGE = 'weather_tools'

function publish(comment: string, host = 'a.test') {
  const zip = weatherZip(comment)
  return bench.publishing.publish({ endpointId, zip, variables: { HOST: host }, actor: 'ann' })
}

const promote = (version: string, packageName = PACKAGE) =>
  bench.publishing.promote({ endpointId, packageName, version, actor: 'bob' })

const rollback = (packageName = PACKAGE) =>
  bench.publishing.rollback({ endpointId, packageName, actor: 'bob' })

async function active() {
  const lookup = (await bench.catalog.snapshot(endpointId)).find('tool', 'lookup')
  return lookup?.target.bundle.sha256
}

async function replaceZip(ref: BundleRef, body: Buffer): Promise<void> {
  const s3 = await bench.aws.s3()
  const Key = bundleZipKey(ref)
  await s3.send(new PutObjectCommand({ Bucket: bench.aws.bucket, Key, Body: body }))
}

describe('promoting', () => {
  it('makes an earlier version active by its whole hash or its first eight characters', async () => {
    const [one, two] = [await publish('one'), await publish('two')]
    expect(await promote(one.ref.sha256)).toEqual({ ...one, outcome: 'activated' })
    expect(await active()).toBe(one.ref.sha256)
    expect(await promote(two.ref.sha256.slice(0, 8))).toMatchObject({ ref: two.ref })
    expect(await active()).toBe(two.ref.sha256)
    expect(await promote(two.ref.sha256)).toMatchObject({ outcome: 'unchanged' })
  })

  it('there and back is listed, newest first', async () => {
    const [one, two, three] = [await publish('one'), await publish('two'), await publish('three')]
    await promote(one.ref.sha256)
    expect(await bench.publishing.list(endpointId)).toEqual([
      {
        packageName: PACKAGE,
        activeSha256: one.ref.sha256,
        previousSha256: [three.ref.sha256, two.ref.sha256],
        revision: 4,
        activatedAt: expect.any(String),
        activatedBy: 'bob',
      },
    ])
  })

  it.each([
    ['fewer than eight characters', 'abcdef0', 'INVALID_PARAMS', /8 or more/],
    ['what is no hash', '../../../etc', 'INVALID_PARAMS', /names no version/],
    ['a version that never was', 'f'.repeat(64), 'BUNDLE_UNAVAILABLE', /ffff.* is not known/],
  ])('%s is refused by name', async (_what, name, code, message) => {
    await publish('one')
    await expect(promote(name)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })

  it('a version of another endpoint is as unknown as one that never was', async () => {
    const theirs = await publish('theirs')
    endpointId = `${endpointId}-other`
    await publish('mine')
    const refusal = (version: string) => promote(version).then(String, String)
    const never = await refusal('e'.repeat(64))
    expect(never).toContain('is not known')
    expect(await refusal(theirs.ref.sha256)).toBe(never.replace('e'.repeat(64), theirs.ref.sha256))
  })

  it.each<[string, (ref: BundleRef) => Promise<void>, RegExp]>([
    ['replaced', (ref) => replaceZip(ref, weatherZip('evil')), /other bytes under its name/],
    ['cut off', (ref) => replaceZip(ref, weatherZip('one').subarray(0, -9)), /other bytes/],
    ['lost', (ref) => deleteObject(bench.aws, bundleZipKey(ref)), /not in the store/],
  ])(
    'a version whose bytes were %s is refused, and what is active stays',
    async (_how, harm, said) => {
      const [one, two] = [await publish('one'), await publish('two')]
      await harm(one.ref)
      await expect(promote(one.ref.sha256)).rejects.toMatchObject({
        code: 'BUNDLE_UNAVAILABLE',
        message: expect.stringMatching(said),
      })
      expect(await active()).toBe(two.ref.sha256)
      // Pushed again it is whole again.
      expect(await publish('one')).toMatchObject({ ref: one.ref, outcome: 'activated' })
    },
  )
})

describe('rolling back', () => {
  it('is to the version before; twice is there and back again', async () => {
    const [one, two] = [await publish('one'), await publish('two')]
    expect(await rollback()).toMatchObject({ ref: one.ref, outcome: 'activated' })
    expect(await active()).toBe(one.ref.sha256)
    await rollback()
    expect(await active()).toBe(two.ref.sha256)
  })

  it.each([
    ['a package that has had one version only', PACKAGE],
    ['a package that is not there', 'none'],
  ])('%s has nothing to go back to', async (_what, packageName) => {
    await publish('one')
    await expect(rollback(packageName)).rejects.toMatchObject({
      code: 'BUNDLE_UNAVAILABLE',
      message: expect.stringContaining('no earlier version'),
    })
  })
})

describe('removing', () => {
  it('a version is done when its package has forgotten it, though the store removes nothing', async () => {
    const [one, two] = [await publish('one'), await publish('two')]
    const aws = bench.client()
    const s3 = await aws.s3()
    s3.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName === 'DeleteObjectCommand') throw new Error('the store is away')
        return next(args)
      },
      { step: 'initialize', name: 'fail' },
    )
    const { log, lines } = recordingLog()
    const { publishing } = bench.on(aws, log)
    const removal = { endpointId, packageName: PACKAGE, sha256: one.ref.sha256, actor: 'bob' }
    await publishing.removeVersion(removal)
    aws.close()
    expect(await bench.publishing.list(endpointId)).toMatchObject([
      { activeSha256: two.ref.sha256, previousSha256: [] },
    ])
    const warned = lines.filter(({ level }) => level === 'warn')
    expect(warned.map(({ message }) => message)).toEqual([
      'definitions of a version could not be removed from the store',
      'the ZIP of a version could not be removed from the store',
    ])
    await expect(promote(one.ref.sha256)).rejects.toMatchObject({ code: 'BUNDLE_UNAVAILABLE' })
  })
})

it('two pushes at once of different bytes end with one of them, whole, and the other told', async () => {
  await publish('start')
  const outcomes = await Promise.allSettled([publish('left', 'l.test'), publish('right', 'r.test')])
  const lost = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(lost.map(({ reason }) => reason.code)).toEqual(lost.map(() => 'CONFLICT'))
  const lookup = (await bench.catalog.snapshot(endpointId)).find('tool', 'lookup')
  const { sha256 } = lookup?.target.bundle ?? {}
  const won = outcomes.flatMap((each) =>
    each.status === 'fulfilled' ? [each.value.ref.sha256] : [],
  )
  expect(won).toContain(sha256)
  expect(lookup?.target.setting['url']).toMatch(/^https:\/\/[lr]\.test$/)
})
