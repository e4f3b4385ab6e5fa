import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDynamoCatalog } from '../../src/catalog/dynamo-catalog.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestAws, type TestAws } from '../support/aws.js'
import { aTool, aVersion, watchedAws } from './bundle-version.js'
import { testSealer } from './sealer.js'

let test: TestAws
let nowMs = 0
beforeAll(async () => {
  test = await startTestAws()
})
beforeEach(() => {
  nowMs = Date.UTC(2026, 0, 31)
})
afterAll(() => test.stop())

const clock = { now: () => nowMs }
const openCatalog = (aws = test.aws, maxEndpoints = 1000) =>
  createDynamoCatalog({
    aws,
    sealer: testSealer,
    checkMs: 1500,
    maxEndpoints,
    log: silentLog,
    clock,
  })

const publish = (endpointId: string, ...tools: string[]) =>
  openCatalog().activate(aVersion({ endpointId, functions: tools.map((name) => aTool(name)) }))

/** A catalog on a client of its own, and the tables that it asked. */
function watched(maxEndpoints?: number) {
  const asked: string[] = []
  const aws = watchedAws(test, (request) => asked.push(String(request['TableName'])))
  return { aws, asked, catalog: openCatalog(aws, maxEndpoints) }
}

const names = async (catalog: ReturnType<typeof openCatalog>, endpointId: string) =>
  (await catalog.snapshot(endpointId)).list('tool').map(({ name }) => name)

function deferred() {
  let resolve = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

describe('a snapshot', () => {
  it('is loaded once however many ask at the same time', async () => {
    await publish('many', 'a')
    const { aws, asked, catalog } = watched()
    const all = await Promise.all(Array.from({ length: 100 }, () => catalog.snapshot('many')))
    aws.close()
    expect(new Set(all).size).toBe(1)
    expect(asked).toEqual([aws.tables.modules, aws.tables.settings])
  })

  it('costs nothing until it is due, then one look at the packages', async () => {
    await publish('due', 'a')
    const { aws, asked, catalog } = watched()
    const first = await catalog.snapshot('due')
    asked.length = 0
    nowMs += 1499
    expect(await catalog.snapshot('due')).toBe(first)
    expect(asked).toEqual([])
    nowMs += 1
    expect(await catalog.snapshot('due')).toBe(first)
    expect(asked).toEqual([aws.tables.modules])
    aws.close()
  })

  it('of another instance shows an activation once it is due, with another version', async () => {
    await publish('elsewhere', 'a')
    const catalog = openCatalog()
    const before = await catalog.snapshot('elsewhere')
    await publish('elsewhere', 'b')
    nowMs += 1499
    expect(await names(catalog, 'elsewhere')).toEqual(['a'])
    nowMs += 1
    expect(await names(catalog, 'elsewhere')).toEqual(['b'])
    expect((await catalog.snapshot('elsewhere')).version).not.toBe(before.version)
    expect(before.list('tool').map(({ name }) => name)).toEqual(['a'])
  })

  it('that is being loaded while a version is activated is not kept after it', async () => {
    await publish('meanwhile', 'a')
    const [loading, held] = [deferred(), deferred()]
    let isFirstRead = true
    const aws = watchedAws(test, async (request) => {
      if (request['TableName'] !== test.aws.tables.settings || !isFirstRead) return
      isFirstRead = false
      loading.resolve()
      await held.promise
    })
    const catalog = openCatalog(aws)
    const slow = catalog.snapshot('meanwhile')
    await loading.promise
    await catalog.activate(aVersion({ endpointId: 'meanwhile', functions: [aTool('b')] }))
    held.resolve()
    await slow
    expect(await names(catalog, 'meanwhile')).toEqual(['b'])
    aws.close()
  })

  it('pairs a version with its own settings, though another is activated in between', async () => {
    const setting = (unit: string) =>
      aVersion({ endpointId: 'pair', functions: [aTool(unit)], setting: { unit } })
    await openCatalog().activate(setting('C'))
    let isFirstRead = true
    const aws = watchedAws(test, async (request) => {
      if (request['TableName'] !== test.aws.tables.settings || !isFirstRead) return
      isFirstRead = false
      await openCatalog().activate(setting('F'))
    })
    const [tool] = (await openCatalog(aws).snapshot('pair')).list('tool')
    aws.close()
    expect([tool?.name, tool?.target.setting]).toEqual(['F', { unit: 'F' }])
  })

  it('of an endpoint without bundles is empty, and remembered within the limit', async () => {
    const { aws, asked, catalog } = watched(2)
    const empty = await catalog.snapshot('nobody')
    expect(empty.list('tool')).toEqual([])
    expect(empty.find('tool', 'a')).toBeUndefined()
    expect(empty.matchTemplate('a://b')).toBeUndefined()
    await catalog.snapshot('nobody-2')
    await catalog.snapshot('nobody-3')
    asked.length = 0
    await catalog.snapshot('nobody-3')
    expect(asked).toEqual([])
    await catalog.snapshot('nobody')
    expect(asked).toEqual([aws.tables.modules])
    aws.close()
  })

  it('never holds what another endpoint has, under the same names', async () => {
    const theirs = aVersion({
      endpointId: 'tenant-b',
      functions: [aTool('same', { data: { name: 'same', title: 'B' } })],
      setting: { secret: 'b' },
    })
    await publish('tenant-a', 'same', 'only-a')
    await openCatalog().activate(theirs)
    const catalog = openCatalog()
    const [a, b] = [await catalog.snapshot('tenant-a'), await catalog.snapshot('tenant-b')]
    expect(a.find('tool', 'same')?.target).toMatchObject({
      bundle: { endpointId: 'tenant-a' },
      setting: { unit: 'C' },
    })
    expect(b.find('tool', 'same')?.target).toMatchObject({
      bundle: { endpointId: 'tenant-b' },
      setting: { secret: 'b' },
    })
    expect(b.find('tool', 'only-a')).toBeUndefined()
  })

  it('lists by name, then by URI, and finds by URI and by template', async () => {
    const at = (uri: string) => ({ uri, data: { uri } })
    const functions = [
      aTool('b', { mcpType: 'resource', ...at('docs://2') }),
      aTool('a', { mcpType: 'resource', ...at('docs://3') }),
      aTool('b', { mcpType: 'resource', ...at('docs://1') }),
      aTool('any', { mcpType: 'resource_template', ...at('docs://{+rest}') }),
      aTool('page', { mcpType: 'resource_template', ...at('docs://page/{n}') }),
      aTool('odd', { mcpType: 'resource_template', ...at('docs://{/n}') }),
      aTool('b', { mcpType: 'prompt' }),
    ]
    const catalog = openCatalog()
    await catalog.activate(aVersion({ endpointId: 'sorted', functions }))
    const snapshot = await catalog.snapshot('sorted')
    expect(snapshot.list('resource').map(({ uri }) => uri)).toEqual([
      'docs://3',
      'docs://1',
      'docs://2',
    ])
    expect(snapshot.find('resource', 'docs://1')?.name).toBe('b')
    expect(snapshot.find('tool', 'b')).toBeUndefined()
    expect(snapshot.find('prompt', 'b')?.mcpType).toBe('prompt')
    expect(snapshot.matchTemplate('docs://page/7')).toMatchObject({
      template: { name: 'page' },
      params: { n: '7' },
    })
    expect(snapshot.matchTemplate('docs://page/7/8')?.template.name).toBe('any')
    expect(snapshot.matchTemplate('other://x')).toBeUndefined()
  })

  it('checks arguments and structured content where a tool has schemas', async () => {
    const data = {
      inputSchema: { type: 'object', required: ['city'] },
      outputSchema: { type: 'object', properties: { celsius: { type: 'number' } } },
    }
    const functions = [aTool('checked', { data }), aTool('free', { data: { name: 'free' } })]
    const catalog = openCatalog()
    await catalog.activate(aVersion({ endpointId: 'schemas', functions }))
    const snapshot = await catalog.snapshot('schemas')
    const checked = snapshot.find('tool', 'checked')
    expect(checked?.inputProblems({})).toEqual(["arguments: must have required property 'city'"])
    expect(checked?.inputProblems({ city: 'Bern' })).toEqual([])
    expect(checked?.outputProblems({ celsius: 'hot' })).toEqual([
      'structuredContent/celsius: must be number',
    ])
    const free = snapshot.find('tool', 'free')
    expect([free?.inputProblems(1), free?.outputProblems(1)]).toEqual([[], []])
  })
})

describe('when the database is away', () => {
  it('the last good snapshot is served, warned of once, and the next change is seen', async () => {
    await publish('away', 'a')
    const warnings: string[] = []
    let isAway = false
    const aws = watchedAws(test, () => {
      if (isAway) throw new Error('no route to the database')
    })
    const log = { ...silentLog, warn: (_: object, message: string) => void warnings.push(message) }
    const catalog = createDynamoCatalog({ aws, sealer: testSealer, checkMs: 1500, log, clock })
    const good = await catalog.snapshot('away')
    isAway = true
    for (let check = 0; check < 3; check++) {
      nowMs += 1500
      expect(await catalog.snapshot('away')).toBe(good)
    }
    expect(warnings).toEqual(['catalog not readable; the last one is served'])
    isAway = false
    await publish('away', 'b')
    nowMs += 1500
    expect(await names(catalog, 'away')).toEqual(['b'])
    isAway = true
    nowMs += 1500
    expect(await names(catalog, 'away')).toEqual(['b'])
    expect(warnings).toHaveLength(2)
    aws.close()
  })

  it('an endpoint that was never loaded is an error, and loads once it is back', async () => {
    await publish('cold', 'a')
    let isAway = true
    const aws = watchedAws(test, () => {
      if (isAway) throw new Error('no route to the database')
    })
    const catalog = openCatalog(aws)
    await expect(catalog.snapshot('cold')).rejects.toThrow('no route to the database')
    isAway = false
    expect(await names(catalog, 'cold')).toEqual(['a'])
    aws.close()
  })

  it('for good, what was loaded goes on being served', async () => {
    const gone = await startTestAws()
    const catalog = openCatalog(gone.aws)
    await catalog.activate(aVersion({ endpointId: 'gone', functions: [aTool('a')] }))
    expect(await names(catalog, 'gone')).toEqual(['a'])
    await gone.stop()
    nowMs += 1500
    expect(await names(catalog, 'gone')).toEqual(['a'])
  })
})

describe('definitions in the bucket', () => {
  it('that are lost make the endpoint unavailable, naming the package, until it is pushed again', async () => {
    const { ref, ...rest } = aVersion({ endpointId: 'lost', functions: [aTool('a')] })
    await openCatalog().activate({ ref, ...rest })
    const { DeleteObjectCommand } = await import('@aws-sdk/client-s3')
    const s3 = await test.aws.s3()
    await s3.send(
      new DeleteObjectCommand({
        Bucket: test.aws.bucket,
        Key: `bundles/lost/weather/${ref.sha256}.json`,
      }),
    )
    await expect(openCatalog().snapshot('lost')).rejects.toMatchObject({
      code: 'BUNDLE_UNAVAILABLE',
      message: expect.stringContaining('package "weather"'),
    })
    expect(await openCatalog().activate({ ref, ...rest })).toBe('unchanged')
    expect(await names(openCatalog(), 'lost')).toEqual(['a'])
  })
})
