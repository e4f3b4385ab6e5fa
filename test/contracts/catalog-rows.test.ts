import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { NameRange } from '../../src/catalog/administration.js'
import { createDynamoCatalog } from '../../src/catalog/dynamo-catalog.js'
import { createDynamoEndpointList } from '../../src/catalog/dynamo-endpoint-list.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { type Engine, startEmbedded, startSecond } from '../calls/engines.js'
import { aTool, aVersion } from '../catalog/bundle-version.js'
import { testSealer } from '../catalog/sealer.js'
import { hasDynoxide } from '../support/dynoxide.js'

const engines: [string, () => Promise<Engine>][] = [
  ['the embedded engine', startEmbedded],
  ['dynoxide', startSecond],
]

let nowMs = Date.UTC(2026, 0, 31)
const clock = { now: () => (nowMs += 1) }

describe.each(hasDynoxide ? engines : engines.slice(0, 1))('in %s', (_name, start) => {
  let engine: Engine
  beforeAll(async () => {
    engine = await start()
  })
  afterAll(() => engine.stop())

  describe('a list of endpoints', () => {
    const list = () => createDynamoEndpointList({ aws: engine.aws, clock })
    const names = ['a', 'b', 'b-2', 'c', 'd']
    const page = async (range: NameRange) =>
      (await list().page(range)).map(({ endpointId }) => endpointId)
    beforeEach(async () => {
      for (const endpointId of names) await list().remove(endpointId)
      for (const endpointId of names) await list().enter({ endpointId, actor: 'op' })
    })

    it('is in order of name, both ways, between any two', async () => {
      expect(await page({ limit: 10 })).toEqual(names)
      expect(await page({ limit: 2 })).toEqual(['a', 'b'])
      expect(await page({ limit: 2, after: 'b' })).toEqual(['b-2', 'c'])
      expect(await page({ limit: 2, isBackward: true })).toEqual(['c', 'd'])
      expect(await page({ limit: 2, before: 'c', isBackward: true })).toEqual(['b', 'b-2'])
      expect(await page({ limit: 2, after: 'a', before: 'd' })).toEqual(['b', 'b-2'])
      expect(await page({ limit: 9, after: 'a', before: 'd', isBackward: true })).toEqual([
        'b',
        'b-2',
        'c',
      ])
      // Of what is no longer there, and of what never was.
      expect(await page({ limit: 9, after: 'bb' })).toEqual(['c', 'd'])
      expect(await page({ limit: 9, after: 'c', before: 'b' })).toEqual([])
      expect(await page({ limit: 9, after: 'z'.repeat(5_000) })).toEqual([])
    })

    it('has each once, and forgets it', async () => {
      await expect(list().enter({ endpointId: 'a', actor: 'op' })).rejects.toMatchObject({
        code: 'CONFLICT',
      })
      await list().remove('a')
      await list().remove('a')
      expect(await list().read('a')).toBeUndefined()
    })

    it('keeps what is said of one until something else is, by whoever has seen it last', async () => {
      const entered = await list().read('a')
      const said = { endpointId: 'a', description: 'first', actor: 'ann' }
      const first = await list().describe({ ...said, ifUpdatedAt: entered?.updatedAt })
      expect(first).toEqual({
        endpointId: 'a',
        description: 'first',
        createdAt: entered?.createdAt,
        updatedAt: expect.stringMatching(/^2026-/),
        updatedBy: 'ann',
      })
      expect(await list().describe({ endpointId: 'a', actor: 'bob' })).toMatchObject({
        description: 'first',
      })
      const late = list().describe({ ...said, ifUpdatedAt: first.updatedAt })
      await expect(late).rejects.toMatchObject({ code: 'CONFLICT' })
      await expect(
        list().describe({ ...said, description: 'x'.repeat(501) }),
      ).rejects.toMatchObject({ code: 'INVALID_PARAMS' })
      expect(await list().describe({ ...said, endpointId: 'e' })).toMatchObject({
        description: 'first',
      })
      await list().remove('e')
    })
  })

  it('a package comes, changes by hand, and goes, and its endpoint is in the list', async () => {
    const { aws } = engine
    const endpointId = 'managed'
    const catalog = createDynamoCatalog({ aws, sealer: testSealer, log: silentLog, clock })
    const { administration } = catalog
    const [one, two] = ['one', 'two'].map((name) =>
      aVersion({ endpointId, functions: [aTool(name)] }),
    )
    if (!one || !two) throw new Error('two versions are needed')
    await catalog.activate(one)
    await catalog.activate(two)
    const fn = { endpointId, mcpType: 'tool', key: 'mine', actor: 'op' } as const
    const target = { moduleName: 'weather', className: 'Weather', functionName: 'mine' }
    const data = { name: 'mine', inputSchema: { type: 'object' } }
    await administration.defineFunction({ ...fn, mode: 'create', target, data })
    await administration.changeSetting({
      endpointId,
      settingId: 'weather/weather/Weather',
      mode: 'update',
      set: [{ name: 'unit', value: 'F', isSecret: false }],
      actor: 'op',
    })
    const found = (await catalog.snapshot(endpointId)).find('tool', 'mine')
    expect(found?.target).toMatchObject({ ...target, setting: { unit: 'F' } })
    await administration.removeVersion({ ref: one.ref, actor: 'op' })
    await administration.removeFunction(fn)
    await administration.removePackage({ endpointId, packageName: 'weather', actor: 'op' })
    expect((await catalog.snapshot(endpointId)).list('tool')).toEqual([])
    const list = createDynamoEndpointList({ aws, clock })
    expect(await list.read(endpointId)).toMatchObject({ endpointId, updatedBy: 'ann' })
    await catalog.activate(one)
    expect((await catalog.packages(endpointId))[0]).toMatchObject({ revision: 5 })
  })
})
