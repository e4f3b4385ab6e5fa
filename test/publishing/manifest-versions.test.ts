import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { getObject } from '../../src/aws/objects.js'
import { bundleDefinitionsKey, bundleZipKey } from '../../src/aws/table-keys.js'
import { DEFAULT_ARCHIVE_LIMITS, readArchive } from '../../src/bundles/bundles.js'
import type { BundleRef } from '../../src/domain/bundle-ref.js'
import type { Published } from '../../src/publishing/publishing.js'
import { nestedIn } from '../catalog/nested.js'
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

const packageName = 'weather_tools'
const code = { module_name: 'weather', class_name: 'Weather' }

/** The same code under another name. */
const manifest = (name: string, more: object = {}) => ({
  tools: [{ name, description: 'Finds', inputSchema: { type: 'object' } }],
  module_links: [{ type: 'tool', name, ...code, function_name: 'lookup' }],
  modules: [
    { package_name: packageName, ...code, setting: { url: '${HOST}', unit: 'C' }, ...more },
  ],
})

const variables = { HOST: 'a.test' }

const publish = (comment = '') =>
  bench.publishing.publish({ endpointId, zip: weatherZip(comment), variables, actor: 'ann' })

const publishManifest = (wanted: unknown, more: object = {}, publishing = bench.publishing) =>
  publishing.publishManifest({
    endpointId,
    packageName,
    manifest: wanted,
    variables,
    actor: 'bob',
    ...more,
  })

const names = async () =>
  (await bench.catalog.snapshot(endpointId)).list('tool').map(({ name }) => name)

/** A client before whose first such request for a ZIP something else happens. */
async function clientBefore(command: string, happen: () => Promise<unknown>) {
  const aws = bench.client()
  let happened: Promise<unknown> | undefined
  const s3 = await aws.s3()
  s3.middlewareStack.add(
    (next, context) => async (args) => {
      const isMeant =
        context['commandName'] === command && JSON.stringify(args.input).includes('.zip')
      if (isMeant) await (happened ??= happen())
      return next(args)
    },
    { step: 'initialize', name: 'race' },
  )
  return {
    aws,
    stop: () => {
      expect(happened).toBeDefined()
      aws.close()
    },
  }
}

const stored = (key: string) => getObject(bench.aws, key, 1_000_000)

describe('another manifest', () => {
  it('before the code of a package is a version of its own, and can be rolled back', async () => {
    const first = await publish()
    const second = await publishManifest(manifest('find'))
    expect(second).toMatchObject({ outcome: 'activated', functions: { tools: 1 } })
    expect(second.ref.sha256).not.toBe(first.ref.sha256)
    expect(await names()).toEqual(['find'])
    const zip = (await stored(bundleZipKey(second.ref))) ?? Buffer.alloc(0)
    const entries = await readArchive(zip, DEFAULT_ARCHIVE_LIMITS)
    expect(entries.map(({ path }) => path)).toEqual(['mcp_configuration.json', 'weather/index.js'])
    await bench.publishing.rollback({ endpointId, packageName, actor: 'bob' })
    expect(await names()).toEqual(['lookup'])
  })

  it('is the same version for the same code and manifest', async () => {
    await publish()
    const first = await publishManifest(manifest('find'))
    expect(await publishManifest(manifest('find'))).toEqual({ ...first, outcome: 'unchanged' })
  })

  it('says which members of a setting nobody is shown: those that a variable fills', async () => {
    await publish()
    await publishManifest(manifest('find'))
    const [setting] = await bench.catalog.administration.settings(endpointId)
    expect(setting?.members).toEqual([
      { name: 'unit', isSecret: false, isSet: true, value: 'C' },
      { name: 'url', isSecret: true, isSet: true },
    ])
  })

  it.each<[string, unknown, object, string]>([
    ['of another package', manifest('find', { package_name: 'other' }), {}, 'BUNDLE_INVALID'],
    ['that is none', { tools: 1 }, {}, 'BUNDLE_INVALID'],
    ['that is no object', 'text', {}, 'BUNDLE_INVALID'],
    ['that nests too deep', nestedIn(5_000), {}, 'BUNDLE_INVALID'],
    ['for a module without a file', manifest('x', { module_name: 'y' }), {}, 'BUNDLE_INVALID'],
    ['for a package that is not there', manifest('x'), { packageName: 'no' }, 'PACKAGE_NOT_FOUND'],
  ])('%s is refused, and what is active stays', async (_what, wanted, more, errorCode) => {
    await publish()
    await expect(publishManifest(wanted, more)).rejects.toMatchObject({ code: errorCode })
    expect(await names()).toEqual(['lookup'])
  })

  it('is refused when other code became active meanwhile', async () => {
    await publish()
    let newer: Published | undefined
    const { aws, stop } = await clientBefore('GetObjectCommand', async () => {
      newer = await publish('newer')
    })
    const late = publishManifest(manifest('find'), {}, bench.on(aws).publishing)
    await expect(late).rejects.toMatchObject({ code: 'CONFLICT' })
    stop()
    const [state] = await bench.catalog.packages(endpointId)
    expect(state?.activeSha256).toBe(newer?.ref.sha256)
  })
})

describe('a version that is removed', () => {
  const remove = (ref: BundleRef) => bench.publishing.removeVersion({ ...ref, actor: 'bob' })

  it('is gone from the store with its definitions, and can be published again', async () => {
    const [one, two] = [await publish('one'), await publish('two')]
    await remove(one.ref)
    expect(await stored(bundleZipKey(one.ref))).toBeUndefined()
    expect(await stored(bundleDefinitionsKey(one.ref))).toBeUndefined()
    expect(await stored(bundleZipKey(two.ref))).toBeDefined()
    await expect(
      bench.publishing.promote({
        endpointId,
        packageName,
        version: one.ref.sha256,
        actor: 'bob',
      }),
    ).rejects.toMatchObject({ code: 'BUNDLE_UNAVAILABLE' })
    expect(await publish('one')).toMatchObject({ ref: one.ref, outcome: 'activated' })
  })

  it('stays whole when it is published again while its ZIP is being removed', async () => {
    const one = await publish('one')
    await publish('two')
    const { aws, stop } = await clientBefore('DeleteObjectCommand', () => publish('one'))
    await bench.on(aws).publishing.removeVersion({ ...one.ref, actor: 'bob' })
    stop()
    expect(await stored(bundleZipKey(one.ref))).toEqual(weatherZip('one'))
    expect((await bench.catalog.packages(endpointId))[0]?.activeSha256).toBe(one.ref.sha256)
  })

  it('while it is active is refused, and nothing is removed', async () => {
    const one = await publish('one')
    await expect(remove(one.ref)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await stored(bundleZipKey(one.ref))).toBeDefined()
  })
})

it('a promotion or rollback of a package that was changed since it was seen is refused', async () => {
  const one = await publish('one')
  const [seen] = await bench.publishing.list(endpointId)
  await publish('two')
  const name = { endpointId, packageName, actor: 'bob', ifUpdatedAt: seen?.activatedAt }
  const conflict = { code: 'CONFLICT' }
  await expect(
    bench.publishing.promote({ ...name, version: one.ref.sha256 }),
  ).rejects.toMatchObject(conflict)
  await expect(bench.publishing.rollback(name)).rejects.toMatchObject(conflict)
})
