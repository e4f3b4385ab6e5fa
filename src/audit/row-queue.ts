/** Rows that are written beside what goes on: so many may wait, so many a second, the rest is lost. */
import type { Clock } from '../domain/clock.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'

/**
 * Each has a budget of its own, and cannot push out the others: what was changed, what was done
 * beside, what somebody tried and may not, and what those cause of whom nothing is known. Of what is
 * done, each endpoint has its own; changes are written however many there are a second.
 */
export type Share = 'change' | 'deed' | 'refusal' | 'stranger'

export interface QueuedRow {
  /** A later one of the same id takes the place of the one before. */
  readonly id: string
  readonly endpointId: EndpointId
  readonly share: Share
  /** About: what it holds in memory while it waits. */
  readonly bytes: number
  write(): Promise<void>
}

export interface RowQueue {
  add(row: QueuedRow): void
  /** Says how many were lost since it was said last. */
  tellLost(): void
  /** Settles when nothing waits or is being written. */
  drained(): Promise<void>
}

/** Of one endpoint, and in all: many more wait only where the database is slow or away. */
const MAX_WAITING_OF_ENDPOINT = 500
const MAX_WAITING = 4000

/** The same of changes, which are lost only where the database does not take them for long. */
const MAX_CHANGED_BYTES_OF_ENDPOINT = 4 * 1024 * 1024
const MAX_CHANGED_BYTES = 32 * 1024 * 1024

const AT_A_TIME = 8

/** Whose budget is known; the one that was asked longest ago begins anew. */
const MAX_ENDPOINTS = 1000

/** Rows a second, and at once. */
interface Budget {
  readonly perSecond: number
  readonly burst: number
}

const BUDGETS: Readonly<Record<Exclude<Share, 'change'>, Budget>> = {
  deed: { perSecond: 50, burst: 500 },
  refusal: { perSecond: 10, burst: 100 },
  stranger: { perSecond: 5, burst: 50 },
}

export function createRowQueue({ clock, log }: { clock: Clock; log: Log }): RowQueue {
  const waiting = new Map<string, QueuedRow>()
  const writing = new Map<string, Promise<void>>()
  const rows = createRoom(MAX_WAITING_OF_ENDPOINT, MAX_WAITING)
  const changes = createRoom(MAX_CHANGED_BYTES_OF_ENDPOINT, MAX_CHANGED_BYTES)
  const mayWrite = createBudgets(clock)
  let lost = 0

  const take = ({ share, endpointId, bytes }: QueuedRow): boolean =>
    share === 'change' ? changes.take(endpointId, bytes) : rows.take(endpointId, 1)
  const drop = (row: QueuedRow): void => {
    const { id, share, endpointId, bytes } = row
    waiting.delete(id)
    if (share === 'change') changes.leave(endpointId, bytes)
    else rows.leave(endpointId, 1)
  }

  const write = async (row: QueuedRow): Promise<void> => {
    try {
      await row.write()
    } catch (err) {
      log.error({ err, auditId: row.id }, 'an audit row could not be written')
    } finally {
      writing.delete(row.id)
      begin()
    }
  }
  const begin = (): void => {
    for (const [id, row] of waiting) {
      if (writing.size >= AT_A_TIME) return
      // One after the other, so that the later one stays.
      if (writing.has(id)) continue
      drop(row)
      writing.set(id, write(row))
    }
  }
  return {
    add: (row) => {
      if (!mayWrite[row.share](row.endpointId)) {
        lost++
        return
      }
      const before = waiting.get(row.id)
      if (before !== undefined) drop(before)
      if (!take(row)) {
        lost++
        return
      }
      waiting.set(row.id, row)
      begin()
    },
    tellLost: () => {
      if (lost > 0) log.warn({ count: lost }, 'audit rows were not written: there were too many')
      lost = 0
    },
    drained: async () => {
      while (writing.size > 0) await Promise.race(writing.values())
    },
  }
}

/** How much of something each endpoint may hold, and all of them. */
function createRoom(maxOfEndpoint: number, max: number) {
  const taken = new Map<EndpointId, number>()
  let all = 0
  return {
    take: (endpointId: EndpointId, size: number): boolean => {
      const own = (taken.get(endpointId) ?? 0) + size
      if (own > maxOfEndpoint || all + size > max) return false
      taken.set(endpointId, own)
      all += size
      return true
    },
    leave: (endpointId: EndpointId, size: number): void => {
      const own = (taken.get(endpointId) ?? 0) - size
      all -= size
      if (own > 0) taken.set(endpointId, own)
      else taken.delete(endpointId)
    },
  }
}

function createBudgets(clock: Clock): Readonly<Record<Share, (endpoint: EndpointId) => boolean>> {
  return {
    change: () => true,
    deed: budgets(clock, BUDGETS.deed),
    refusal: budget(clock, BUDGETS.refusal),
    stranger: budget(clock, BUDGETS.stranger),
  }
}

/** One for each endpoint. */
function budgets(clock: Clock, each: Budget): (endpointId: EndpointId) => boolean {
  const known = new Map<EndpointId, () => boolean>()
  return (endpointId) => {
    const own = known.get(endpointId) ?? budget(clock, each)
    known.delete(endpointId)
    known.set(endpointId, own)
    const [oldest] = known.keys()
    if (known.size > MAX_ENDPOINTS && oldest !== undefined) known.delete(oldest)
    return own()
  }
}

/** @returns true as often as the rate allows, a burst at once */
function budget(clock: Clock, { perSecond, burst }: Budget) {
  let left = burst
  let filledAt = clock.now()
  return (): boolean => {
    const now = clock.now()
    left = Math.min(burst, left + (Math.max(0, now - filledAt) / 1000) * perSecond)
    filledAt = now
    if (left < 1) return false
    left--
    return true
  }
}
