import { describe, expect, it } from 'vitest'
import {
  callTool,
  gateways,
  graphql,
  type Manager,
  managerOf,
  newEndpoint,
  operator,
  publishNotes,
  useManagement,
} from '../support/management.js'
import { ADMIN_TOKEN } from '../support/gateway.js'
import { ADDRESS, deedsOf, soon } from './deeds.js'

useManagement()

const KEY = 'id keyId name userId roles functions createdAt createdBy lastUsedAt expiresAt'

interface Key {
  readonly id: string
  readonly keyId: string
  readonly name: string
  readonly userId: string
}

interface UserError {
  readonly field: readonly string[]
  readonly code: string
}

interface Made {
  readonly apiKey: Key | null
  readonly text: string | null
  readonly userErrors: readonly UserError[]
}

async function create(manager: Manager, input: object): Promise<Made> {
  const { data, errors } = await manager.onFirst<{ createApiKey: Made } | null>(
    `mutation ($input: CreateApiKeyInput!) {
      createApiKey(input: $input) { apiKey { ${KEY} } text userErrors { field code } }
    }`,
    { input },
  )
  if (data === null) throw new Error(JSON.stringify(errors))
  return data.createApiKey
}

async function rename(manager: Manager, input: object) {
  const { data } = await manager.onFirst<{ updateApiKey: Omit<Made, 'text'> }>(
    `mutation ($input: UpdateApiKeyInput!) {
      updateApiKey(input: $input) { apiKey { keyId name } userErrors { field code } }
    }`,
    { input },
  )
  return data.updateApiKey
}

async function revoke(manager: Manager, input: object) {
  const { data } = await manager.onFirst<{
    revokeApiKey: { revokedKeyId: string | null; userErrors: readonly UserError[] }
  }>(
    `mutation ($input: RevokeApiKeyInput!) {
      revokeApiKey(input: $input) { revokedKeyId userErrors { field code } }
    }`,
    { input },
  )
  return data.revokeApiKey
}

/** As the other instance lists them. */
async function keysOf(manager: Manager, args = ''): Promise<unknown[]> {
  const { data } = await manager.onSecond<{ endpoint: { apiKeys: { nodes: unknown[] } } }>(
    `{ endpoint { apiKeys${args} { nodes { ${KEY} } } } }`,
  )
  return data.endpoint.apiKeys.nodes
}

describe('a key', () => {
  it('is made at one instance and good at the other, for what it is for', async () => {
    const ada = await managerOf()
    await publishNotes(ada.endpointId)
    const made = await create(ada, { name: 'ci', userId: 'ben', functions: ['tool:echo'], days: 7 })
    expect(made.userErrors).toEqual([])
    expect(made.apiKey).toMatchObject({
      name: 'ci',
      userId: 'ben',
      roles: ['CALLER'],
      functions: ['tool:echo'],
      createdBy: 'ada',
      lastUsedAt: null,
    })
    expect(await keysOf(ada)).toEqual([made.apiKey])
    const as = { endpointId: ada.endpointId, token: made.text ?? '' }
    const echoed = await callTool(as, 'echo', { said: 'by a key' }, gateways().second)
    expect(echoed).toContain('by a key')
    expect(await callTool(as, 'greet', {}, gateways().second)).not.toContain('hello')
    // Once at most, wherever: the audit knows who made it, and nothing of its text.
    await soon(async () => {
      const deeds = await deedsOf(ada, 'key.created')
      const after = { name: 'ci', roles: ['caller'], functions: ['tool:echo'] }
      const target = made.apiKey?.keyId
      expect(deeds).toMatchObject([{ actor: 'ada', target, address: ADDRESS, before: null, after }])
      expect(JSON.stringify(deeds)).not.toContain(made.text)
    })
  })

  it('is found by its id and its global id, by its user, and by nobody of another endpoint', async () => {
    const ada = await managerOf()
    const { apiKey } = await create(ada, { name: 'ci', userId: 'ben' })
    await create(ada, { name: 'other' })
    const FIND = `query ($keyId: ID!, $id: ID!) {
      endpoint { apiKey(keyId: $keyId) { name } }
      node(id: $id) { ... on ApiKey { name } }
    }`
    const found = await ada.onSecond(FIND, { keyId: apiKey?.keyId, id: apiKey?.id })
    expect(found.data).toEqual({ endpoint: { apiKey: { name: 'ci' } }, node: { name: 'ci' } })
    expect(await keysOf(ada, '(userId: "ben")')).toMatchObject([{ name: 'ci' }])
    const stranger = await managerOf()
    const unseen = await stranger.onSecond(FIND, { keyId: apiKey?.keyId, id: apiKey?.id })
    expect(unseen).toMatchObject({ data: { endpoint: { apiKey: null }, node: null }, errors: [] })
    expect(await revoke(stranger, { keyId: apiKey?.keyId })).toEqual({
      revokedKeyId: null,
      userErrors: [{ field: [], code: 'NOT_FOUND' }],
    })
  })

  it('is made once under an idempotency key, and its text shown once', async () => {
    const ada = await managerOf()
    const input = { name: 'ci', idempotencyKey: 'a-key' }
    const [one, two] = await Promise.all([create(ada, input), create(ada, input)])
    const [made, other] = one.text === null ? [two, one] : [one, two]
    expect(made.text).toMatch(/^mcp_/)
    // The other came while it was under way, or after.
    expect(other.text).toBeNull()
    const again = await create(ada, input)
    expect(again).toEqual({ ...made, text: null })
    expect(await keysOf(ada)).toHaveLength(1)
  })

  it('can do no more than its maker, and only what a key can be', async () => {
    const ada = await managerOf()
    const refused = async (input: object) =>
      (await create(ada, { name: 'ci', ...input })).userErrors
    expect(await refused({ roles: ['OPERATOR'] })).toEqual([{ field: [], code: 'FORBIDDEN' }])
    expect(await refused({ userId: 'operator:olga' })).toEqual([{ field: [], code: 'FORBIDDEN' }])
    const wrong = [
      ['days', { days: 0 }],
      ['days', { days: 367 }],
      ['name', { name: '' }],
      ['userId', { userId: 'operator' }],
      ['functions', { functions: [''] }],
      ['roles', { roles: [] }],
    ] as const
    for (const [field, input] of wrong)
      expect(await refused(input)).toEqual([{ field: ['input', field], code: 'INVALID_INPUT' }])
    const limited = await create(ada, { name: 'some', roles: ['ADMIN'], functions: ['echo'] })
    const url = `${gateways().first.url}/${ada.endpointId}`
    const more = 'mutation { createApiKey(input: { name: "all" }) { text } }'
    await expect(graphql(url, limited.text ?? '', more)).rejects.toThrow('403')
    expect(await keysOf(ada)).toMatchObject([{ keyId: limited.apiKey?.keyId }])
  })

  it('gets another name, which the other instance shows', async () => {
    const ada = await managerOf()
    const { apiKey } = await create(ada, { name: 'ci' })
    const { keyId } = apiKey ?? {}
    const renamed = await rename(ada, { keyId, name: 'nightly' })
    expect(renamed).toEqual({ apiKey: { keyId, name: 'nightly' }, userErrors: [] })
    expect(await keysOf(ada)).toMatchObject([{ keyId, name: 'nightly' }])
    expect((await rename(ada, { keyId, name: '' })).userErrors).toEqual([
      { field: ['input', 'name'], code: 'INVALID_INPUT' },
    ])
    expect((await rename(ada, { keyId: 'nothing', name: 'ci' })).userErrors).toEqual([
      { field: [], code: 'NOT_FOUND' },
    ])
    await soon(async () =>
      expect(await deedsOf(ada, 'key.renamed')).toMatchObject([
        { actor: 'ada', target: keyId, before: { name: 'ci' }, after: { name: 'nightly' } },
      ]),
    )
  })

  it('is over everywhere once it is revoked', async () => {
    const ada = await managerOf()
    await publishNotes(ada.endpointId)
    const { apiKey, text } = await create(ada, { name: 'ci' })
    const { keyId } = apiKey ?? {}
    const as = { endpointId: ada.endpointId, token: text ?? '' }
    expect(await callTool(as, 'echo', { said: 'hi' }, gateways().second)).toContain('hi')
    expect(await revoke(ada, { keyId })).toEqual({ revokedKeyId: keyId, userErrors: [] })
    await soon(async () => {
      expect(await callTool(as, 'echo', {}, gateways().second)).toContain('token')
    })
    expect(await keysOf(ada)).toEqual([])
    expect((await revoke(ada, { keyId })).userErrors).toEqual([{ field: [], code: 'NOT_FOUND' }])
    await soon(async () =>
      expect(await deedsOf(ada, 'key.revoked')).toMatchObject([
        { address: ADDRESS, before: { roles: ['caller'] }, after: null },
      ]),
    )
  })
})

describe('an operator’s key', () => {
  it('is made, renamed and revoked where no endpoint is named, and good for the whole gateway', async () => {
    const made = await create(operator(), { name: 'on call', roles: ['OPERATOR'] })
    expect(made.userErrors).toEqual([])
    const url = gateways().second.url
    const viewer = '{ viewer { userId endpointId rights } }'
    const seen = await graphql(url, made.text ?? '', viewer)
    expect(seen.data).toMatchObject({
      viewer: {
        userId: `operator:key:${made.apiKey?.keyId}`,
        endpointId: null,
        rights: expect.arrayContaining(['OPERATE']) as unknown,
      },
    })
    const { keyId } = made.apiKey ?? {}
    expect((await rename(operator(), { keyId, name: 'night' })).userErrors).toEqual([])
    expect(await revoke(operator(), { keyId })).toEqual({ revokedKeyId: keyId, userErrors: [] })
    await soon(async () => {
      await expect(graphql(url, made.text ?? '', viewer)).rejects.toThrow('401')
    })
  })

  it('that was made at an endpoint is renamed and revoked there too, and an endpoint’s own as well', async () => {
    const endpointId = newEndpoint()
    const ask = (query: string, variables?: object) =>
      graphql(`${gateways().first.url}/${endpointId}`, ADMIN_TOKEN, query, variables)
    const olga = { ...operator(), onFirst: ask } as Manager
    for (const roles of [['OPERATOR'], ['CALLER']]) {
      const { apiKey } = await create(olga, { name: 'at hand', roles })
      const { keyId } = apiKey ?? {}
      expect(await rename(olga, { keyId, name: 'at night' })).toMatchObject({
        apiKey: { keyId, name: 'at night' },
      })
      expect(await revoke(olga, { keyId })).toEqual({ revokedKeyId: keyId, userErrors: [] })
    }
  })
})

describe('pages of keys', () => {
  it('go from the oldest on and back, with how many there are', async () => {
    const ada = await managerOf()
    for (const name of ['a', 'b', 'c']) await create(ada, { name })
    const page = async (args: string) => {
      const { data } = await ada.onSecond<{
        endpoint: {
          apiKeys: {
            nodes: { name: string }[]
            totalCount: number
            pageInfo: { startCursor: string; endCursor: string }
          }
        }
      }>(`{ endpoint { apiKeys(${args}) {
        nodes { name } totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      } } }`)
      return data.endpoint.apiKeys
    }
    const first = await page('first: 2')
    expect(first).toMatchObject({
      nodes: [{ name: 'a' }, { name: 'b' }],
      totalCount: 3,
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    })
    const second = await page(`first: 2, after: "${first.pageInfo.endCursor}"`)
    expect(second).toMatchObject({
      nodes: [{ name: 'c' }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    })
    const back = await page(`last: 1, before: "${second.pageInfo.startCursor}"`)
    expect(back.nodes).toEqual([{ name: 'b' }])
  })
})
