import { describe, expect, it } from 'vitest'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { rowsOf } from './bundle-version.js'
import { dataOf, define, listed, names, remove, TARGET } from './defined-functions.js'
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

  it('whose class is gone is defined anew with nothing of what it was, or given another class', async () => {
    const catalog = openCatalog()
    const [here, gone] = [version(['one'], { moduleName: 'forecast' }), version(['one'])]
    await catalog.activate(gone)
    await define(catalog, { redact: ['/city'] })
    await expect(define(catalog)).rejects.toMatchObject({ code: 'CONFLICT' })
    await catalog.activate(here)
    expect(await names(catalog)).toEqual(['one'])
    const target = { ...TARGET, moduleName: 'forecast' }
    await define(catalog, { target, access: { deny: ['user:bob'] } })
    expect(await listed(catalog)).toMatchObject({
      fn: { target, redact: undefined, access: { deny: ['user:bob'] } },
    })
    expect((await rowsOf(test.aws, 'audit', endpointId)).at(-1)).toMatchObject({
      action: 'function.define',
      before: { moduleName: 'weather', redact: ['/city'] },
      after: { moduleName: 'forecast' },
    })
    await catalog.activate(gone)
    expect(await names(catalog)).toEqual(['one'])
    await define(catalog, { mode: 'update', target: { moduleName: 'weather' } })
    expect((await listed(catalog))?.fn.target).toMatchObject(TARGET)
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
