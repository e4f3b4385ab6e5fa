/**
 * Is it durable yet? Writes rows in groups, and says when they are written: the front door of the
 * room. What a row is, and where it goes, is its user's.
 */
import type { Clock } from '../domain/clock.js'
import type { Log } from '../telemetry/telemetry.js'

export { createRecorder } from './recorder.js'
export { createOpenRecords } from './open-records.js'

/** `ack`: an answer waits for its record. `async`: it does not, while there is room for the record. */
export const DURABILITIES = ['ack', 'async'] as const

export type Durability = (typeof DURABILITIES)[number]

export interface Recorder<Row> {
  /**
   * To be asked before there is something to record.
   *
   * @throws GatewayError `RECORDS_UNAVAILABLE` while the store is away, or too much waits for it
   */
  demand(): void

  /**
   * Writes a row together with others.
   *
   * @returns when it is written; with `async` when it is certain to be tried
   * @throws NotWritten when the store does not take it in time
   */
  write(row: Row, about: About): Promise<void>

  /**
   * Does what cannot be done in a group, again and again until it succeeds.
   *
   * @returns when it is done; with `async` when it is certain to be tried
   * @throws NotWritten when it does not succeed in time
   */
  persist(work: Work, about: About & WorkOptions): Promise<void>

  /** Writes what is left for at most this long; what is not written by then is logged as lost. */
  close(timeoutMs: number): Promise<void>
}

/** May be done more than once, and again before an earlier time has ended. */
export type Work = (signal: AbortSignal) => Promise<void>

/** What a record is to those who do not know its row. */
export interface About {
  /** Roughly what it holds in memory until it is written. */
  readonly bytes: number
  /** What the log says of it, should it be lost. */
  readonly names: Readonly<Record<string, string>>
}

export interface WorkOptions {
  /** With `async` too its user waits until it is done. */
  readonly isAwaited?: boolean
}

export interface RecorderOptions<Row> {
  readonly durability: Durability
  /** How long a record may take before its writer is told, in milliseconds. */
  readonly timeoutMs: number
  /** Records that wait or are being written; beyond it nothing new is begun. */
  readonly maxPending: number
  /** With `async`: what they may hold in memory together; beyond it their writers wait. */
  readonly maxPendingBytes: number
  readonly store: RowStore<Row>
  readonly clock: Clock
  readonly log: Log
}

export interface RowStore<Row> {
  /** The most rows of one group. */
  readonly maxRows: number
  /**
   * Writing a row twice must do no harm.
   *
   * @returns those that were not taken this time
   */
  put(rows: readonly Row[], signal: AbortSignal): Promise<readonly Row[]>
  /** True for an error that would come again, however often it is tried. */
  isFinal(error: unknown): boolean
}
