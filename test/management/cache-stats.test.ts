import { describe, expect, it } from 'vitest'
import { CACHE_KINDS } from '../../src/domain/cache-kind.js'
import {
  callTool,
  type Manager,
  managerOf,
  publishNotes,
  shown,
  useManagement,
} from '../support/management.js'
import { hasRedis } from '../support/redis.js'
import { deedsOf, soon } from './deeds.js'

useManagement()

const KINDS = CACHE_KINDS.map((kind) => kind.toUpperCase())

/** One that hears of nothing has no others to ask. */
const INSTANCES = hasRedis ? 2 : 1

interface Stats {
  readonly instanceId: string
  readonly entries: readonly { readonly kind: string; readonly count: number }[]
}

async function statsOf(ada: Manager): Promise<readonly Stats[]> {
  const { data } = await ada.onSecond<{ endpoint: { cacheStats: readonly Stats[] } }>(
    '{ endpoint { cacheStats { instanceId entries { kind count } } } }',
  )
  return data.endpoint.cacheStats
}

async function purge(ada: Manager, input: object) {
  const { data } = await ada.onFirst<{
    purgeCache: {
      readonly purged: readonly Stats[]
      readonly userErrors: readonly { readonly field: readonly string[]; readonly code: string }[]
    }
  }>(
    `mutation ($input: PurgeCacheInput!) {
      purgeCache(input: $input) {
        purged { instanceId entries { kind count } } userErrors { field code }
      }
    }`,
    { input },
  )
  return data.purgeCache
}

function countOf(stats: readonly Stats[], kind: string): number {
  const entries = stats.flatMap((each) => each.entries).filter((entry) => entry.kind === kind)
  return entries.reduce((sum, { count }) => sum + count, 0)
}

describe('what instances remember', () => {
  it('is told by each of them, whichever is asked', async () => {
    const ada = await managerOf()
    await publishNotes(ada.endpointId)
    await callTool(ada, 'echo', {})
    const stats = await statsOf(ada)
    expect(new Set(stats.map(({ instanceId }) => instanceId)).size).toBe(INSTANCES)
    for (const { entries } of stats)
      expect(entries.map(({ kind }) => kind).sort()).toEqual([...KINDS].sort())
    expect(countOf(stats, 'SNAPSHOT')).toBeGreaterThan(0)
    expect(countOf(stats, 'MODULE')).toBeGreaterThan(0)
  })

  it('is of kinds that the schema names in the order in which one is made from the other', async () => {
    const ada = await managerOf()
    const query = '{ __type(name: "CacheKind") { enumValues { name } } }'
    expect(await shown(ada.onFirst, query)).toEqual({
      __type: { enumValues: KINDS.map((name) => ({ name })) },
    })
  })

  it('is forgotten by all of them at once, is made again when needed, and one record says by whom', async () => {
    const ada = await managerOf()
    await publishNotes(ada.endpointId)
    await callTool(ada, 'echo', {})
    const { purged, userErrors } = await purge(ada, { scope: 'MODULE', idempotencyKey: 'once' })
    expect(userErrors).toEqual([])
    expect(new Set(purged.map(({ instanceId }) => instanceId)).size).toBe(INSTANCES)
    expect(countOf(purged, 'MODULE')).toBeGreaterThan(0)
    expect(await callTool(ada, 'echo', { said: 'again' })).toContain('again')
    // The answer of before, and nothing forgotten anew.
    expect((await purge(ada, { scope: 'MODULE', idempotencyKey: 'once' })).purged).toEqual(purged)
    await soon(async () =>
      expect(await deedsOf(ada, 'cache.purged')).toMatchObject([
        { actor: 'ada', target: 'module', before: { module: countOf(purged, 'MODULE') } },
      ]),
    )
  })

  it('of other endpoints is neither told nor forgotten', async () => {
    const ada = await managerOf()
    const neighbour = await managerOf()
    await publishNotes(neighbour.endpointId)
    await callTool(neighbour, 'echo', {})
    expect(countOf(await statsOf(ada), 'MODULE')).toBe(0)
    const before = countOf(await statsOf(neighbour), 'MODULE')
    await purge(ada, { scope: 'SETTING' })
    expect(countOf(await statsOf(neighbour), 'MODULE')).toBe(before)
    const there = await purge(ada, { endpointId: neighbour.endpointId })
    expect(there).toEqual({ purged: [], userErrors: [{ field: [], code: 'FORBIDDEN' }] })
  })

  it('is not forgotten by a key that is none', async () => {
    const ada = await managerOf()
    const wrong = await purge(ada, { scope: 'MODULE', key: 'x'.repeat(257) })
    expect(wrong.userErrors).toEqual([{ field: ['input', 'key'], code: 'INVALID_INPUT' }])
    for (const scope of ['SNAPSHOT', 'LIST', undefined])
      expect((await purge(ada, { scope, key: 'notes' })).userErrors).toEqual(wrong.userErrors)
  })
})
