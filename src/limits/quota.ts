/** Where the points of a minute are counted: in this process, or for all instances. */

/** One limit: so many points for each key, in a minute that begins with the first of them. */
export interface Quota {
  readonly perMinute: number
  /** Asks for points, all at once; of what is left, at most that. Never rejects. */
  grant(key: string, points: number): Promise<Grant>
}

export interface Grant {
  readonly points: number
  /** What is left for others, and for later. */
  readonly left: number
  /** Until all of them are there again. */
  readonly resetMs: number
}

/** @param name of the limit; no two of them count together */
export type OpenQuota = (name: string, perMinute: number) => Quota

export interface Quotas {
  readonly open: OpenQuota
  readonly close: () => void
}

export const MINUTE_S = 60
