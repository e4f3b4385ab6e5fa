import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, it } from 'vitest'
import {
  activePackage,
  aTool,
  aVersion,
  expectActive,
  isSwitch,
  listed,
  rowsOf,
  type VersionOptions,
  watchedAws,
} from './bundle-version.js'
import { endpointId, moveOn, openCatalog, test, version, useOwnEndpoint } from './own-endpoint.js'

useOwnEndpoint()

describe('a package', () => {
  const other = (change: Partial<VersionOptions>) =>
    aVersion({ endpointId, packageName: 'other', moduleName: 'other', functions: [], ...change })

  it('does not take over a function of another, and leaves no trace when it tries', async () => {
    await openCatalog().activate(version(['lookup']))
    const thief = other({ functions: [aTool('fine'), aTool('lookup')] })
    await expect(openCatalog().activate(thief)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(
        'tool "lookup" of this endpoint belongs to package "weather"',
      ),
    })
    expect(await listed(test.aws, endpointId, 'functions', 'name')).toEqual(['lookup'])
    expect(await listed(test.aws, endpointId, 'modules', 'module_name')).toEqual([
      '@weather',
      'weather',
    ])
  })

  it('does not take over a module of another', async () => {
    await openCatalog().activate(version(['lookup']))
    const thief = other({ moduleName: 'weather', functions: [aTool('fine')] })
    await expect(openCatalog().activate(thief)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(
        'module "weather" of this endpoint belongs to package "weather"',
      ),
    })
  })

  it('does not take over what the operator defined by hand', async () => {
    await openCatalog().activate(version(['lookup']))
    const [row] = await rowsOf(test.aws, 'functions', endpointId)
    await test.aws.db.send(
      new UpdateCommand({
        TableName: test.aws.tables.functions,
        Key: { endpoint_id: endpointId, function_uuid: row?.['function_uuid'] },
        UpdateExpression: 'SET origin = :operator REMOVE package_name',
        ExpressionAttributeValues: { ':operator': 'operator' },
      }),
    )
    const changed = aTool('lookup', { data: { name: 'lookup', title: 'Mine' } })
    await expect(
      openCatalog().activate(aVersion({ endpointId, functions: [changed] })),
    ).rejects.toMatchObject({ message: expect.stringContaining('belongs to the operator') })
  })

  it('that loses a name to another while it writes is refused and cleaned up', async () => {
    const rival = other({ functions: [aTool('shared')] })
    const aws = watchedAws(test, async (request) => {
      if (request['UpdateExpression'] !== undefined) await once()
    })
    let raced: Promise<unknown> | undefined
    const once = () => (raced ??= openCatalog().activate(rival))
    const late = openCatalog({ aws }).activate(version(['mine', 'shared']))
    await expect(late).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('belongs to package "other"'),
    })
    aws.close()
    expect(await listed(test.aws, endpointId, 'functions', 'name')).toEqual(['shared'])
    expect(await listed(test.aws, endpointId, 'modules', 'module_name')).toEqual([
      '@other',
      'other',
    ])
  })

  it('may use the name that another has given up', async () => {
    await openCatalog().activate(version(['lookup', 'rest']))
    await openCatalog().activate(version(['rest']))
    const heir = other({ functions: [aTool('lookup')] })
    expect(await openCatalog().activate(heir)).toBe('activated')
    const snapshot = await openCatalog().snapshot(endpointId)
    expect(snapshot.find('tool', 'lookup')?.target.bundle.packageName).toBe('other')
  })
})

describe('two activations of a package', () => {
  it('at once end with one of the versions, whole', async () => {
    for (let round = 0; round < 5; round++) {
      moveOn()
      await openCatalog().activate(version(['start', 'shared']))
      const rivals = [
        version(['left', 'shared'], { setting: { side: 'left' } }),
        version(['right', 'shared'], { setting: { side: 'right' } }),
      ]
      const outcomes = await Promise.allSettled(
        rivals.map((rival) => openCatalog().activate(rival)),
      )
      const lost = outcomes.filter((outcome) => outcome.status === 'rejected')
      expect(lost.map((outcome) => outcome.reason.code)).toEqual(lost.map(() => 'CONFLICT'))
      expect(lost.length).toBeLessThan(2)
      const sha256 = (await activePackage(test.aws, endpointId))?.['active_sha256']
      const winner = rivals.find((rival) => rival.ref.sha256 === sha256)
      await expectActive(test.aws, winner ?? version(['nobody']))
    }
  })

  it('where one is overtaken: it is refused, and its rows give way to the winner', async () => {
    await openCatalog().activate(version(['start']))
    const winner = version(['won'], { setting: { side: 'winner' } })
    const aws = watchedAws(test, async (request) => {
      if (isSwitch(request)) await openCatalog().activate(winner)
    })
    const loser = version(['lost'], { setting: { side: 'loser' } })
    await expect(openCatalog({ aws }).activate(loser)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('Another activation of package "weather" won'),
    })
    aws.close()
    await expectActive(test.aws, winner)
    expect(await rowsOf(test.aws, 'audit', endpointId)).toHaveLength(2)
  })

  it('where one dies half-way: the old version is served, and the next puts the rows right', async () => {
    const old = version(['old'])
    await openCatalog().activate(old)
    let isDead = false
    const aws = watchedAws(test, (request) => {
      isDead ||= isSwitch(request)
      if (isDead) throw new Error('killed')
    })
    const dying = openCatalog({ aws }).activate(version(['new'], { setting: { unit: 'K' } }))
    await expect(dying).rejects.toThrow('killed')
    aws.close()
    const snapshot = await openCatalog().snapshot(endpointId)
    expect(snapshot.list('tool').map(({ name }) => name)).toEqual(['old'])
    expect(snapshot.find('tool', 'old')?.target.setting).toEqual({ unit: 'C' })
    const next = version(['next'], { setting: { unit: 'F' } })
    await openCatalog().activate(next)
    await expectActive(test.aws, next)
  })
})
