import { BatchWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, it } from 'vitest'
import { OVERRIDES_KEY } from '../../src/aws/table-keys.js'
import { rowsOf, watchedAws } from './bundle-version.js'
import { define, listed, names, remove, TARGET } from './defined-functions.js'
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

const isFunctionRow = (request: object) =>
  'TableName' in request && request.TableName === test.aws.tables.functions && 'Item' in request

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

  it('is later than what was set for it, on a clock that goes back too', async () => {
    let nowMs = Date.UTC(2026, 0, 31)
    const catalog = openCatalog({ clock: { now: () => (nowMs -= 1000) }, checkMs: 0 })
    await catalog.activate(version(['one']))
    await define(catalog)
    const times: number[] = []
    const look = async () => void times.push(Date.parse((await listed(catalog))?.updatedAt ?? ''))
    await look()
    const set = { endpointId, mcpType: 'tool', key: 'mine', status: 'disabled' } as const
    await catalog.setOverride({ ...set, actor: 'op' })
    await look()
    await define(catalog, { mode: 'update', isAsync: true })
    await look()
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
    expect(times).toHaveLength(3)
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
    const limit = { code: 'BUSY', data: { limit: 500 } }
    await expect(define(catalog, { key: 'more' })).rejects.toMatchObject(limit)
  })
})
