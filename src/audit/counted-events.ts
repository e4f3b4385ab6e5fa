/** The same again and again is one event with a count, for a minute from its first time. */
import { v7 as uuidV7 } from 'uuid'
import type { Clock } from '../domain/clock.js'
import type { AuditEvent } from './audit.js'

export interface CountedEvent {
  readonly id: string
  readonly event: AuditEvent
  /** Milliseconds since 1970. */
  readonly firstAt: number
  readonly count: number
}

export interface CountedEvents {
  note(event: AuditEvent): void
  /** Those whose minute is over; all of them when it is told so. */
  end(all?: 'all'): void
  readonly size: number
}

export interface CountingParts {
  readonly clock: Clock
  readonly onFirst: (counted: CountedEvent) => void
  /** At the end of its minute, where there was more than one. */
  readonly onCounted: (counted: CountedEvent) => void
}

const MINUTE_MS = 60_000

/** Different ones at a time; beyond it each is one by itself. */
const MAX_COUNTED = 10_000

export function createCountedEvents({ clock, onFirst, onCounted }: CountingParts): CountedEvents {
  const counted = new Map<string, CountedEvent>()
  const end = (key: string, last: CountedEvent) => {
    counted.delete(key)
    if (last.count > 1) onCounted(last)
  }
  return {
    note: (event) => {
      const now = clock.now()
      const key = JSON.stringify(event)
      const before = counted.get(key)
      if (before !== undefined && now - before.firstAt < MINUTE_MS) {
        counted.set(key, { ...before, count: before.count + 1 })
        return
      }
      if (before !== undefined) end(key, before)
      const first = { id: uuidV7({ msecs: now }), event, firstAt: now, count: 1 }
      if (counted.size < MAX_COUNTED) counted.set(key, first)
      onFirst(first)
    },
    end: (all) => {
      const now = clock.now()
      for (const [key, last] of counted)
        if (all === 'all' || now - last.firstAt >= MINUTE_MS) end(key, last)
    },
    get size() {
      return counted.size
    },
  }
}
