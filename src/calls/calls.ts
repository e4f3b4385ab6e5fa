/** What was called, by whom, with what result? The front door of the room. */
import type { CallRecord, CallStatus } from '../domain/call.js'
import type { McpType } from '../domain/capability.js'
import type { EndpointId } from '../domain/tenant.js'

export { MAX_SHARDS } from './call-id.js'
export { toListedCall } from './call-row.js'
export { type CallStatistics, statisticsOf, type StatisticsQuery } from './call-statistics.js'
export { redact } from './redaction.js'

export interface Calls {
  /**
   * A call begins: it gets its id. Nothing is written of it unless it goes on for
   * `RECORD_START_AFTER_MS`.
   *
   * @throws GatewayError `RECORDS_UNAVAILABLE` while no record can be written: nothing may run
   */
  open(endpointId: EndpointId): OpenCall

  /**
   * Writes the end of a call that another part of the gateway may have begun, or ended, once.
   *
   * @throws GatewayError `NOT_RECORDED` when the database does not take it, or another end stands
   * there
   */
  finish(call: CallRecord): Promise<void>

  /** One call of the endpoint with its arguments and content, or undefined. */
  read(endpointId: EndpointId, callId: string): Promise<CallRecord | undefined>

  /**
   * One page of the history, the newest call first. What has just ended may be missing from it for
   * a moment where functions, users or failures are asked for.
   *
   * @throws GatewayError `CURSOR_INVALID` for a cursor of another endpoint or question
   */
  list(query: HistoryQuery): Promise<HistoryPage>

  /**
   * Several of `read`, by id, in few requests; those that the endpoint does not have are missing.
   *
   * @returns in the place of one that cannot be read, as when its content is damaged, why
   * @throws GatewayError `BUSY` when the database does not answer for all of them
   */
  readMany(
    endpointId: EndpointId,
    callIds: readonly string[],
    options?: ReadManyOptions,
  ): Promise<ReadonlyMap<string, CallRecord | Error>>

  /** The cursor of one call of a page, as if the page had ended with it; good in either direction. */
  cursorAt(query: HistoryQuery, callId: string): string

  /**
   * Removes what is recorded of a call that has ended, with what was said; also where that is damaged.
   *
   * @returns the call as it was listed; `unknown` when the endpoint has no such call, `running` when it has not ended: then nothing
   * was removed
   */
  erase(endpointId: EndpointId, callId: string): Promise<ListedCall | 'running' | 'unknown'>

  /** How the calls of an endpoint are recorded. */
  settings(endpointId: EndpointId): Promise<RecordSettings>
  /** @throws GatewayError `INVALID_PARAMS` for fewer shards than there are, and for no pointers */
  changeSettings(endpointId: EndpointId, change: Partial<RecordSettings>): Promise<RecordSettings>

  /**
   * Waits for calls that are about to end and writes what is not yet written, for at most this
   * long; for what has ended by then there is a second in any case.
   */
  close(timeoutMs: number): Promise<void>
}

export interface ReadManyOptions {
  /**
   * Asked before what was said in a call is read: so many bytes of JSON. What it throws stands in the
   * place of the call. Default: there is room for each.
   */
  readonly demandRoom?: ((bytes: number) => void) | undefined
}

/** A call that runs here. */
export interface OpenCall {
  readonly callId: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** Says how it stands, from now on, should it go on for long enough to be written down. */
  describe(asItStands: () => CallRecord): void
  /**
   * Writes its end, once: settles when that is durable.
   *
   * @throws GatewayError `NOT_RECORDED` when the database does not take it; the function has run
   */
  end(call: CallRecord): Promise<void>
  /** Nothing has run, or somebody else writes its end. */
  leave(): void
}

export interface HistoryQuery {
  readonly endpointId: EndpointId
  readonly mcpType?: McpType | undefined
  /** A tool's or prompt's name, or a resource's URI; with `mcpType`. */
  readonly name?: string | undefined
  readonly userId?: string | undefined
  readonly status?: CallStatus | undefined
  /** Calls that began at this time or later, and before that one: milliseconds since 1970. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Calls on a page; 1 to 100. A page may have fewer, and be followed by another. */
  readonly limit: number
  /** Of the page before, or of one call: the page goes on behind it. */
  readonly cursor?: string | undefined
  /**
   * The page goes on towards newer calls: those just newer than the cursor, or the oldest of all
   * without one. They come the newest first all the same.
   */
  readonly isBackward?: boolean | undefined
  /**
   * Only these are read, and both ids. The others are empty: `''`, 0, undefined, a `tool` that is
   * `in_process`. Default: all.
   */
  readonly fields?: readonly (keyof ListedCall)[] | undefined
}

/** A call without what was said. */
export type ListedCall = Omit<CallRecord, 'arguments' | 'content'>

export interface HistoryPage {
  /** The newest first. */
  readonly calls: readonly ListedCall[]
  /**
   * Where the next page in the same direction begins: behind the oldest call of this one, or before
   * the newest one of a page backward, as far as calls were looked at. Absent on the last page.
   */
  readonly cursor?: string | undefined
}

export interface RecordSettings {
  /** Over how many partitions the calls of the endpoint are spread, 1 to 256; may only grow. */
  readonly shards: number
  /** JSON pointers into the arguments of every function, of what no record may hold. */
  readonly redact: readonly string[]
}
