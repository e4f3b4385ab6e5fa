import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, it } from 'vitest'
import type { Aws } from '../../src/aws/aws.js'
import { awsLosingAnswer } from '../aws/lost-answers.js'
import {
  activePackage,
  aTool,
  aVersion,
  expectActive,
  isSwitch,
  listed,
  rowsOf,
  watchedAws,
} from './bundle-version.js'
import {
  endpointId,
  openCatalog as openCatalogWith,
  test,
  version,
  useOwnEndpoint,
} from './own-endpoint.js'
import { opened } from './sealer.js'

useOwnEndpoint()

let nowMs = Date.UTC(2026, 0, 31)
/** Each activation has a minute of its own. */
const tick = () => new Date((nowMs += 60_000)).toISOString()
const updatedAt = async () =>
  new Map(
    (await rowsOf(test.aws, 'functions', endpointId)).map((row) => [
      row['name'],
      row['updated_at'],
    ]),
  )

const openCatalog = (aws: Aws = test.aws) => openCatalogWith({ aws, clock: { now: () => nowMs } })

describe('activating a version', () => {
  it('shows its functions, with their code and setting, at once', async () => {
    const catalog = openCatalog()
    expect((await catalog.snapshot(endpointId)).list('tool')).toEqual([])
    const weather = version(['lookup'])
    expect(await catalog.activate(weather)).toBe('activated')
    const found = (await catalog.snapshot(endpointId)).find('tool', 'lookup')
    expect(found?.data).toEqual(aTool('lookup').data)
    expect(found?.target).toEqual({
      bundle: weather.ref,
      moduleName: 'weather',
      className: 'Weather',
      functionName: 'lookup',
      setting: { unit: 'C' },
    })
  })

  it('keeps what its functions leave out of records, wherever it is loaded', async () => {
    const login = aTool('login', { redact: ['/password'] })
    await openCatalog().activate(aVersion({ endpointId, functions: [login, aTool('lookup')] }))
    const snapshot = await openCatalog().snapshot(endpointId)
    expect(snapshot.find('tool', 'login')?.redact).toEqual(['/password'])
    expect(snapshot.find('tool', 'lookup')?.redact).toBeUndefined()
  })

  it('leaves rows for listing as the data model has them, and an audit row', async () => {
    const now = tick()
    const weather = version(['lookup'])
    await openCatalog().activate(weather)
    expect(await rowsOf(test.aws, 'functions', endpointId)).toEqual([
      {
        endpoint_id: endpointId,
        function_uuid: expect.any(String),
        mcp_type: 'tool',
        name: 'lookup',
        module_name: 'weather',
        class_name: 'Weather',
        function_name: 'lookup',
        is_async: false,
        data: JSON.stringify(aTool('lookup').data),
        origin: 'bundle',
        package_name: 'weather',
        updated_at: now,
      },
    ])
    expect(await rowsOf(test.aws, 'modules', endpointId)).toEqual([
      expect.objectContaining({
        module_name: '@weather',
        active_sha256: weather.ref.sha256,
        previous_sha256: [],
        revision: 1,
        updated_by: 'ann',
      }),
      {
        endpoint_id: endpointId,
        module_name: 'weather',
        package_name: 'weather',
        classes: [{ class_name: 'Weather', setting_id: 'weather/weather/Weather' }],
        source: 'git',
        updated_at: now,
        updated_by: 'ann',
      },
    ])
    const settings = await rowsOf(test.aws, 'settings', endpointId)
    expect(settings).toEqual([expect.objectContaining({ updated_at: now, updated_by: 'ann' })])
    expect(opened(settings[0])).toEqual({ unit: 'C' })
    expect(await rowsOf(test.aws, 'audit', endpointId)).toEqual([
      expect.objectContaining({
        actor: 'ann',
        action: 'bundle.activate',
        target: 'weather',
        after: expect.objectContaining({ sha256: weather.ref.sha256, revision: 1 }),
        created_at: now,
      }),
    ])
  })

  it('again with the same settings changes nothing', async () => {
    await openCatalog().activate(version(['lookup']))
    const tables = ['modules', 'functions', 'settings', 'audit'] as const
    const read = () => Promise.all(tables.map((table) => rowsOf(test.aws, table, endpointId)))
    const before = await read()
    tick()
    expect(await openCatalog().activate(version(['lookup']))).toBe('unchanged')
    expect(await read()).toEqual(before)
  })

  it('with a changed setting changes that setting and nothing else', async () => {
    const catalog = openCatalog()
    await catalog.activate(version(['lookup']))
    const before = await updatedAt()
    tick()
    expect(await catalog.activate(version(['lookup'], { setting: { unit: 'F' } }))).toBe(
      'activated',
    )
    const snapshot = await catalog.snapshot(endpointId)
    expect(snapshot.find('tool', 'lookup')?.target.setting).toEqual({ unit: 'F' })
    const settings = await rowsOf(test.aws, 'settings', endpointId)
    expect(settings.map((row) => opened(row))).toEqual([{ unit: 'F' }])
    expect(await updatedAt()).toEqual(before)
    expect(await activePackage(test.aws, endpointId)).toMatchObject({ revision: 2 })
  })

  it('replaces exactly what changed', async () => {
    const first = tick()
    await openCatalog().activate(version(['kept', 'changed', 'dropped']))
    const second = tick()
    const changed = aTool('changed', { data: { name: 'changed', inputSchema: {}, title: 'New' } })
    const next = aVersion({ endpointId, functions: [aTool('kept'), changed, aTool('added')] })
    await openCatalog().activate(next)
    expect(await updatedAt()).toEqual(
      new Map([
        ['kept', first],
        ['changed', second],
        ['added', second],
      ]),
    )
    await expectActive(test.aws, next)
  })

  it('removes modules that the version no longer has', async () => {
    await openCatalog().activate(version(['lookup']))
    await openCatalog().activate(version(['lookup'], { moduleName: 'forecast' }))
    expect(await listed(test.aws, endpointId, 'modules', 'module_name')).toEqual([
      '@weather',
      'forecast',
    ])
  })

  it('leaves the overrides of the operator, and drops what the new version lacks', async () => {
    const resource = aTool('guide', { mcpType: 'resource', uri: 'docs://guide', returnType: 'str' })
    await openCatalog().activate(aVersion({ endpointId, functions: [resource] }))
    const [row] = await rowsOf(test.aws, 'functions', endpointId)
    await test.aws.db.send(
      new UpdateCommand({
        TableName: test.aws.tables.functions,
        Key: { endpoint_id: endpointId, function_uuid: row?.['function_uuid'] },
        UpdateExpression: 'SET redact = :redact',
        ExpressionAttributeValues: { ':redact': ['token'] },
      }),
    )
    const { returnType: _, ...plain } = resource
    await openCatalog().activate(aVersion({ endpointId, functions: [plain] }))
    const [after] = await rowsOf(test.aws, 'functions', endpointId)
    expect(after).toMatchObject({ redact: ['token'], uri: 'docs://guide' })
    expect(after).not.toHaveProperty('return_type')
  })

  it('back to an older version is remembered, newest first', async () => {
    const [one, two] = [version(['one']), version(['two'])]
    for (const each of [one, two, one]) await openCatalog().activate(each)
    expect(await activePackage(test.aws, endpointId)).toMatchObject({
      active_sha256: one.ref.sha256,
      previous_sha256: [two.ref.sha256],
      revision: 3,
    })
    await expectActive(test.aws, one)
  })

  it('succeeds when the answer to its switch is lost', async () => {
    const { aws, lostCount } = awsLosingAnswer(test, (input) => isSwitch({ ...input }))
    const weather = version(['lookup'])
    expect(await openCatalog(aws).activate(weather)).toBe('activated')
    aws.close()
    expect(lostCount()).toBe(1)
    await expectActive(test.aws, weather)
  })

  it('succeeds when its endpoint cannot be entered in the list, which is tried with the first one', async () => {
    let entered = 0
    const aws = watchedAws(test, (request) => {
      if (request['TableName'] !== test.aws.tables.state) return
      entered += 1
      throw new Error('no room in the list')
    })
    expect(await openCatalog(aws).activate(version(['lookup']))).toBe('activated')
    expect(await openCatalog(aws).activate(version(['other']))).toBe('activated')
    aws.close()
    expect(entered).toBe(1)
    await expectActive(test.aws, version(['other']))
  })

  it('that declares a function twice is refused before anything is written', async () => {
    const refused = openCatalog().activate(version(['lookup', 'lookup']))
    await expect(refused).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      message: 'tool "lookup" is declared twice',
    })
    expect(await rowsOf(test.aws, 'functions', endpointId)).toEqual([])
  })

  it('whose item does not fit a row is refused, naming it', async () => {
    const data = { name: 'huge', description: 'x'.repeat(400_000) }
    const huge = aVersion({ endpointId, functions: [aTool('huge', { data })] })
    await expect(openCatalog().activate(huge)).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      message: expect.stringContaining('tool "huge"'),
    })
  })
})
