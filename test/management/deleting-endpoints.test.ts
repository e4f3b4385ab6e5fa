import { describe, expect, it, vi } from 'vitest'
import {
  gateways,
  managerOf,
  mutate,
  newEndpoint,
  operator,
  publishNotes,
  shown,
  useManagement,
} from '../support/management.js'
import { audited, create, end, seen } from './endpoint-steps.js'

useManagement()

describe('deleting an endpoint', () => {
  /** An endpoint with something of everything. */
  async function filled() {
    const admin = await managerOf()
    const { endpointId } = admin
    const { keys, userChanges } = gateways().first.parts
    await create({ endpointId })
    await publishNotes(endpointId)
    await publishNotes(endpointId, { packageName: 'more', tools: ['extra'] })
    const maker = { userId: 'test', roles: ['admin'] } as const
    const key = { home: endpointId, name: 'ci', userId: 'ci', roles: ['admin'], days: 1 } as const
    const { text } = await keys.create(maker, key)
    const password = 'correct horse battery'
    for (const username of ['ann', 'bob'])
      await userChanges.add({ home: endpointId, username, by: 'test' }, { roles: [], password })
    const data = { name: 'by_hand', description: 'By hand', inputSchema: { type: 'object' } }
    const code = { moduleName: 'notes', className: 'Notes', methodName: 'echo' }
    await mutate(admin.onFirst, 'createFunction', { type: 'TOOL', data, ...code })
    const off = { type: 'TOOL', key: 'echo', status: 'DISABLED' }
    await mutate(admin.onFirst, 'setFunctionStatus', off)
    return { endpointId, key: text }
  }

  /** What is left of it, on the other gateway. */
  async function left(endpointId: string) {
    const query = `query ($endpointId: ID!) { endpoint(endpointId: $endpointId) {
      createdAt
      packages { totalCount } modules { totalCount } functions { totalCount }
      settings { totalCount } apiKeys { totalCount } users { nodes { username } } } }`
    const { onSecond } = operator()
    const data = await shown<{ endpoint: object }>(onSecond, query, { endpointId })
    return data.endpoint
  }

  const NOTHING = {
    createdAt: null,
    packages: { totalCount: 0 },
    modules: { totalCount: 0 },
    functions: { totalCount: 0 },
    settings: { totalCount: 0 },
    apiKeys: { totalCount: 0 },
    users: { nodes: [] },
  }

  /** What is published there again begins anew: nothing that was set before holds. */
  async function expectAnew(endpointId: string) {
    await publishNotes(endpointId)
    const query = `query ($endpointId: ID!) { endpoint(endpointId: $endpointId) {
      functionCounts { tools disabled } } }`
    expect(await shown(operator().onSecond, query, { endpointId })).toEqual({
      endpoint: { functionCounts: { tools: 4, disabled: 0 } },
    })
  }

  it('removes all that is in it and ends what was given there, with one record of its own', async () => {
    const { endpointId, key } = await filled()
    expect(await end({ endpointId, confirm: endpointId })).toEqual({
      deletedEndpointId: endpointId,
      userErrors: [],
    })
    expect(await left(endpointId)).toEqual(NOTHING)
    const response = await fetch(`${gateways().second.url}/${endpointId}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ viewer { userId } }' }),
    })
    expect(response.status).toBe(401)
    await audited(endpointId, 'endpoint.deleted')
    await expectAnew(endpointId)
  })

  it('does the rest where it was cut off half-way, and is done again in vain', async () => {
    const { endpointId } = await filled()
    const { keys, userChanges, management } = gateways().second.parts
    const by = 'operator'
    for (const { keyId } of await keys.list(endpointId))
      await keys.revoke({ home: endpointId, keyId, by })
    await userChanges.remove({ home: endpointId, username: 'ann', by })
    // With it goes the class of the function that was defined by hand, which nobody sees then.
    for (const packageName of ['more', 'notes'])
      await management.administration.removePackage({ endpointId, packageName, actor: by })
    for (let times = 0; times < 2; times++) {
      const done = await end({ endpointId, confirm: endpointId })
      expect(done).toEqual({ deletedEndpointId: endpointId, userErrors: [] })
      expect(await left(endpointId)).toEqual(NOTHING)
    }
    await expectAnew(endpointId)
  })

  it('takes away what restricts functions only when none can be called any longer', async () => {
    const { endpointId } = await filled()
    const { catalog, management } = gateways().first.parts
    const removeFunction = management.administration.removeFunction.bind(management.administration)
    const callable: number[] = []
    const spy = vi
      .spyOn(management.administration, 'removeFunction')
      .mockImplementation(async (removal) => {
        callable.push((await catalog.packages(endpointId)).length)
        return removeFunction(removal)
      })
    await end({ endpointId, confirm: endpointId })
    spy.mockRestore()
    expect(callable).toEqual([0])
    await expectAnew(endpointId)
  })

  it('asks for its name twice', async () => {
    const endpointId = newEndpoint()
    await create({ endpointId })
    expect(await end({ endpointId, confirm: `${endpointId}x` })).toMatchObject({
      deletedEndpointId: null,
      userErrors: [{ code: 'INVALID_INPUT', field: ['input', 'confirm'] }],
    })
    expect((await seen(endpointId)).createdAt).not.toBeNull()
  })
})
