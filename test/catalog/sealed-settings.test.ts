import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { Row } from '../../src/aws/rows.js'
import type { BundleVersion } from '../../src/catalog/catalog.js'
import { createSealer, type Sealer } from '../../src/sealing/sealing.js'
import type { Log } from '../../src/telemetry/telemetry.js'
import { rowsOf } from './bundle-version.js'
import {
  endpointId,
  moveOn,
  openCatalog as openCatalogWith,
  test,
  version,
  useOwnEndpoint,
} from './own-endpoint.js'
import { opened, testSealer } from './sealer.js'

useOwnEndpoint()

const VALUE = 'swordfish-0123'
const OTHER_KEY = { id: 'young', secret: 'another-secret-of-thirty-two-characters' }
const OLD_KEY = { id: 'test', secret: 'a-secret-of-thirty-two-characters' }
const purpose = 'settings/v1'

function openCatalog(sealer: Sealer = testSealer) {
  const said: unknown[] = []
  const say = (fields: object, message: string) => void said.push(fields, message)
  const log: Log = { debug: say, info: say, warn: say, error: say }
  return { said, ...openCatalogWith({ sealer, checkMs: 0, log }) }
}

const aSecret = (change: { tool?: string; value?: unknown; moduleName?: string } = {}) =>
  version([change.tool ?? 'look'], {
    setting: { token: change.value ?? VALUE },
    ...(change.moduleName && { moduleName: change.moduleName }),
  })

const settingRows = () => rowsOf(test.aws, 'settings', endpointId)

async function setting(sealer?: Sealer): Promise<unknown> {
  const [tool] = (await openCatalog(sealer).snapshot(endpointId)).list('tool')
  return tool?.target.setting
}

const write = (row: Row) =>
  test.aws.db.send(new PutCommand({ TableName: test.aws.tables.settings, Item: row }))

/** Brings the only setting row into another form, as an older gateway or an intruder would. */
async function rewrite(toText: (row: Row) => string): Promise<void> {
  const [row] = await settingRows()
  await write({ ...row, setting: toText(row ?? {}) })
}

/** The error of an activation or a snapshot that has to fail. */
async function failure(act: () => Promise<unknown>): Promise<Error> {
  try {
    await act()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('it did not fail')
}

describe('a setting in the database', () => {
  it('is sealed: no table holds its value, and functions get it as it was', async () => {
    await openCatalog().activate(aSecret())
    const tables = ['modules', 'functions', 'settings', 'audit'] as const
    const rows = await Promise.all(tables.map((table) => rowsOf(test.aws, table, endpointId)))
    expect(inspect(rows, { depth: 9 })).not.toContain(VALUE)
    expect((await settingRows())[0]?.['setting']).toMatch(/^v1\.test\.[\w-]+$/)
    expect(await setting()).toEqual({ token: VALUE })
  })

  it('is the same one when its value is, although the same value is never sealed the same', async () => {
    await openCatalog().activate(aSecret())
    const before = await settingRows()
    expect(await openCatalog().activate(aSecret())).toBe('unchanged')
    expect(await openCatalog().activate(aSecret({ tool: 'next' }))).toBe('activated')
    expect(await settingRows()).toEqual(before)
  })

  it('opens in its own row alone: not at another endpoint, not as another setting', async () => {
    await openCatalog().activate(aSecret())
    const [stolen] = await settingRows()
    moveOn()
    await openCatalog().activate(aSecret({ value: 'own' }))
    await rewrite(() => String(stolen?.['setting']))
    expect(await failure(() => setting())).toMatchObject({
      code: 'BUNDLE_UNAVAILABLE',
      message: `A setting of package "weather" at endpoint "${endpointId}" was sealed with the key "test", and no key of this gateway opens it (SETTINGS_KEYS)`,
    })
  })

  it('holds as much as is taken, sealed, in one row', async () => {
    const large = 'x'.repeat(280 * 1024 - '{"token":""}'.length)
    await openCatalog().activate(aSecret({ value: large }))
    expect(await setting()).toEqual({ token: large })
    await expect(openCatalog().activate(aSecret({ value: `${large}x` }))).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
    })
  })
})

describe('a row that was written before settings were sealed', () => {
  const plain = () => rewrite(() => JSON.stringify({ token: VALUE }))

  it('still opens', async () => {
    await openCatalog().activate(aSecret())
    await plain()
    expect(await setting()).toEqual({ token: VALUE })
  })

  it.each(['the same version', 'another version'])(
    'is sealed at the next activation, of %s',
    async (which) => {
      await openCatalog().activate(aSecret())
      await plain()
      const [before] = await settingRows()
      await openCatalog().activate(aSecret(which === 'another version' ? { tool: 'next' } : {}))
      const [after] = await settingRows()
      expect(after?.['setting_id']).toBe(before?.['setting_id'])
      expect(after?.['setting']).toMatch(/^v1\.test\./)
      expect(opened(after)).toEqual({ token: VALUE })
    },
  )
})

describe('a new key', () => {
  const rotated = createSealer({ secrets: [OTHER_KEY, OLD_KEY], purpose })
  const young = createSealer({ secrets: [OTHER_KEY], purpose })

  it('in front of the old one opens what both have sealed, and seals anew at the next activation', async () => {
    await openCatalog().activate(aSecret({ moduleName: 'former' }))
    await openCatalog().activate(aSecret())
    expect(await setting(rotated)).toEqual({ token: VALUE })
    expect(await openCatalog(rotated).activate(aSecret())).toBe('unchanged')
    const rows = await settingRows()
    // The setting that only the earlier version needs is among them.
    expect(rows.map((row) => String(row['setting']).slice(0, 9))).toEqual([
      'v1.young.',
      'v1.young.',
    ])
    expect(await setting(young)).toEqual({ token: VALUE })
  })

  it('without the old one opens nothing: package and key are named, and the value nowhere', async () => {
    await openCatalog().activate(aSecret())
    const catalog = openCatalog(young)
    const error = await failure(() => catalog.snapshot(endpointId))
    expect(error).toMatchObject({ code: 'BUNDLE_UNAVAILABLE' })
    expect(error.message).toMatch(/package "weather".*key "test"/)
    expect(inspect([error, catalog.said], { depth: 9 })).not.toContain(VALUE)
  })

  it('without the old one promotes nothing that needs what cannot be opened', async () => {
    const one = aSecret({ tool: 'one' })
    await openCatalog().activate(one)
    await openCatalog().activate(aSecret({ tool: 'two' }))
    const promotion = openCatalog(young).promote({ ref: one.ref, actor: 'bob' })
    await expect(promotion).rejects.toMatchObject({ code: 'BUNDLE_UNAVAILABLE' })
  })

  it('without the old one takes a push with its variables, and all is well again', async () => {
    await openCatalog().activate(aSecret())
    expect(await openCatalog(young).activate(aSecret())).toBe('activated')
    expect(await setting(young)).toEqual({ token: VALUE })
  })
})

it.each<[string, (row: Row) => string]>([
  ['is no sealed text', () => 'v1.test'],
  ['is JSON that breaks off', () => `{"token":"${VALUE}`],
  ['was cut short', (row) => String(row['setting']).slice(0, -4)],
  ['has a key id of somebody’s making', () => `v1.${'k'.repeat(5_000)}.AAAA`],
])('a row that %s is refused, and neither error nor log quotes it', async (_what, toText) => {
  await openCatalog().activate(aSecret())
  await rewrite(toText)
  const catalog = openCatalog()
  const error = await failure(() => catalog.snapshot(endpointId))
  expect(error).toMatchObject({ code: 'BUNDLE_UNAVAILABLE' })
  expect(error.message.length).toBeLessThan(250)
  const text = inspect([error, error.cause, catalog.said], { depth: 9 })
  expect(text).not.toContain(VALUE)
  expect(text).not.toContain('kkkk')
})

it('neither the activation of a version nor its refusal tells a value to the log', async () => {
  const catalog = openCatalog()
  const good: BundleVersion = aSecret()
  await catalog.activate(good)
  await failure(() => catalog.activate(aSecret({ value: VALUE.repeat(100_000) })))
  expect(inspect(catalog.said, { depth: 9 })).not.toContain(VALUE)
})
