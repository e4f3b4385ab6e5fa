import { describe, expect, it } from 'vitest'
import {
  callTool,
  type Manager,
  managerOf,
  publishNotes,
  useManagement,
} from '../support/management.js'
import { hasRedis } from '../support/redis.js'
import { deedsOf, soon } from './deeds.js'

useManagement()

interface Page<Node> {
  readonly nodes: readonly Node[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly endCursor: string | null
  }
}

const PAGE_INFO = 'pageInfo { hasNextPage hasPreviousPage endCursor }'

interface Told {
  readonly type: string
  readonly time: string
  readonly callId: string | null
  readonly data: { readonly function: { readonly name: string } }
}

async function eventsOf(manager: Manager, variables: object): Promise<Page<Told>> {
  // With Redis another instance has them too.
  const ask = hasRedis ? manager.onSecond : manager.onFirst
  const { data, errors } = await ask<{ endpoint: { events: Page<Told> } } | null>(
    `query ($userId: String!, $first: Int, $after: String) {
      endpoint {
        events(userId: $userId, first: $first, after: $after) {
          nodes { type time callId data } ${PAGE_INFO}
        }
      }
    }`,
    variables,
  )
  if (errors.length > 0 || data === null) throw new Error(JSON.stringify(errors))
  return data.endpoint.events
}

interface Entry {
  readonly id: string
  readonly action: string
  readonly target: string | null
  readonly createdAt: string
}

async function auditOf(manager: Manager, variables: object = {}): Promise<Page<Entry>> {
  const { data, errors } = await manager.onSecond<{
    endpoint: { auditEntries: Page<Entry> }
  } | null>(
    `query ($first: Int, $after: String, $since: DateTime) {
      endpoint {
        auditEntries(first: $first, after: $after, since: $since) {
          nodes { id action actor target address count createdAt detail before after } ${PAGE_INFO}
        }
      }
    }`,
    variables,
  )
  if (errors.length > 0 || data === null) throw new Error(JSON.stringify(errors))
  return data.endpoint.auditEntries
}

async function rename(ada: Manager, keyId: string, name: string): Promise<void> {
  await ada.onFirst(
    `mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { userErrors { code } } }`,
    { input: { keyId, name } },
  )
}

describe('a user’s events', () => {
  it('are kept for whoever manages the endpoint, the oldest first, page by page', async () => {
    const ada = await managerOf()
    await publishNotes(ada.endpointId)
    const ben = await managerOf({ endpointId: ada.endpointId, userId: 'ben', role: 'caller' })
    for (const name of ['echo', 'greet', 'fail']) await callTool(ben, name)
    await callTool(ada, 'greet')
    const first = await eventsOf(ada, { userId: 'ben', first: 2 })
    expect(first.pageInfo.hasNextPage).toBe(true)
    expect(first.nodes).toMatchObject([
      { type: 'call.completed', data: { function: { type: 'tool', name: 'echo' } } },
      { type: 'call.completed', data: { function: { type: 'tool', name: 'greet' } } },
    ])
    expect(first.nodes[0]?.callId).toMatch(/^[0-9a-f-]{36}$/)
    const second = await eventsOf(ada, { userId: 'ben', after: first.pageInfo.endCursor })
    expect(second).toMatchObject({
      nodes: [{ type: 'call.failed', data: { function: { name: 'fail' } } }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    })
    expect(second.nodes).toHaveLength(1)
  })

  it('of nobody, and of users of other endpoints, are none', async () => {
    const ada = await managerOf()
    const stranger = await managerOf()
    await publishNotes(ada.endpointId)
    await callTool(ada, 'greet')
    expect((await eventsOf(ada, { userId: 'nobody' })).nodes).toEqual([])
    expect((await eventsOf(stranger, { userId: 'ada' })).nodes).toEqual([])
  })

  it('are not shown for a cursor of another list, nor for a name that nobody can have', async () => {
    const ada = await managerOf()
    await publishNotes(ada.endpointId)
    await callTool(ada, 'greet')
    const { nodes, pageInfo } = await eventsOf(ada, { userId: 'ada' })
    expect(nodes).toHaveLength(1)
    const after = pageInfo.endCursor
    await expect(eventsOf(ada, { userId: 'ben', after })).rejects.toThrow('CURSOR_INVALID')
    await expect(eventsOf(await managerOf(), { userId: 'ada', after })).rejects.toThrow(
      'CURSOR_INVALID',
    )
    await expect(eventsOf(ada, { userId: '\ud800' })).rejects.toThrow('INVALID_PARAMS')
    await expect(eventsOf(ada, { userId: 'ada', first: 101 })).rejects.toThrow('INVALID_PARAMS')
  })
})

describe('the audit', () => {
  it('says who did what, from where, with what was and what is, the newest first', async () => {
    const ada = await managerOf()
    const { data } = await ada.onFirst<{ createApiKey: { apiKey: { keyId: string } } }>(
      'mutation { createApiKey(input: { name: "a" }) { apiKey { keyId } } }',
    )
    const { keyId } = data.createApiKey.apiKey
    for (const name of ['b', 'c']) await rename(ada, keyId, name)
    const all = await soon(async () => {
      const page = await auditOf(ada)
      expect(page.nodes).toHaveLength(3)
      return page
    })
    expect(all.nodes).toMatchObject([
      { action: 'key.renamed', actor: 'ada', target: keyId, count: 1, after: { name: 'c' } },
      { action: 'key.renamed', actor: 'ada', target: keyId, before: { name: 'a' } },
      { action: 'key.created', actor: 'ada', target: keyId },
    ])
    expect(await deedsOf(await managerOf(), 'key.renamed')).toEqual([])

    const first = await auditOf(ada, { first: 2 })
    expect(first).toMatchObject({
      nodes: all.nodes.slice(0, 2),
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    })
    const second = await auditOf(ada, { first: 2, after: first.pageInfo.endCursor })
    expect(second).toMatchObject({
      nodes: all.nodes.slice(2),
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    })
    const since = new Date(Date.now() + 60_000).toISOString()
    expect((await auditOf(ada, { since })).nodes).toEqual([])
    // A cursor is good for the question that it came from.
    const after = first.pageInfo.endCursor
    await expect(auditOf(ada, { since, after })).rejects.toThrow('CURSOR_INVALID')
    await expect(auditOf(await managerOf(), { after })).rejects.toThrow('CURSOR_INVALID')
  })
})
