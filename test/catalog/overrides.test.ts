import { describe, expect, it } from 'vitest'
import type { Catalog, OverrideChange } from '../../src/catalog/catalog.js'
import { aTool, rowsOf } from './bundle-version.js'
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

const change = (more: Partial<OverrideChange> = {}): OverrideChange => ({
  endpointId,
  mcpType: 'tool',
  key: 'one',
  actor: 'op',
  ...more,
})

const names = async (catalog: Catalog) =>
  (await catalog.snapshot(endpointId)).list('tool').map(({ name }) => name)

const accessOf = async (catalog: Catalog, name = 'one') =>
  (await catalog.snapshot(endpointId)).find('tool', name)?.access

describe('an override', () => {
  it('disables a function for everybody, and enables it again', async () => {
    const catalog = openCatalog()
    await activateAll(version(['one', 'two']))
    expect(await catalog.setOverride(change({ status: 'disabled' }))).toMatchObject({
      mcpType: 'tool',
      key: 'one',
      status: 'disabled',
      updatedBy: 'op',
    })
    expect(await names(catalog)).toEqual(['two'])
    const snapshot = await catalog.snapshot(endpointId)
    expect(snapshot.find('tool', 'one')).toBeUndefined()
    expect(snapshot.disabled).toMatchObject([{ name: 'one', isDisabled: true }])
    expect(await catalog.setOverride(change({ status: 'active' }))).toBeUndefined()
    expect(await names(catalog)).toEqual(['one', 'two'])
    expect(await catalog.overrides(endpointId)).toEqual([])
  })

  it('is later than the version of its function, on a clock that goes back too', async () => {
    let nowMs = Date.UTC(2026, 0, 31)
    const catalog = openCatalog({ clock: { now: () => (nowMs -= 1000) } })
    await catalog.activate(version(['one']))
    const [active] = await catalog.packages(endpointId)
    const set = await catalog.setOverride(change({ status: 'disabled' }))
    expect(Date.parse(set?.updatedAt ?? '')).toBeGreaterThan(Date.parse(active?.activatedAt ?? ''))
  })

  it('puts its rules in place of those of the bundle, until it is taken back', async () => {
    const catalog = openCatalog()
    const ofBundle = { allow: ['role:admin'], deny: ['user:bob'] }
    const guarded = version([], { functions: [aTool('one', { access: ofBundle })] })
    await activateAll(guarded)
    expect(await accessOf(catalog)).toEqual({ source: 'bundle', ...ofBundle })
    await catalog.setOverride(change({ access: { deny: ['user:zoe'] } }))
    expect(await accessOf(catalog)).toEqual({ source: 'operator', deny: ['user:zoe'] })
    await catalog.setOverride(change({ status: 'disabled' }))
    await catalog.setOverride(change({ status: 'active' }))
    expect(await accessOf(catalog)).toEqual({ source: 'operator', deny: ['user:zoe'] })
    await catalog.setOverride(change({ access: null }))
    expect(await accessOf(catalog)).toEqual({ source: 'bundle', ...ofBundle })
  })

  it('outlasts new versions of the bundle, and the function itself', async () => {
    const catalog = openCatalog()
    await activateAll(version(['one', 'two']))
    await catalog.setOverride(change({ access: { allow: ['role:admin'] } }))
    await catalog.setOverride(change({ key: 'two', status: 'disabled' }))
    await activateAll(version(['one', 'two', 'three']), version(['three']))
    expect(await names(openCatalog())).toEqual(['three'])
    await activateAll(version(['one', 'two']))
    const after = openCatalog()
    expect(await names(after)).toEqual(['one'])
    expect(await accessOf(after)).toEqual({ source: 'operator', allow: ['role:admin'] })
  })

  it('is seen by every instance when it looks next, by the query that it makes anyway', async () => {
    await activateAll(version(['one']))
    const [here, there] = [openCatalog(), openCatalog()]
    const before = await there.snapshot(endpointId)
    await here.setOverride(change({ status: 'disabled' }))
    expect(await names(here)).toEqual([])
    expect(await there.snapshot(endpointId)).toBe(before)
    clock.nowMs += 1500
    expect(await names(there)).toEqual([])
    await here.setOverride(change({ status: 'active' }))
    clock.nowMs += 1500
    expect(await names(there)).toEqual(['one'])
    expect((await there.snapshot(endpointId)).version).not.toBe(before.version)
  })

  it('of one instance is not lost when others are set at the same time', async () => {
    const keys = ['a', 'b', 'c', 'd', 'e']
    await Promise.all(
      keys.map((key) => openCatalog().setOverride(change({ key, status: 'disabled' }))),
    )
    const all = await openCatalog().overrides(endpointId)
    expect(all.map(({ key }) => key)).toEqual(keys)
  })

  it('is of one type: a prompt of the same name stays', async () => {
    const catalog = openCatalog()
    const functions = [aTool('one'), aTool('one', { mcpType: 'prompt' })]
    await activateAll(version([], { functions }))
    await catalog.setOverride(change({ status: 'disabled' }))
    const snapshot = await catalog.snapshot(endpointId)
    expect(snapshot.find('prompt', 'one')).toBeDefined()
    expect(snapshot.find('tool', 'one')).toBeUndefined()
  })

  it('is of its endpoint alone', async () => {
    const catalog = openCatalog()
    const elsewhere = `${endpointId}-b`
    await activateAll(version(['one']), version(['one'], { endpointId: elsewhere }))
    await catalog.setOverride(change({ status: 'disabled' }))
    expect((await catalog.snapshot(elsewhere)).find('tool', 'one')).toBeDefined()
    expect(await catalog.overrides(elsewhere)).toEqual([])
  })

  it('has a row in the audit, with what was and what is', async () => {
    const catalog = openCatalog()
    await catalog.setOverride(change({ status: 'disabled' }))
    await catalog.setOverride(change({ access: { allow: ['user:ann'] } }))
    const rows = await rowsOf(test.aws, 'audit', endpointId)
    expect(rows).toMatchObject([
      { actor: 'op', action: 'access.set', target: 'tool one', after: { status: 'disabled' } },
      {
        before: { status: 'disabled' },
        after: { status: 'disabled', access: { allow: ['user:ann'] } },
      },
    ])
  })

  it.each<[string, Partial<OverrideChange>, string]>([
    ['a rule that is none', { access: { allow: ['ann'] } }, 'allow: each must be role:NAME'],
    [
      'too many rules',
      { access: { deny: Array.from({ length: 101 }, () => 'user:a') } },
      'deny: may have at most 100 rules',
    ],
    ['no name', { key: '' }, 'must have 1 to 2048 characters'],
    ['a name beyond all names', { key: 'x'.repeat(2049) }, 'must have 1 to 2048 characters'],
  ])('is refused with %s', async (_what, wrong, said) => {
    await expect(openCatalog().setOverride(change(wrong))).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      message: expect.stringContaining(said),
    })
    expect(await openCatalog().overrides(endpointId)).toEqual([])
  })

  it('beyond what one row holds is refused, and those before it stay', async () => {
    const catalog = openCatalog()
    const long = Array.from({ length: 100 }, (_, n) => `user:${String(n).padEnd(255, 'x')}`)
    const access = { allow: long, deny: long }
    const set = async (n: number) => catalog.setOverride(change({ key: `f${n}`, access }))
    let count = 0
    const refused = await (async () => {
      for (; count < 20; count++) await set(count)
    })().catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'INVALID_PARAMS' })
    expect(await catalog.overrides(endpointId)).toHaveLength(count)
    expect(count).toBeGreaterThan(1)
  })
})
