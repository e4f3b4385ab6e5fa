import { afterEach, describe, expect, it } from 'vitest'
import { createCaches, type Memory } from '../../src/cache/cache.js'
import { CACHE_KINDS, type CacheKind } from '../../src/domain/cache-kind.js'
import { systemClock } from '../../src/domain/clock.js'
import { createMemoryEventLog } from '../../src/events/memory-event-log.js'
import { createPeers, type Peers } from '../../src/peers/peers.js'
import { silentLog } from '../../src/telemetry/telemetry.js'

const open: Peers[] = []

afterEach(() => {
  for (const peers of open.splice(0)) peers.close()
})

function ownLog() {
  const limits = { maxEvents: 1000, maxBytes: 1_000_000, maxAgeMs: 60_000 }
  return createMemoryEventLog({ ...limits, clock: systemClock, log: silentLog })
}

/** One that several instances of this process see. */
const sharedLog = () => ({ ...ownLog(), isShared: true })

type Forgotten = readonly [kind: CacheKind, endpointId: string, keys: readonly string[] | 'all']

/** An instance whose memories say what they were to forget; each remembers one more than the one before. */
async function instance(events = ownLog(), changes: Partial<Record<CacheKind, object>> = {}) {
  const forgotten: Forgotten[] = []
  const memories = CACHE_KINDS.map((kind, at): Memory => ({
    kind,
    count: () => at,
    forget: (endpointId, keys) => {
      forgotten.push([kind, endpointId, keys === undefined ? 'all' : [...keys]])
      return at
    },
    ...changes[kind],
  }))
  const peers = createPeers({ events, log: silentLog })
  open.push(peers)
  await peers.open()
  const caches = createCaches({ peers, memories, log: silentLog, waitMs: 1000 })
  return { caches, forgotten, instanceId: peers.instanceId }
}

const counts = (...kinds: readonly CacheKind[]) =>
  kinds.map((kind) => ({ kind, count: CACHE_KINDS.indexOf(kind) }))

describe('the caches of an instance', () => {
  it('say what is remembered of an endpoint, of each kind', async () => {
    const { caches, instanceId } = await instance()
    const entries = counts(...CACHE_KINDS)
    expect(await caches.describe('acme')).toEqual([{ instanceId, entries }])
  })

  it('forget what is made from a thing after the thing, and say how much', async () => {
    const { caches, forgotten, instanceId } = await instance()
    const purged = await caches.purge('acme', { scope: 'function' })
    const entries = counts('function', 'worker', 'snapshot', 'list')
    expect(purged).toEqual([{ instanceId, entries }])
    expect(forgotten).toEqual([
      ['function', 'acme', 'all'],
      ['worker', 'acme', 'all'],
      ['snapshot', 'acme', 'all'],
      ['list', 'acme', 'all'],
    ])
  })

  it('follow one setting to the modules that use it', async () => {
    const modulesOf = (endpointId: string, key: string) => new Set([`${endpointId}-${key}`])
    const { caches, forgotten } = await instance(ownLog(), { setting: { modulesOf } })
    await caches.purge('acme', { scope: 'setting', key: 'db' })
    expect(forgotten).toEqual([
      ['setting', 'acme', ['db']],
      ['module', 'acme', ['acme-db']],
      ['function', 'acme', ['acme-db']],
      ['worker', 'acme', ['acme-db']],
      ['snapshot', 'acme', ['acme-db']],
      ['list', 'acme', ['acme-db']],
    ])
  })

  it('forget more than was asked for where it is not known what is made from it', async () => {
    const modulesOf = () => undefined
    const { caches, forgotten } = await instance(ownLog(), { bundle: { modulesOf } })
    await caches.purge('acme', { scope: 'bundle', key: 'weather' })
    expect(forgotten.slice(0, 2)).toEqual([
      ['bundle', 'acme', ['weather']],
      ['worker', 'acme', 'all'],
    ])
  })

  it('forget the rest when one of them fails', async () => {
    const fail = () => Promise.reject(new Error('the disk is gone'))
    const failing = { snapshot: { forget: fail, count: fail } }
    const { caches, forgotten } = await instance(ownLog(), failing)
    const [purged] = await caches.purge('acme', { scope: 'snapshot' })
    expect(purged?.entries).toEqual([{ kind: 'snapshot', count: 0 }, ...counts('list')])
    expect(forgotten).toEqual([['list', 'acme', 'all']])
    const [described] = await caches.describe('acme')
    expect(described?.entries).toContainEqual({ kind: 'snapshot', count: 0 })
  })

  it('are those of every instance that answers, and each says who it is', async () => {
    const events = sharedLog()
    const [first, second] = [await instance(events), await instance(events)]
    const entries = counts('snapshot', 'list')
    expect(await first.caches.purge('acme', { scope: 'snapshot' })).toEqual([
      { instanceId: first.instanceId, entries },
      { instanceId: second.instanceId, entries },
    ])
    expect(second.forgotten).toEqual(first.forgotten)
    const described = await second.caches.describe('acme')
    expect(described.map(({ instanceId }) => instanceId)).toEqual([
      second.instanceId,
      first.instanceId,
    ])
  })
})
