import { describe, expect, it } from 'vitest'
import type { DynamoCatalog } from '../../src/catalog/dynamo-catalog.js'
import { aTool, rowsOf, watchedAws } from './bundle-version.js'
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

const names = async ({ administration }: DynamoCatalog) =>
  (await administration.inventory(endpointId)).functions.map(({ fn }) => fn.name)

const listed = async ({ administration }: DynamoCatalog, name: string) => {
  const { functions } = await administration.inventory(endpointId)
  const found = functions.find(({ fn }) => fn.name === name)
  if (found === undefined) throw new Error(`there is no ${name}`)
  return found
}

const set = (catalog: DynamoCatalog, change: object) =>
  catalog.setOverride({ endpointId, mcpType: 'tool', key: 'one', actor: 'op', ...change })

describe('an inventory', () => {
  it('has all of an endpoint, disabled functions too, with who said so and when', async () => {
    const catalog = openCatalog()
    const weather = version(['two', 'one'])
    await catalog.activate(weather)
    await set(catalog, { status: 'disabled' })
    const inventory = await catalog.administration.inventory(endpointId)
    const [state] = await catalog.packages(endpointId)
    expect(inventory.packages).toEqual([state])
    expect(inventory.modules).toEqual([
      {
        ...weather.definitions.modules[0],
        packageName: 'weather',
        updatedAt: state?.activatedAt,
        updatedBy: 'ann',
      },
    ])
    const [override] = await catalog.overrides(endpointId)
    expect(inventory.functions).toMatchObject([
      { fn: { name: 'one', isDisabled: true }, updatedAt: override?.updatedAt, updatedBy: 'op' },
      { fn: { name: 'two' }, origin: 'bundle', updatedAt: state?.activatedAt, updatedBy: 'ann' },
    ])
  })

  it('is in order of type, name and URI, as lists are', async () => {
    const functions = [
      aTool('b', { mcpType: 'prompt' }),
      aTool('z'),
      aTool('guide', { mcpType: 'resource', uri: 'docs://2' }),
      aTool('guide', { mcpType: 'resource', uri: 'docs://1' }),
      aTool('a', { mcpType: 'resource_template', uri: 'docs://{page}' }),
    ]
    const catalog = openCatalog()
    await catalog.activate(version([], { functions }))
    const inventory = await catalog.administration.inventory(endpointId)
    expect(inventory.functions.map(({ fn }) => fn.uri ?? fn.name)).toEqual([
      'z',
      'docs://1',
      'docs://2',
      'docs://{page}',
      'b',
    ])
  })

  it('is made once of each snapshot, without a look at the database', async () => {
    await activateAll(version(['one']))
    let requests = 0
    const aws = watchedAws(test, () => requests++)
    const catalog = openCatalog({ aws })
    await catalog.snapshot(endpointId)
    requests = 0
    const first = await catalog.administration.inventory(endpointId)
    expect(await catalog.administration.inventory(endpointId)).toBe(first)
    expect(requests).toBe(0)
    await activateAll(version(['two']))
    clock.nowMs += 1500
    const second = await catalog.administration.inventory(endpointId)
    expect(second.version).not.toBe(first.version)
    expect(await names(catalog)).toEqual(['two'])
    aws.close()
  })

  it('shows the later one of a new version and of what an operator has set before it', async () => {
    const catalog = openCatalog()
    await catalog.activate(version(['one']))
    await set(catalog, { redact: ['/city'] })
    await catalog.activate(version(['one', 'two']))
    const [state] = await catalog.packages(endpointId)
    expect(await listed(catalog, 'one')).toMatchObject({
      updatedAt: state?.activatedAt,
      updatedBy: 'ann',
    })
  })
})

describe('definitions', () => {
  it('are those of any version that its package remembers, and of no other', async () => {
    const [one, two] = [version(['one']), version(['two'])]
    await activateAll(one, two)
    const { administration } = openCatalog()
    expect(await administration.definitions(one.ref)).toEqual(one.definitions)
    expect(await administration.definitions(two.ref)).toEqual(two.definitions)
    for (const ref of [
      { ...one.ref, sha256: 'f'.repeat(64) },
      { ...one.ref, packageName: 'none' },
      { ...one.ref, endpointId: 'elsewhere' },
    ])
      await expect(administration.definitions(ref)).rejects.toMatchObject({
        code: 'BUNDLE_UNAVAILABLE',
      })
  })
})

describe('what an operator sets', () => {
  it('puts pointers in place of those of the bundle, until it is taken back', async () => {
    const catalog = openCatalog()
    await catalog.activate(version([], { functions: [aTool('one', { redact: ['/password'] })] }))
    const redact = async () => (await catalog.snapshot(endpointId)).find('tool', 'one')?.redact
    await set(catalog, { redact: ['/token'] })
    expect(await redact()).toEqual(['/token'])
    await set(catalog, { redact: [] })
    expect(await redact()).toEqual([])
    expect(await set(catalog, { redact: null })).toBeUndefined()
    expect(await redact()).toEqual(['/password'])
    const audit = await rowsOf(test.aws, 'audit', endpointId)
    expect(audit.slice(1)).toMatchObject([
      { after: { redact: ['/token'] } },
      { before: { redact: ['/token'] }, after: { redact: [] } },
      { before: { redact: [] } },
    ])
  })

  it.each<[string, object, string]>([
    ['that are no pointers', { redact: ['password'] }, 'redact: each must be a JSON pointer'],
    ['that are too many', { redact: Array.from({ length: 101 }, () => '/a') }, 'redact: may have'],
    ['of a resource', { mcpType: 'resource', redact: ['/a'] }, 'redact: only a tool or prompt'],
  ])('pointers %s are refused', async (_what, change, said) => {
    await expect(set(openCatalog(), change)).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      message: expect.stringContaining(said),
    })
  })

  it('is refused when the function was changed since it was seen, whoever changed it', async () => {
    const catalog = openCatalog()
    await catalog.activate(version(['one']))
    const seen = await listed(catalog, 'one')
    await set(catalog, { status: 'disabled', ifUpdatedAt: seen.updatedAt })
    const late = set(catalog, { status: 'active', ifUpdatedAt: seen.updatedAt })
    await expect(late).rejects.toMatchObject({ code: 'CONFLICT' })
    const again = await listed(catalog, 'one')
    await catalog.activate(version(['one', 'two']))
    await expect(
      set(catalog, { status: 'active', ifUpdatedAt: again.updatedAt }),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
    const now = await listed(catalog, 'one')
    await set(catalog, { status: 'active', ifUpdatedAt: now.updatedAt })
    expect((await listed(catalog, 'one')).fn.isDisabled).toBe(false)
  })
})

it('a promotion is refused when the package was changed since it was seen', async () => {
  const catalog = openCatalog()
  const [one, two] = [version(['one']), version(['two'])]
  await catalog.activate(one)
  const [seen] = await catalog.packages(endpointId)
  await catalog.activate(two)
  const promote = (ifUpdatedAt: string | undefined) =>
    catalog.promote({ ref: one.ref, actor: 'bob', ifUpdatedAt })
  await expect(promote(seen?.activatedAt)).rejects.toMatchObject({ code: 'CONFLICT' })
  const [now] = await catalog.packages(endpointId)
  expect(await promote(now?.activatedAt)).toMatchObject({ outcome: 'activated' })
})

describe('what a process remembers', () => {
  it('is counted, and nothing is before the first look', async () => {
    await activateAll(version(['one', 'two']))
    const catalog = openCatalog()
    const nothing = { settings: 0, modules: 0, functions: 0, snapshots: 0 }
    expect(catalog.memory.count(endpointId)).toEqual(nothing)
    await set(catalog, { status: 'disabled' })
    await catalog.snapshot(endpointId)
    expect(catalog.memory.count(endpointId)).toEqual({
      settings: 1,
      modules: 1,
      functions: 2,
      snapshots: 1,
    })
    expect(catalog.memory.forget(endpointId)).toBe(1)
    expect(catalog.memory.count(endpointId)).toEqual(nothing)
    expect(catalog.memory.forget(endpointId)).toBe(0)
  })

  it('is made anew when it was forgotten, and served till then where the database is away', async () => {
    await activateAll(version(['one']))
    let isAway = false
    const aws = watchedAws(test, () => {
      if (isAway) throw new Error('no route to the database')
    })
    const catalog = openCatalog({ aws })
    const before = await catalog.snapshot(endpointId)
    catalog.memory.forget(endpointId)
    isAway = true
    expect(await catalog.snapshot(endpointId)).toBe(before)
    isAway = false
    clock.nowMs += 1500
    const after = await catalog.snapshot(endpointId)
    expect(after).not.toBe(before)
    expect(after.version).toBe(before.version)
    aws.close()
  })
})
