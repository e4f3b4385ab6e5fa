/** What would be said of every request, and is said once a minute. */
import { LRUCache } from 'lru-cache'
import type { Clock } from './clock.js'

const MINUTE_MS = 60_000
const MAX_KEYS = 10_000

/** @returns true for the first use of a key, and for the first that comes a minute later */
export function createOnceAMinute(clock: Clock): (key: string) => boolean {
  const saidAt = new LRUCache<string, number>({ max: MAX_KEYS })
  return (key) => {
    const now = clock.now()
    if (now - (saidAt.get(key) ?? -Infinity) < MINUTE_MS) return false
    saidAt.set(key, now)
    return true
  }
}
