/** What a bench is given and gives. */
export interface Bench {
  /** Ends well within a minute, at the cost of precision. */
  readonly isShort: boolean
  /** Aborted when the run is stopped from outside. */
  readonly signal: AbortSignal
  /** What is to be stopped or removed when the bench is over, however it ends; last one first. */
  onEnd(stop: () => Promise<void>): void
}

export interface BenchReport {
  readonly table: string
  /** `name=value` pairs for scripts, in one line. */
  readonly summary: string
  /** For `--json`. */
  readonly json: object
}

export type RunBench = (bench: Bench) => Promise<BenchReport>
