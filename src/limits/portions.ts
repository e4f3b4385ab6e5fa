/**
 * Most requests are counted here, without a promise: points are fetched from their quota in
 * portions of a hundredth. Instances never give away more than the limit between them. They may
 * give away a little less: a portion that one of them has fetched and does not need is lost to the
 * others, until the minute is over.
 */
import { LRUCache } from 'lru-cache'
import type { Clock } from '../domain/clock.js'
import type { Quota } from './quota.js'

export interface Taken {
  readonly isGranted: boolean
  /** As far as this instance knows. */
  readonly left: number
  /** Until all points are there again. */
  readonly resetMs: number
}

export interface Portions {
  take(key: string, points: number): Taken | Promise<Taken>
}

const PORTIONS_PER_QUOTA = 100
/** Keys beyond them ask their quota again. */
const MAX_KEYS = 20_000

interface Purse {
  points: number
  /** In the quota when it was last asked. */
  beyond: number
  resetAt: number
  /** Everything that was there is in this purse. */
  isLast: boolean
  fetching: Promise<void> | undefined
}

export function createPortions(quota: Quota, clock: Clock): Portions {
  const purses = new LRUCache<string, Purse>({ max: MAX_KEYS })
  const portion = Math.ceil(quota.perMinute / PORTIONS_PER_QUOTA)

  const fetch = async (purse: Purse, key: string, wanted: number): Promise<void> => {
    const { points, left, resetMs } = await quota.grant(key, wanted)
    const now = clock.now()
    // Of a minute that has ended nothing is carried over.
    if (now >= purse.resetAt) purse.points = 0
    purse.points += points
    purse.beyond = left
    purse.resetAt = now + resetMs
    purse.isLast = points < wanted
  }

  const purseOf = (key: string): Purse => {
    const known = purses.get(key)
    if (known !== undefined) return known
    const purse = { points: 0, beyond: 0, resetAt: 0, isLast: false, fetching: undefined }
    purses.set(key, purse)
    return purse
  }

  const takeNow = (purse: Purse, points: number): Taken | undefined => {
    const now = clock.now()
    if (now >= purse.resetAt) return undefined
    const isGranted = purse.points >= points
    if (!isGranted && !purse.isLast) return undefined
    if (isGranted) purse.points -= points
    return { isGranted, left: purse.points + purse.beyond, resetMs: purse.resetAt - now }
  }

  const takeLater = async (purse: Purse, key: string, points: number): Promise<Taken> => {
    for (;;) {
      purse.fetching ??= fetch(purse, key, Math.max(portion, points)).finally(() => {
        purse.fetching = undefined
      })
      await purse.fetching
      const taken = takeNow(purse, points)
      if (taken !== undefined) return taken
    }
  }

  return {
    take: (key, points) => {
      const purse = purseOf(key)
      return takeNow(purse, points) ?? takeLater(purse, key, points)
    },
  }
}
