import type { McpType } from './capability.js'

/** How a call stands. `in_process` is the only one that changes. */
export type CallStatus =
  | 'in_process'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'timed_out'
  | 'input_required'

/** One execution of a function: who called what, with which result. */
export interface CallRecord {
  readonly endpointId: string
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
}

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
