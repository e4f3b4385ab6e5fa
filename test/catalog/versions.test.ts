import { describe, expect, it } from 'vitest'
import type { BundleVersion } from '../../src/catalog/catalog.js'
import { awsLosingAnswer } from '../aws/lost-answers.js'
import {
  activePackage,
  aTool,
  aVersion,
  expectActive,
  isSwitch,
  listed,
  rowsOf,
  watchedAws,
} from './bundle-version.js'
import {
  activateAll,
  endpointId,
  openCatalog,
  test,
  version,
  useOwnEndpoint,
} from './own-endpoint.js'

useOwnEndpoint()

const promote = ({ ref }: BundleVersion, catalog = openCatalog()) =>
  catalog.promote({ ref, actor: 'bob' })

/** What the one tool of an endpoint is, and with which setting. */
async function served(catalog = openCatalog()) {
  const [tool] = (await catalog.snapshot(endpointId)).list('tool')
  return [tool?.name, tool?.target.setting]
}

describe('a promoted version', () => {
  it('is the active one again, its rows for listing too, and the audit has both', async () => {
    const [one, two] = [version(['one']), version(['two'])]
    await activateAll(one, two)
    const { definitions } = one
    expect(await promote(one)).toEqual({ outcome: 'activated', definitions })
    expect(await served()).toEqual(['one', { unit: 'C' }])
    await expectActive(test.aws, one)
    expect(await activePackage(test.aws, endpointId)).toMatchObject({
      previous_sha256: [two.ref.sha256],
      revision: 3,
      updated_by: 'bob',
    })
    expect((await rowsOf(test.aws, 'audit', endpointId)).at(-1)).toMatchObject({
      actor: 'bob',
      action: 'bundle.promote',
      target: 'weather',
      before: { sha256: two.ref.sha256, revision: 2 },
      after: { sha256: one.ref.sha256, revision: 3 },
    })
  })

  it('has the settings of today, not those that it once had', async () => {
    const one = version(['one'], { setting: { key: 'old' } })
    await activateAll(one, version(['two'], { setting: { key: 'new' } }))
    await promote(one)
    expect(await served()).toEqual(['one', { key: 'new' }])
  })

  it('has, for a class that only older versions name, the setting that it had last', async () => {
    const forecast = { moduleName: 'forecast', setting: { key: 'last' } }
    const first = version(['one'], { moduleName: 'forecast', setting: { key: 'first' } })
    await activateAll(first, version(['two'], forecast), version(['three']), version(['four']))
    await promote(first)
    expect(await served()).toEqual(['one', { key: 'last' }])
    await promote(version(['four']))
    expect(await served()).toEqual(['four', { unit: 'C' }])
  })

  it('that is active already changes nothing', async () => {
    const one = version(['one'])
    await activateAll(one)
    const before = await activePackage(test.aws, endpointId)
    expect(await promote(one)).toMatchObject({ outcome: 'unchanged' })
    expect(await activePackage(test.aws, endpointId)).toEqual(before)
  })

  it('is promoted once although the answer to its switch is lost', async () => {
    const [one, two] = [version(['one']), version(['two'])]
    await activateAll(one, two)
    const { aws, lostCount } = awsLosingAnswer(test, (input) => isSwitch({ ...input }))
    expect(await promote(one, openCatalog({ aws }))).toMatchObject({ outcome: 'activated' })
    aws.close()
    expect(lostCount()).toBe(1)
    expect(await activePackage(test.aws, endpointId)).toMatchObject({ revision: 3 })
  })

  it('loses against an activation that came between, and leaves that one whole', async () => {
    const [one, two, three] = [version(['one']), version(['two']), version(['three'])]
    await activateAll(one, two)
    const aws = watchedAws(test, async (request) => {
      if (isSwitch(request)) await openCatalog().activate(three)
    })
    await expect(promote(one, openCatalog({ aws }))).rejects.toMatchObject({ code: 'CONFLICT' })
    aws.close()
    await expectActive(test.aws, three)
  })

  it('whose promotion dies half-way leaves the active one served, and the next puts the rows right', async () => {
    const [one, two] = [version(['one']), version(['two'])]
    await activateAll(one, two)
    let isDead = false
    const aws = watchedAws(test, (request) => {
      isDead ||= isSwitch(request)
      if (isDead) throw new Error('killed')
    })
    await expect(promote(one, openCatalog({ aws }))).rejects.toThrow('killed')
    aws.close()
    expect(await served()).toEqual(['two', { unit: 'C' }])
    await promote(one)
    await expectActive(test.aws, one)
  })

  it('is refused when the package is no longer as it was seen', async () => {
    const [one, two] = [version(['one']), version(['two'])]
    await activateAll(one, two)
    const stale = openCatalog().promote({ ref: one.ref, actor: 'bob', revision: 1 })
    await expect(stale).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await served()).toEqual(['two', { unit: 'C' }])
  })

  it('does not take over what became another package’s meanwhile', async () => {
    const one = version(['shared'])
    await activateAll(one, version(['two']))
    const other = { packageName: 'other', moduleName: 'other' }
    await activateAll(version(['shared'], other))
    await expect(promote(one)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('package "other"'),
    })
  })
})

describe('a version that a package does not know', () => {
  it.each<[string, () => Promise<BundleVersion['ref']>]>([
    ['that never was', async () => ({ ...version(['one']).ref, sha256: 'f'.repeat(64) })],
    ['of a package that never was', async () => ({ ...version(['one']).ref, packageName: 'none' })],
    [
      'of another endpoint',
      async () => {
        const theirs = aVersion({ endpointId: 'theirs', functions: [aTool('theirs')] })
        await openCatalog().activate(theirs)
        return { ...theirs.ref, endpointId }
      },
    ],
    [
      'of another package',
      async () => {
        const other = version(['x'], { packageName: 'other', moduleName: 'other' })
        await openCatalog().activate(other)
        return { ...other.ref, packageName: 'weather' }
      },
    ],
  ])('%s is refused by name, in the same words', async (_kind, refOf) => {
    await activateAll(version(['one']))
    const ref = await refOf()
    const refused = openCatalog().promote({ ref, actor: 'bob' })
    await expect(refused).rejects.toMatchObject({
      code: 'BUNDLE_UNAVAILABLE',
      message: `Version ${ref.sha256} of package "${ref.packageName}" cannot be used: this package never had it at this endpoint, or it is too long ago`,
    })
  })

  it('is one that twenty others have followed, and its setting is gone with it', async () => {
    const [first, second] = [
      version(['t0'], { moduleName: 'm0' }),
      version(['t1'], { moduleName: 'm1' }),
    ]
    await activateAll(first, second)
    for (let n = 2; n <= 21; n++) await activateAll(version([`t${n}`]))
    await expect(promote(first)).rejects.toMatchObject({ code: 'BUNDLE_UNAVAILABLE' })
    const settings = await listed(test.aws, endpointId, 'settings', 'setting_id')
    expect(settings.map((id) => id.split('#')[0])).toEqual([
      'weather/m1/Weather',
      'weather/weather/Weather',
    ])
    expect(await promote(second)).toMatchObject({ outcome: 'activated' })
  })
})

it('a class whose setting nobody knows has to be pushed again, with its variables', async () => {
  const one = version(['one'], { moduleName: 'forecast' })
  await activateAll(one, version(['two']))
  const { PutCommand } = await import('@aws-sdk/lib-dynamodb')
  const row = await activePackage(test.aws, endpointId)
  const Item = { ...row, kept_settings: [] }
  await test.aws.db.send(new PutCommand({ TableName: test.aws.tables.modules, Item }))
  await expect(promote(one)).rejects.toMatchObject({
    code: 'BUNDLE_INVALID',
    message: expect.stringMatching(/weather\/forecast\/Weather: push that version .* again, with/),
  })
})

it('the packages of an endpoint are listed with what each can go back to, and of no other', async () => {
  const [one, two] = [version(['one']), version(['two'])]
  const other = version(['x'], { packageName: 'other', moduleName: 'other' })
  await activateAll(one, two, other, aVersion({ endpointId: 'elsewhere', functions: [] }))
  expect(await openCatalog().packages(endpointId)).toEqual([
    {
      packageName: 'other',
      activeSha256: other.ref.sha256,
      previousSha256: [],
      revision: 1,
      activatedAt: expect.stringMatching(/^2026-/),
      activatedBy: 'ann',
    },
    expect.objectContaining({
      packageName: 'weather',
      activeSha256: two.ref.sha256,
      previousSha256: [one.ref.sha256],
      revision: 2,
    }),
  ])
})

it('more classes than a row can name are refused in a few words, and nothing is active', async () => {
  const { ref, definitions, ...rest } = version(['one'])
  const count = 250
  const ids = Array.from({ length: count }, (_, n) => `weather/${'m'.repeat(900)}${n}/Weather`)
  const settings = new Map(ids.map((id) => [id, {}]))
  const many = { ...rest, ref, definitions, settings }
  await expect(openCatalog().activate(many)).rejects.toMatchObject({
    code: 'BUNDLE_INVALID',
    message: expect.stringContaining(`has ${count} classes`),
  })
  expect((await openCatalog().snapshot(endpointId)).list('tool')).toEqual([])
})
