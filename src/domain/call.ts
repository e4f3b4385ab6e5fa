import type { McpType } from './capability.js'
import type { EndpointId } from './tenant.js'

export const CALL_STATUSES = [
  'in_process',
  'completed',
  'failed',
  'cancelled',
  'timed_out',
  'input_required',
] as const

/** How a call stands. `in_process` is the only one that changes. */
export type CallStatus = (typeof CALL_STATUSES)[number]

/** One execution of a function: who called what, with which result. */
export interface CallRecord {
  readonly endpointId: EndpointId
  /** UUIDv7, so the history is in order of start. */
  readonly callId: string
  readonly mcpType: McpType
  /** The tool's or prompt's name, or the resource's URI. */
  readonly name: string
  readonly userId: string
  readonly arguments: unknown
  /** What the client was answered, or undefined where the call ended without a result. */
  readonly content: unknown
  readonly status: CallStatus
  /** Milliseconds from start to end. */
  readonly timeSpentMs: number
  readonly bundleSha256: string
  readonly protocolVersion: string
  readonly sessionId?: string | undefined
  readonly conversationId?: string | undefined
  readonly traceId?: string | undefined
  readonly error?: CallError | undefined
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly updatedAt: number
  /** Of a call that runs: when it has to have ended. */
  readonly deadline?: number | undefined
}

/** From the deadline of a call to its being given up: clocks differ, its record may be on its way. */
export const LEFT_BEHIND_AFTER_MS = 60_000

/** True when the instance of a call that has not ended is held for gone. Milliseconds since 1970. */
export function isLeftBehind(deadline: number, now: number): boolean {
  return deadline + LEFT_BEHIND_AFTER_MS < now
}

/** In the `_meta` of an answer: which call it is of. */
export const CALL_ID_META = 'dev.mcp-daemon/callId'

/** In the `_meta` of a request: a text of the client's own, the same when it asks again. */
export const IDEMPOTENCY_META = 'dev.mcp-daemon/idempotencyKey'

/** What the URIs of calls begin with; a call's id is the rest. */
export const CALL_URI_PREFIX = 'mcp://function-call/'

/** Where the user who made a call reads how it stands. */
export function toCallUri(callId: string): string {
  return `${CALL_URI_PREFIX}${callId}`
}

/** Why a call did not complete. */
export interface CallError {
  readonly code: string
  readonly message: string
}
