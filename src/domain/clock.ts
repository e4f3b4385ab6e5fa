/** Time as a parameter: tests own it, the product reads the machine's. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }

/** Milliseconds since 1970 as ISO 8601, in UTC. */
export function toIso(timeMs: number): string {
  return new Date(timeMs).toISOString()
}
