/** Rows that are written beside what goes on: so many may wait, so many a second, the rest is lost. */
import type { Clock } from '../domain/clock.js'
import type { Log } from '../telemetry/telemetry.js'

/**
 * Each has a budget of its own, and cannot push out the others: what was done, what somebody tried
 * and may not, and what those cause of whom nothing is known.
 */
export type Share = 'deed' | 'refusal' | 'stranger'

export interface QueuedRow {
  /** A later one of the same id takes the place of the one before. */
  readonly id: string
  readonly share: Share
  write(): Promise<void>
}

export interface RowQueue {
  add(row: QueuedRow): void
  /** Says how many were lost since it was said last. */
  tellLost(): void
  /** Settles when nothing waits or is being written. */
  drained(): Promise<void>
}

const MAX_WAITING = 1000
const AT_A_TIME = 8

/** Rows a second, and at once. */
interface Budget {
  readonly perSecond: number
  readonly burst: number
}

const BUDGETS: Readonly<Record<Share, Budget>> = {
  deed: { perSecond: 50, burst: 500 },
  refusal: { perSecond: 10, burst: 100 },
  stranger: { perSecond: 5, burst: 50 },
}

export function createRowQueue({ clock, log }: { clock: Clock; log: Log }): RowQueue {
  const waiting = new Map<string, QueuedRow>()
  const writing = new Map<string, Promise<void>>()
  const mayWrite: Readonly<Record<Share, () => boolean>> = {
    deed: budget(clock, BUDGETS.deed),
    refusal: budget(clock, BUDGETS.refusal),
    stranger: budget(clock, BUDGETS.stranger),
  }
  let lost = 0

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
      waiting.delete(id)
      writing.set(id, write(row))
    }
  }
  return {
    add: (row) => {
      if (!mayWrite[row.share]() || (waiting.size >= MAX_WAITING && !waiting.has(row.id))) {
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
