/**
 * The snapshots that this process serves: loaded once however many ask at the same time, checked
 * at most every `checkMs`, and kept when the database is away.
 */
import { LRUCache } from 'lru-cache'
import type { Clock } from '../domain/clock.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'
import type { Snapshot } from './catalog.js'

/**
 * Brings a snapshot up to date.
 *
 * @param known what is served now; returned as it is when its version is still the right one
 * @param signal ends the check when a known snapshot can be served instead
 */
type RefreshSnapshot = (
  endpointId: EndpointId,
  known: Snapshot | undefined,
  signal: AbortSignal,
) => Promise<Snapshot>

export interface SnapshotCache {
  get(endpointId: EndpointId): Promise<Snapshot>
  /** What is served now, without a look at the database. */
  peek(endpointId: EndpointId): Snapshot | undefined
  /** The same, unless it is forgotten. */
  remembered(endpointId: string): Snapshot | undefined
  /** The next `get` asks the database, whatever is being loaded now. */
  expire(endpointId: string): void
  /**
   * The next `get` makes a new one, whatever has changed; until there is one, the old one is served
   * where the database is away.
   *
   * @returns how many are forgotten
   */
  forget(endpointId: string): number
}

export interface SnapshotCacheOptions {
  readonly refresh: RefreshSnapshot
  /** Milliseconds for which a snapshot is served without a look at the database. */
  readonly checkMs: number
  readonly maxEndpoints: number
  readonly log: Log
  readonly clock: Clock
}

/** A check beyond this is given up: callers get the snapshot that is known. */
const CHECK_TIMEOUT_MS = 2000
/** The first load has nothing to fall back on. */
const FIRST_LOAD_TIMEOUT_MS = 20_000

interface Entry {
  snapshot: Snapshot | undefined
  /** When the last check began, in milliseconds since 1970. */
  checkedAt: number
  refreshing: Promise<Snapshot> | undefined
  isAway: boolean
  /** It is kept for when the database is away, and made anew. */
  isForgotten: boolean
}

export function createSnapshotCache(options: SnapshotCacheOptions): SnapshotCache {
  const { checkMs, maxEndpoints, clock } = options
  const entries = new LRUCache<string, Entry>({ max: maxEndpoints })

  const entryOf = (endpointId: EndpointId) => {
    const found = entries.get(endpointId)
    if (found) return found
    const entry = newEntry(undefined)
    entries.set(endpointId, entry)
    return entry
  }

  return {
    async get(endpointId) {
      const entry = entryOf(endpointId)
      const age = clock.now() - entry.checkedAt
      if (entry.snapshot && age >= 0 && age < checkMs) return entry.snapshot
      entry.refreshing ??= refreshEntry(endpointId, entry, options).finally(() => {
        entry.refreshing = undefined
      })
      return await entry.refreshing
    },

    peek: (endpointId) => entries.peek(endpointId)?.snapshot,

    remembered(endpointId) {
      const entry = entries.peek(endpointId)
      return entry?.isForgotten === true ? undefined : entry?.snapshot
    },

    expire(endpointId) {
      const { snapshot, isForgotten } = entries.peek(endpointId) ?? {}
      if (snapshot) entries.set(endpointId, newEntry(snapshot, isForgotten))
      else entries.delete(endpointId)
    },

    forget(endpointId) {
      const { snapshot, isForgotten } = entries.peek(endpointId) ?? {}
      if (snapshot) entries.set(endpointId, newEntry(snapshot, true))
      else entries.delete(endpointId)
      return snapshot && isForgotten === false ? 1 : 0
    },
  }
}

function newEntry(snapshot: Snapshot | undefined, isForgotten = false): Entry {
  const checkedAt = Number.NEGATIVE_INFINITY
  return { snapshot, checkedAt, refreshing: undefined, isAway: false, isForgotten }
}

async function refreshEntry(
  endpointId: EndpointId,
  entry: Entry,
  { refresh, log, clock }: SnapshotCacheOptions,
): Promise<Snapshot> {
  const known = entry.snapshot
  const startedAt = clock.now()
  try {
    const timeoutMs = known ? CHECK_TIMEOUT_MS : FIRST_LOAD_TIMEOUT_MS
    const base = entry.isForgotten ? undefined : known
    const snapshot = await refresh(endpointId, base, AbortSignal.timeout(timeoutMs))
    update(entry, { snapshot, checkedAt: startedAt, isAway: false, isForgotten: false })
    return snapshot
  } catch (err) {
    if (!known) throw err
    if (!entry.isAway) log.warn({ err, endpointId }, 'catalog not readable; the last one is served')
    update(entry, { snapshot: known, checkedAt: clock.now(), isAway: true })
    return known
  }
}

function update(
  entry: Entry,
  state: Omit<Entry, 'refreshing' | 'isForgotten'> & Partial<Entry>,
): void {
  Object.assign(entry, state)
}
