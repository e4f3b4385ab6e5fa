/** One record on its way, and who is to be told what became of it. */
import type { Clock } from '../domain/clock.js'
import { NotWritten } from './not-written.js'
import type { Attempts } from './attempts.js'
import type { StoreHealth } from './store-health.js'

export interface Entry {
  /** Milliseconds since 1970; Infinity when nobody waits for it. */
  readonly givesUpAt: number
  /** Attempts that have failed. */
  failures: number
  written(): void
  failed(error: NotWritten): void
}

/** What everything that writes entries shares. */
export interface WriteParts {
  readonly attempts: Attempts
  readonly health: StoreHealth
  readonly clock: Clock
  /** True for an error that would come again, however often it is tried. */
  isFinal(error: unknown): boolean
}

/**
 * Tells those whose time is over.
 *
 * @returns the others
 */
export function keepInTime<E extends Entry>(
  entries: readonly E[],
  { attempts, health, clock }: WriteParts,
  cause: unknown,
): E[] {
  const now = clock.now()
  const isLate = ({ givesUpAt }: E) => attempts.isOver || givesUpAt <= now
  const late = entries.filter(isLate)
  if (late.length === 0) return [...entries]
  health.gaveUp()
  for (const entry of late)
    entry.failed(new NotWritten('the database did not take it in time', { cause }))
  return entries.filter((entry) => !isLate(entry))
}

export function refuse(entry: Entry, cause: unknown): void {
  entry.failed(new NotWritten('the database refused it', { cause }))
}
