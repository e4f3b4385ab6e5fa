import { BatchWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, it } from 'vitest'
import { OVERRIDES_KEY } from '../../src/aws/table-keys.js'
import type { FunctionToDefine } from '../../src/catalog/administration.js'
import type { DynamoCatalog } from '../../src/catalog/dynamo-catalog.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { rowsOf, watchedAws } from './bundle-version.js'
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

const TARGET = { moduleName: 'weather', className: 'Weather', functionName: 'lookup' }

const dataOf = (name: string) => ({
  name,
  description: `does ${name}`,
  inputSchema: { type: 'object' },
})

const define = (catalog: DynamoCatalog, more: Partial<FunctionToDefine> = {}) => {
  const { key = 'mine' } = more
  const data = more.mode === 'update' ? undefined : dataOf(key)
  const target = more.mode === 'update' ? {} : TARGET
  const fn = { endpointId, mcpType: 'tool', mode: 'create', actor: 'op' } as const
  return catalog.administration.defineFunction({ ...fn, key, data, target, ...more })
}

const remove = (catalog: DynamoCatalog, more: object = {}) =>
  catalog.administration.removeFunction({
    endpointId,
    mcpType: 'tool',
    key: 'mine',
    actor: 'op',
    ...more,
  })

const names = async (catalog: DynamoCatalog) =>
  (await catalog.snapshot(endpointId)).list('tool').map(({ name }) => name)

const listed = async ({ administration }: DynamoCatalog, name = 'mine') =>
  (await administration.inventory(endpointId)).functions.find(({ fn }) => fn.name === name)

const isFunctionRow = (request: object) =>
  'TableName' in request && request.TableName === test.aws.tables.functions && 'Item' in request

describe('a function that is defined by hand', () => {
  it('is called like any other, with the code and setting of the class that it names', async () => {
    const catalog = openCatalog()
    const weather = version(['one'])
    await catalog.activate(weather)
    await define(catalog, { access: { allow: ['role:admin'] }, redact: ['/city'], isAsync: true })
    const found = (await catalog.snapshot(endpointId)).find('tool', 'mine')
    expect(found).toMatchObject({
      data: dataOf('mine'),
      target: { bundle: weather.ref, ...TARGET, setting: { unit: 'C' } },
      access: { source: 'operator', allow: ['role:admin'] },
      redact: ['/city'],
      background: { taskSupport: 'optional' },
    })
    expect(await listed(catalog)).toMatchObject({
      origin: 'operator',
      packageName: 'weather',
      updatedBy: 'op',
    })
    expect(await rowsOf(test.aws, 'functions', endpointId)).toContainEqual(
      expect.objectContaining({ name: 'mine', origin: 'operator', module_name: 'weather' }),
    )
  })

  it('is seen by every instance when it looks next', async () => {
    await activateAll(version(['one']))
    const [here, there] = [openCatalog(), openCatalog()]
    const before = await there.snapshot(endpointId)
    await define(here)
    clock.nowMs += 1500
    expect(await names(there)).toEqual(['mine', 'one'])
    expect((await there.snapshot(endpointId)).version).not.toBe(before.version)
    await remove(here)
    clock.nowMs += 1500
    expect(await names(there)).toEqual(['one'])
  })

  it('changes where something is said, and keeps the rest', async () => {
    const catalog = openCatalog()
    await catalog.activate(version(['one']))
    await define(catalog, { access: { deny: ['user:bob'] }, redact: ['/city'] })
    await define(catalog, { mode: 'update', target: { functionName: 'find' } })
    const read = async () => (await catalog.snapshot(endpointId)).find('tool', 'mine')
    expect(await read()).toMatchObject({
      data: dataOf('mine'),
      target: { ...TARGET, functionName: 'find' },
      access: { deny: ['user:bob'] },
      redact: ['/city'],
    })
    await define(catalog, { mode: 'update', access: null, redact: null })
    expect(await read()).toMatchObject({ access: undefined, redact: undefined })
  })

  it('outlasts new versions of its package, and rests while none has its class', async () => {
    const said: object[] = []
    const log = { ...silentLog, warn: (fields: object) => void said.push(fields) }
    const catalog = openCatalog({ log })
    await catalog.activate(version(['one']))
    await define(catalog)
    await catalog.activate(version(['two']))
    expect(await names(catalog)).toEqual(['mine', 'two'])
    await catalog.activate(version(['two'], { moduleName: 'forecast' }))
    expect(await names(catalog)).toEqual(['two'])
    await catalog.setOverride({
      endpointId,
      mcpType: 'tool',
      key: 'x',
      status: 'disabled',
      actor: 'op',
    })
    await catalog.snapshot(endpointId)
    expect(said).toEqual([expect.objectContaining({ name: 'mine', className: 'Weather' })])
    const [defined] = await catalog.administration.definedFunctions(endpointId)
    expect(defined).toEqual({ mcpType: 'tool', key: 'mine' })
    await catalog.activate(version(['three']))
    expect(await names(catalog)).toEqual(['mine', 'three'])
  })

  it('can be switched off, and what was set for it goes with it', async () => {
    const catalog = openCatalog()
    await catalog.activate(version(['one']))
    await define(catalog)
    const key = { endpointId, mcpType: 'tool', key: 'mine', actor: 'op' } as const
    await catalog.setOverride({ ...key, status: 'disabled', access: { allow: ['user:ann'] } })
    expect(await names(catalog)).toEqual(['one'])
    await define(catalog, { mode: 'update', access: { allow: ['user:zoe'] } })
    expect(await catalog.overrides(endpointId)).toMatchObject([{ status: 'disabled' }])
    expect((await listed(catalog))?.fn.access?.allow).toEqual(['user:zoe'])
    await remove(catalog)
    expect(await catalog.overrides(endpointId)).toEqual([])
  })

  it('may be a resource, a template or a prompt', async () => {
    const catalog = openCatalog()
    await catalog.activate(version(['one']))
    await define(catalog, {
      mcpType: 'resource',
      key: 'docs://mine',
      data: { name: 'Mine', uri: 'docs://mine' },
    })
    await define(catalog, {
      mcpType: 'resource_template',
      key: 'docs://{page}',
      data: { name: 'Page', uriTemplate: 'docs://{page}' },
    })
    await define(catalog, { mcpType: 'prompt', key: 'ask', data: { name: 'ask' } })
    const snapshot = await catalog.snapshot(endpointId)
    expect(snapshot.find('resource', 'docs://mine')?.name).toBe('Mine')
    expect(snapshot.matchTemplate('docs://7')?.params).toEqual({ page: '7' })
    expect(snapshot.find('prompt', 'ask')).toBeDefined()
  })

  it('has a row in the audit for each change, with what was and what is', async () => {
    const catalog = openCatalog()
    await catalog.activate(version(['one']))
    await define(catalog)
    await define(catalog, { mode: 'update', target: { functionName: 'find' } })
    await remove(catalog)
    const [, ...rows] = await rowsOf(test.aws, 'audit', endpointId)
    expect(rows).toMatchObject([
      { target: 'tool mine', actor: 'op', after: { functionName: 'lookup' } },
      { action: 'function.define', before: { functionName: 'lookup' } },
      { action: 'function.remove', before: { functionName: 'find' } },
    ])
  })
})

describe('a name', () => {
  it('of a bundle is not taken by an operator, nor an operator’s by a bundle', async () => {
    const catalog = openCatalog()
    await catalog.activate(version(['one']))
    await expect(define(catalog, { key: 'one', data: dataOf('one') })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('package "weather"'),
    })
    await define(catalog)
    await expect(catalog.activate(version(['one', 'mine']))).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('tool "mine" of this endpoint belongs to the operator'),
    })
    expect(await names(catalog)).toEqual(['mine', 'one'])
    await remove(catalog)
    await catalog.activate(version(['one', 'mine']))
    expect(await listed(catalog)).toMatchObject({ origin: 'bundle' })
  })

  it('that two define at once is one’s, and the other is told', async () => {
    await openCatalog().activate(version(['one']))
    const outcomes = await Promise.allSettled([define(openCatalog()), define(openCatalog())])
    const lost = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []))
    expect(lost).toEqual(['CONFLICT'])
    expect(await names(openCatalog())).toEqual(['mine', 'one'])
  })
})

describe('a change of a function', () => {
  it('whose writer died before it could say so is served all the same', async () => {
    await activateAll(version(['one']))
    const there = openCatalog()
    await there.snapshot(endpointId)
    let isDead = false
    const aws = watchedAws(test, (request) => {
      if (isDead) throw new Error('killed')
      isDead = isFunctionRow(request)
    })
    await expect(define(openCatalog({ aws }))).rejects.toThrow('killed')
    aws.close()
    clock.nowMs += 1500
    expect(await names(there)).toEqual(['mine', 'one'])
    const { version: seen } = await there.snapshot(endpointId)
    expect((await openCatalog().snapshot(endpointId)).version).toBe(seen)
  })

  it('is refused when it was changed since it was seen', async () => {
    const catalog = openCatalog()
    await catalog.activate(version(['one']))
    await define(catalog)
    const ifUpdatedAt = (await listed(catalog))?.updatedAt
    await define(catalog, { mode: 'update', isAsync: true, ifUpdatedAt })
    const late = { code: 'CONFLICT' }
    await expect(define(catalog, { mode: 'update', ifUpdatedAt })).rejects.toMatchObject(late)
    await expect(remove(catalog, { ifUpdatedAt })).rejects.toMatchObject(late)
    await remove(catalog, { ifUpdatedAt: (await listed(catalog))?.updatedAt })
    expect(await names(catalog)).toEqual(['one'])
  })

  it('that nobody has defined is refused', async () => {
    const catalog = openCatalog()
    await catalog.activate(version(['one']))
    const missing = { code: 'FUNCTION_NOT_FOUND' }
    await expect(define(catalog, { mode: 'update' })).rejects.toMatchObject(missing)
    await expect(define(catalog, { mode: 'update', key: 'one' })).rejects.toMatchObject(missing)
    await expect(remove(catalog)).rejects.toMatchObject(missing)
  })

  it('of a bundle’s takes back what was set for it', async () => {
    const catalog = openCatalog()
    await catalog.activate(version(['one']))
    const key = { endpointId, mcpType: 'tool', key: 'one', actor: 'op' } as const
    await catalog.setOverride({ ...key, status: 'disabled', redact: ['/a'] })
    await remove(catalog, key)
    expect(await catalog.overrides(endpointId)).toEqual([])
    expect(await names(catalog)).toEqual(['one'])
    await remove(catalog, key)
    expect(await rowsOf(test.aws, 'audit', endpointId)).toHaveLength(3)
  })

  it('to a class that no active bundle has is refused, naming the field', async () => {
    const catalog = openCatalog()
    await catalog.activate(version(['one']))
    const wrong = { target: { ...TARGET, className: 'Other' } }
    await expect(define(catalog, wrong)).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      message: 'className: no active bundle has a class "Other" in module "weather"',
    })
  })

  it('beyond the five hundredth is refused, and rows that hold none do not count', async () => {
    const catalog = openCatalog()
    await catalog.activate(version(['one']))
    await define(catalog)
    const mine = (await rowsOf(test.aws, 'functions', endpointId)).find(
      (row) => row['name'] === 'mine',
    )
    const uuids = Array.from({ length: 500 }, (_, n) => `row-${n}`)
    await test.aws.db.send(
      new UpdateCommand({
        TableName: test.aws.tables.modules,
        Key: { endpoint_id: endpointId, module_name: OVERRIDES_KEY },
        UpdateExpression: 'SET #functions = :uuids',
        ExpressionAttributeNames: { '#functions': 'functions' },
        ExpressionAttributeValues: { ':uuids': uuids },
      }),
    )
    const puts = uuids
      .slice(1)
      .map((uuid) => ({ PutRequest: { Item: { ...mine, function_uuid: uuid } } }))
    const table = test.aws.tables.functions
    for (let at = 0; at < puts.length; at += 25)
      await test.aws.db.send(
        new BatchWriteCommand({ RequestItems: { [table]: puts.slice(at, at + 25) } }),
      )
    await define(catalog, { key: 'last' })
    await expect(define(catalog, { key: 'more' })).rejects.toMatchObject({ code: 'BUSY' })
  })
})
