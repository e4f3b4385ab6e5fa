import { describe, expect, it } from 'vitest'
import { getObject } from '../../src/aws/objects.js'
import { bundleDefinitionsKey } from '../../src/aws/table-keys.js'
import type { BundleVersion } from '../../src/catalog/catalog.js'
import type { BundleRef } from '../../src/domain/bundle-ref.js'
import { activePackage, expectActive, listed, rowsOf, watchedAws } from './bundle-version.js'
import {
  activateAll,
  clock,
  endpointId,
  openCatalog,
  test,
  useOwnEndpoint,
  version,
} from './own-endpoint.js'

useOwnEndpoint()

const removePackage = (catalog = openCatalog(), ifUpdatedAt?: string) =>
  catalog.administration.removePackage({
    endpointId,
    packageName: 'weather',
    actor: 'op',
    ifUpdatedAt,
  })

const removeVersion = ({ ref }: Pick<BundleVersion, 'ref'>, catalog = openCatalog()) =>
  catalog.administration.removeVersion({ ref, actor: 'op' })

const names = async (catalog = openCatalog()) =>
  (await catalog.snapshot(endpointId)).list('tool').map(({ name }) => name)

const isStored = async (ref: BundleRef) =>
  (await getObject(test.aws, bundleDefinitionsKey(ref), 1_000_000)) !== undefined

const isDeletion = (request: object) =>
  'Key' in request &&
  !('UpdateExpression' in request) &&
  JSON.stringify(request).includes('#expected')

const other = () => version(['other'], { packageName: 'other', moduleName: 'other' })

describe('a package that is removed', () => {
  it('goes with its functions, modules, settings and what was set for them, and no other does', async () => {
    const catalog = openCatalog()
    await activateAll(version(['one']), other())
    const set = { endpointId, mcpType: 'tool', status: 'disabled', actor: 'op' } as const
    await catalog.setOverride({ ...set, key: 'one' })
    await catalog.setOverride({ ...set, key: 'other' })
    await removePackage(catalog)
    expect(await listed(test.aws, endpointId, 'functions', 'name')).toEqual(['other'])
    expect(await listed(test.aws, endpointId, 'modules', 'module_name')).toEqual([
      '@!overrides',
      '@other',
      'other',
    ])
    expect(await listed(test.aws, endpointId, 'settings', 'package_name')).toEqual(['other'])
    expect(await catalog.overrides(endpointId)).toMatchObject([{ key: 'other' }])
    expect((await catalog.packages(endpointId)).map(({ packageName }) => packageName)).toEqual([
      'other',
    ])
    expect((await rowsOf(test.aws, 'audit', endpointId)).at(-1)).toMatchObject({
      actor: 'op',
      action: 'bundle.remove',
      target: 'weather',
      before: { sha256: version(['one']).ref.sha256, revision: 1 },
    })
  })

  it('takes with it what was set for functions of earlier versions, but nothing of another package', async () => {
    const catalog = openCatalog()
    await activateAll(version(['old', 'other', 'one']), version(['one']), other())
    const set = { endpointId, mcpType: 'tool', status: 'disabled', actor: 'op' } as const
    for (const key of ['old', 'other', 'never']) await catalog.setOverride({ ...set, key })
    await removePackage(catalog)
    const left = (await catalog.overrides(endpointId)).map(({ key }) => key)
    expect(left).toEqual(['never', 'other'])
  })

  it('is seen by every instance when it looks next', async () => {
    await activateAll(version(['one']))
    const there = openCatalog()
    expect(await names(there)).toEqual(['one'])
    await removePackage()
    clock.nowMs += 1500
    expect(await names(there)).toEqual([])
  })

  it('can be pushed again, goes on above its old revision, and no version of a snapshot returns', async () => {
    const catalog = openCatalog()
    const there = openCatalog()
    const seen: string[] = []
    const look = async () => {
      clock.nowMs += 1500
      seen.push((await there.snapshot(endpointId)).version)
    }
    for (const tool of ['one', 'two', 'one']) {
      await catalog.activate(version([tool]))
      await look()
      expect(await names(there)).toEqual([tool])
      await removePackage(catalog)
      await look()
    }
    await catalog.activate(version(['one']))
    await look()
    expect(new Set(seen).size).toBe(seen.length)
    expect(await activePackage(test.aws, endpointId)).toMatchObject({
      revision: 4,
      previous_sha256: [],
    })
    await expectActive(test.aws, version(['one']))
  })

  it('is not taken for the one that an activation has read before', async () => {
    await activateAll(version(['one']))
    let raced: Promise<unknown> | undefined
    const aws = watchedAws(test, async (request) => {
      if (request['UpdateExpression'] === undefined) return
      raced ??= removePackage().then(() => openCatalog().activate(version(['new'])))
      await raced
    })
    await expect(openCatalog({ aws }).activate(version(['late']))).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    aws.close()
    await expectActive(test.aws, version(['new']))
  })

  it('is refused when it was changed since it was seen, or changes meanwhile', async () => {
    const catalog = openCatalog()
    await catalog.activate(version(['one']))
    const [seen] = await catalog.packages(endpointId)
    await catalog.activate(version(['two']))
    const conflict = { code: 'CONFLICT' }
    await expect(removePackage(catalog, seen?.activatedAt)).rejects.toMatchObject(conflict)
    const aws = watchedAws(test, async (request) => {
      if (isDeletion(request)) await openCatalog().activate(version(['three']))
    })
    await expect(removePackage(openCatalog({ aws }))).rejects.toMatchObject(conflict)
    aws.close()
    await expectActive(test.aws, version(['three']))
  })

  it('that is not there is told so, and what a removal has left that died goes', async () => {
    await activateAll(version(['one']))
    let isDead = false
    const aws = watchedAws(test, (request) => {
      if (isDead) throw new Error('killed')
      isDead = isDeletion(request)
    })
    await removePackage(openCatalog({ aws })).catch(() => undefined)
    aws.close()
    expect(await names()).toEqual([])
    expect(await listed(test.aws, endpointId, 'functions', 'name')).toEqual(['one'])
    await expect(removePackage()).rejects.toMatchObject({ code: 'PACKAGE_NOT_FOUND' })
    expect(await listed(test.aws, endpointId, 'functions', 'name')).toEqual([])
    expect(await listed(test.aws, endpointId, 'settings', 'setting_id')).toEqual([])
  })
})

describe('a version that is removed', () => {
  it('can be promoted no more, and its definitions are gone', async () => {
    const [one, two, three] = [version(['one']), version(['two']), version(['three'])]
    await activateAll(one, two, three)
    const catalog = openCatalog()
    await removeVersion(one, catalog)
    expect(await catalog.packages(endpointId)).toMatchObject([
      { previousSha256: [two.ref.sha256], revision: 4, activatedBy: 'op' },
    ])
    expect(await isStored(one.ref)).toBe(false)
    expect(await isStored(two.ref)).toBe(true)
    const refused = { code: 'BUNDLE_UNAVAILABLE' }
    await expect(catalog.promote({ ref: one.ref, actor: 'bob' })).rejects.toMatchObject(refused)
    await expect(catalog.administration.definitions(one.ref)).rejects.toMatchObject(refused)
    expect(await names(catalog)).toEqual(['three'])
    await catalog.activate(one)
    expect(await names()).toEqual(['one'])
    expect((await rowsOf(test.aws, 'audit', endpointId))[3]).toMatchObject({
      action: 'bundle.forget',
      before: { forgotten_sha256: one.ref.sha256, revision: 3 },
      after: { sha256: three.ref.sha256, revision: 4 },
    })
  })

  it('leaves the setting that it had last to older versions with the same class', async () => {
    const forecast = { moduleName: 'forecast' }
    const old = version(['one'], { ...forecast, setting: { key: 'first' } })
    const last = version(['two'], { ...forecast, setting: { key: 'last' } })
    await activateAll(old, last, version(['three']))
    const catalog = openCatalog()
    await removeVersion(last, catalog)
    await catalog.promote({ ref: old.ref, actor: 'bob' })
    const found = (await catalog.snapshot(endpointId)).find('tool', 'one')
    expect(found?.target.setting).toEqual({ key: 'last' })
  })

  it('is refused while it is active, and when nobody knows it', async () => {
    const one = version(['one'])
    await activateAll(one)
    await expect(removeVersion(one)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(
      removeVersion({ ref: { ...one.ref, sha256: 'f'.repeat(64) } }),
    ).rejects.toMatchObject({ code: 'BUNDLE_UNAVAILABLE' })
    await expect(removeVersion({ ref: { ...one.ref, packageName: 'none' } })).rejects.toMatchObject(
      { code: 'PACKAGE_NOT_FOUND' },
    )
    expect(await names()).toEqual(['one'])
  })

  it('keeps its definitions when it is pushed again meanwhile', async () => {
    const [one, two] = [version(['one']), version(['two'])]
    await activateAll(one, two)
    let hasReturned = false
    const aws = watchedAws(test, () => undefined)
    const s3 = await aws.s3()
    s3.middlewareStack.add(
      (next, context) => async (args) => {
        const isRemoval = context.commandName === 'DeleteObjectCommand'
        if (isRemoval && !hasReturned) {
          hasReturned = true
          await openCatalog().activate(one)
        }
        return next(args)
      },
      { step: 'initialize', name: 'race' },
    )
    await removeVersion(one, openCatalog({ aws }))
    aws.close()
    expect(hasReturned).toBe(true)
    expect(await names()).toEqual(['one'])
  })
})

it('an endpoint never shows a mix of two states, whatever is changed in which order', async () => {
  const there = openCatalog({ checkMs: 0 })
  const here = openCatalog()
  // Each state of the package says its number in its tool and in its setting.
  const state = (n: number) => version([`tool${n % 4}`], { setting: { n: n % 4 } })
  let random = 7
  const next = (below: number) => (random = (random * 48_271) % 2_147_483_647) % below
  const watched = { isOver: false }
  const mixes: unknown[] = []
  const watch = async () => {
    while (!watched.isOver) {
      const snapshot = await there.snapshot(endpointId)
      for (const { name, target } of snapshot.list('tool'))
        if (name !== 'mine' && name !== `tool${Number(target.setting['n'])}`)
          mixes.push([name, target.setting])
      const shas = new Set(snapshot.list('tool').map(({ target }) => target.bundle.sha256))
      if (shas.size > 1) mixes.push([...shas])
    }
  }
  const watching = watch()
  const define = { endpointId, mcpType: 'tool', key: 'mine', actor: 'op' } as const
  const target = { moduleName: 'weather', className: 'Weather', functionName: 'mine' }
  const data = { name: 'mine', inputSchema: { type: 'object' } }
  const changes = [
    () => here.activate(state(next(4))),
    () => here.activate(state(next(4))),
    () => removePackage(here),
    () => here.administration.defineFunction({ ...define, mode: 'create', target, data }),
    () => here.administration.removeFunction(define),
    () => here.setOverride({ ...define, key: 'tool1', redact: next(2) === 0 ? null : ['/a'] }),
  ]
  let done = 0
  for (let n = 0; n < 40; n++) {
    const isDone = await (changes[next(changes.length)] ?? changes[0])?.().then(
      () => true,
      (error: { code?: string }) => {
        // Some changes have nothing to change; nothing else may go wrong.
        expect(error.code).toMatch(/CONFLICT|NOT_FOUND|INVALID_PARAMS/)
        return false
      },
    )
    if (isDone) done++
  }
  watched.isOver = true
  await watching
  expect(done).toBeGreaterThan(10)
  expect(mixes).toEqual([])
})
