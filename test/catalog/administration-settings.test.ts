import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { SettingChange } from '../../src/catalog/administration.js'
import type { BundleVersion } from '../../src/catalog/catalog.js'
import type { DynamoCatalog } from '../../src/catalog/dynamo-catalog.js'
import type { Setting } from '../../src/domain/capability.js'
import { awsLosingAnswer } from '../aws/lost-answers.js'
import { activePackage, expectActive, isSwitch, rowsOf, watchedAws } from './bundle-version.js'
import { nestedIn } from './nested.js'
import { endpointId, openCatalog, test, useOwnEndpoint, version } from './own-endpoint.js'

useOwnEndpoint()

const ID = 'weather/weather/Weather'

/** A bundle whose manifest says the URL and leaves the token to a variable. */
const pushed = (setting: Setting = { url: 'https://a', token: 'swordfish' }): BundleVersion => ({
  ...version(['one'], { setting }),
  secrets: new Map([[ID, ['token']]]),
})

const change = (catalog: DynamoCatalog, more: Partial<SettingChange>) =>
  catalog.administration.changeSetting({
    endpointId,
    settingId: ID,
    mode: 'update',
    actor: 'op',
    ...more,
  })

const member = (name: string, value: unknown, isSecret = false) => ({ name, value, isSecret })

const received = async (catalog: DynamoCatalog) =>
  (await catalog.snapshot(endpointId)).find('tool', 'one')?.target.setting

const shown = async (catalog = openCatalog()) => {
  const [setting] = await catalog.administration.settings(endpointId)
  return setting?.members
}

describe('settings', () => {
  it('are shown by member, without what a variable has filled', async () => {
    const catalog = openCatalog()
    await catalog.activate(pushed({ url: 'https://a', token: 'swordfish', empty: '', none: null }))
    expect(await catalog.administration.settings(endpointId)).toEqual([
      {
        settingId: ID,
        packageName: 'weather',
        members: [
          { name: 'empty', isSecret: false, isSet: false, value: '' },
          { name: 'none', isSecret: false, isSet: false, value: null },
          { name: 'token', isSecret: true, isSet: true },
          { name: 'url', isSecret: false, isSet: true, value: 'https://a' },
        ],
        updatedAt: expect.stringMatching(/^2026-/),
        updatedBy: 'ann',
      },
    ])
  })

  it('of a row that says nothing of secrets are all secret, and a push leaves it as it is', async () => {
    const catalog = openCatalog()
    await catalog.activate(pushed())
    const [row] = await rowsOf(test.aws, 'settings', endpointId)
    const Key = { endpoint_id: endpointId, setting_id: row?.['setting_id'] }
    await test.aws.db.send(
      new UpdateCommand({
        TableName: test.aws.tables.settings,
        Key,
        UpdateExpression: 'REMOVE secrets',
      }),
    )
    expect(await shown()).toMatchObject([{ isSecret: true }, { isSecret: true }])
    expect(inspect(await shown())).not.toContain('https://a')
    expect(await catalog.activate(pushed())).toBe('unchanged')
    await catalog.activate(pushed({ url: 'https://b', token: 'swordfish' }))
    expect(await shown()).toMatchObject([{ isSecret: true }, { value: 'https://b' }])
  })

  it('are of packages that an inventory has which is looked at after them', async () => {
    const there = openCatalog()
    await there.snapshot(endpointId)
    await openCatalog().activate(pushed())
    const [setting] = await there.administration.settings(endpointId)
    const { packages, modules } = await there.administration.inventory(endpointId)
    expect(packages).toMatchObject([{ packageName: setting?.packageName }])
    expect(modules).toMatchObject([{ settingId: setting?.settingId }])
  })

  it('of another endpoint are never among them', async () => {
    const catalog = openCatalog()
    await catalog.activate(pushed())
    expect(await catalog.administration.settings(`${endpointId}-b`)).toEqual([])
    await expect(change(catalog, { endpointId: `${endpointId}-b` })).rejects.toMatchObject({
      code: 'SETTING_NOT_FOUND',
    })
  })
})

describe('a changed setting', () => {
  it('is received with the next snapshot, and what runs keeps the old one', async () => {
    const catalog = openCatalog()
    await catalog.activate(pushed())
    const running = await catalog.snapshot(endpointId)
    const state = await change(catalog, { set: [member('url', 'https://b'), member('n', 1)] })
    expect(state.members.map(({ name, value }) => [name, value])).toEqual([
      ['n', 1],
      ['token', undefined],
      ['url', 'https://b'],
    ])
    expect(running.find('tool', 'one')?.target.setting['url']).toBe('https://a')
    expect(await received(catalog)).toEqual({ url: 'https://b', token: 'swordfish', n: 1 })
    expect(await activePackage(test.aws, endpointId)).toMatchObject({ revision: 2 })
    await expectActive(test.aws, pushed())
  })

  it('has what was said to be secret, whoever pushes after it', async () => {
    const catalog = openCatalog()
    await catalog.activate(pushed())
    await change(catalog, { set: [member('url', 'https://hidden', true)] })
    expect(inspect(await shown())).not.toContain('hidden')
    await catalog.activate(pushed())
    expect(inspect(await shown())).not.toContain('https://a')
    await change(catalog, { set: [member('url', 'https://open')] })
    expect(await shown()).toMatchObject([{ name: 'token' }, { value: 'https://open' }])
  })

  it('can lose members, and all of them; then it can be created again', async () => {
    const catalog = openCatalog()
    await catalog.activate(pushed())
    await change(catalog, { remove: ['url', 'never-there'] })
    expect(await received(catalog)).toEqual({ token: 'swordfish' })
    const create = { mode: 'create', set: [member('unit', 'C')] } as const
    await expect(change(catalog, create)).rejects.toMatchObject({ code: 'CONFLICT' })
    await change(catalog, { mode: 'empty' })
    expect(await received(catalog)).toEqual({})
    await change(catalog, create)
    expect(await received(catalog)).toEqual({ unit: 'C' })
  })

  it('to what it is already changes nothing', async () => {
    const catalog = openCatalog()
    await catalog.activate(pushed())
    const before = await activePackage(test.aws, endpointId)
    await change(catalog, { set: [member('url', 'https://a')] })
    expect(await activePackage(test.aws, endpointId)).toEqual(before)
    expect(await rowsOf(test.aws, 'audit', endpointId)).toHaveLength(1)
  })

  it('is one row in the audit that names members, and no value is in any table', async () => {
    const catalog = openCatalog()
    await catalog.activate(pushed())
    await change(catalog, { set: [member('key', 'marlin', true)], remove: ['token'] })
    const [, ...rows] = await rowsOf(test.aws, 'audit', endpointId)
    expect(rows).toMatchObject([
      {
        actor: 'op',
        action: 'setting.change',
        target: ID,
        before: { members: ['token', 'url'], secret: ['token'] },
        after: { members: ['key', 'url'], secret: ['key'], changed: ['key'] },
      },
    ])
    const tables = ['modules', 'functions', 'settings', 'audit'] as const
    const all = await Promise.all(tables.map((table) => rowsOf(test.aws, table, endpointId)))
    expect(inspect(all, { depth: 9 })).not.toMatch(/marlin|swordfish/)
  })

  it('is later than whatever its package was before, on a clock that stands still too', async () => {
    const catalog = openCatalog({ clock: { now: () => Date.UTC(2026, 0, 31) } })
    const times: number[] = []
    const look = async () => {
      const [active] = await catalog.packages(endpointId)
      times.push(Date.parse(active?.activatedAt ?? ''))
    }
    const [one, two] = [pushed(), { ...version(['two']), settings: pushed().settings }]
    for (const deed of [
      () => catalog.activate(one),
      () => catalog.activate(two),
      () => change(catalog, { set: [member('n', 1)] }),
      () => catalog.promote({ ref: one.ref, actor: 'op' }),
      () => change(catalog, { set: [member('n', 2)] }),
    ]) {
      await deed()
      await look()
    }
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
    expect(times).toHaveLength(5)
  })

  it('that was changed since it was seen is refused', async () => {
    const catalog = openCatalog()
    await catalog.activate(pushed())
    const [seen] = await catalog.administration.settings(endpointId)
    const ifUpdatedAt = seen?.updatedAt
    await change(catalog, { set: [member('url', 'https://b')], ifUpdatedAt })
    await expect(
      change(catalog, { set: [member('url', 'https://c')], ifUpdatedAt }),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await received(catalog)).toMatchObject({ url: 'https://b' })
  })

  it('by several at once loses none of their changes', async () => {
    await openCatalog().activate(pushed({}))
    await Promise.all(
      ['a', 'b', 'c'].map((name) => change(openCatalog(), { set: [member(name, name)] })),
    )
    expect(await received(openCatalog())).toEqual({ a: 'a', b: 'b', c: 'c' })
    await expectActive(test.aws, pushed({}))
  })

  it('is done once although the answer to its switch is lost', async () => {
    await openCatalog().activate(pushed())
    const { aws, lostCount } = awsLosingAnswer(test, (input) => isSwitch({ ...input }))
    await change(openCatalog({ aws }), { set: [member('url', 'https://b')] })
    aws.close()
    expect(lostCount()).toBe(1)
    expect(await activePackage(test.aws, endpointId)).toMatchObject({ revision: 2 })
    expect(await rowsOf(test.aws, 'audit', endpointId)).toHaveLength(2)
  })

  it('goes on from the version that came between', async () => {
    await openCatalog().activate(pushed())
    const next = { ...pushed({ url: 'https://next', token: 't' }) }
    let raced: Promise<unknown> | undefined
    const aws = watchedAws(test, async (request) => {
      if (isSwitch(request)) await (raced ??= openCatalog().activate(next))
    })
    await change(openCatalog({ aws }), { set: [member('n', 1)] })
    aws.close()
    expect(await received(openCatalog())).toEqual({ url: 'https://next', token: 't', n: 1 })
  })

  it.each<[string, Partial<SettingChange>, string]>([
    ['of no class', { settingId: 'weather/none/None' }, 'SETTING_NOT_FOUND'],
    ['with a member named twice', { set: [member('a', 1)], remove: ['a'] }, 'INVALID_PARAMS'],
    ['with a member without a name', { set: [member('', 1)] }, 'INVALID_PARAMS'],
    ['with a prototype', { set: [member('__proto__', {})] }, 'INVALID_PARAMS'],
    ['that is to be created of nothing', { mode: 'create' }, 'INVALID_PARAMS'],
    ['with more than a row holds', { set: [member('a', 'x'.repeat(300_000))] }, 'INVALID_PARAMS'],
    ['with what nests too deep', { set: [member('a', nestedIn(5_000))] }, 'INVALID_PARAMS'],
  ])('%s is refused, and nothing is written', async (_what, wrong, code) => {
    const catalog = openCatalog()
    await catalog.activate(pushed())
    const before = await rowsOf(test.aws, 'settings', endpointId)
    await expect(change(catalog, wrong)).rejects.toMatchObject({ code })
    expect(await rowsOf(test.aws, 'settings', endpointId)).toEqual(before)
  })
})
