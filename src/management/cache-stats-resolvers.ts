/** What the instances of the gateway remember of an endpoint, and how they are made to forget it. */
import type { InstanceEntries } from '../cache/cache.js'
import type { ManagementContext } from './context.js'
import { fromCacheKind, toCacheKind } from './enums.js'
import { invalid } from './input.js'
import type { CacheStats, PurgeCacheInput, Resolvers } from './schema-types.js'

const MAX_KEY_CHARS = 256

export const cacheStatsResolvers: Resolvers = {
  Endpoint: {
    cacheStats: async ({ endpointId }, _args, { parts: { caches } }) =>
      (await caches.describe(endpointId)).map(toStats),
  },
  Mutation: {
    purgeCache: (_source, { input }, context) => purgeCache(context, input),
  },
}

async function purgeCache(context: ManagementContext, input: PurgeCacheInput) {
  const { parts, caller, address } = context
  const { endpointId } = context.at(input.endpointId)
  const scope = toCacheKind(input.scope ?? 'SNAPSHOT')
  const key = input.key ?? undefined
  if (key !== undefined && (key.length < 1 || key.length > MAX_KEY_CHARS))
    throw invalid(`key: must have 1 to ${MAX_KEY_CHARS} characters`)
  if (key !== undefined && (scope === 'snapshot' || scope === 'list'))
    throw invalid('key: SNAPSHOT and LIST are forgotten whole, and take none')
  const purged = await parts.caches.purge(endpointId, { scope, key })
  parts.audit.note({
    endpointId,
    actor: caller.userId,
    action: 'cache.purged',
    target: scope,
    address,
    detail: { key, instances: purged.length },
    before: countsOf(purged),
    after: {},
  })
  return { purged: purged.map(toStats), userErrors: [] }
}

function toStats({ instanceId, entries }: InstanceEntries): CacheStats {
  const named = entries.map(({ kind, count }) => ({ kind: fromCacheKind(kind), count }))
  return { instanceId, entries: named }
}

/** How many were forgotten of each kind, on all instances together. */
function countsOf(purged: readonly InstanceEntries[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { kind, count } of purged.flatMap(({ entries }) => entries))
    counts[kind] = (counts[kind] ?? 0) + count
  return counts
}
