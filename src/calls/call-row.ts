/** A call as a row of the calls table. */
import { z } from 'zod'
import { callIndexKeys, callKey } from '../aws/table-keys.js'
import type { CallRecord, CallStatus } from '../domain/call.js'
import { MCP_TYPES } from '../domain/capability.js'
import { type CallContent, ContentColumns } from './call-content.js'
import { clipText } from './clip-text.js'

const STATUSES = [
  'in_process',
  'completed',
  'failed',
  'cancelled',
  'timed_out',
  'input_required',
] as const satisfies readonly CallStatus[]

const CallRow = z.object({
  mcp_function_call_uuid: z.string(),
  mcp_type: z.enum(MCP_TYPES),
  name: z.string(),
  user_id: z.string(),
  status: z.enum(STATUSES),
  time_spent: z.number(),
  bundle_sha256: z.string(),
  protocol_version: z.string(),
  session_id: z.string().optional(),
  conversation_id: z.string().optional(),
  trace_id: z.string().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  expires_at: z.number().optional(),
  ...ContentColumns.shape,
})

export type CallRow = z.infer<typeof CallRow>

/** A resource's URI may be as long as a request; the row keeps its beginning. */
const MAX_NAME_BYTES = 4096
const MAX_ERROR_BYTES = 4096
const SECONDS_PER_DAY = 86_400

/** What the database gave back, checked. */
export function readCallRow(row: unknown): CallRow {
  return CallRow.parse(row)
}

/** @param retentionDays 0 keeps the row for ever */
export function toCallRow(call: CallRecord, content: CallContent, retentionDays: number) {
  return {
    mcp_type: call.mcpType,
    name: clipText(call.name, MAX_NAME_BYTES),
    user_id: call.userId,
    status: call.status,
    time_spent: call.timeSpentMs,
    bundle_sha256: call.bundleSha256,
    protocol_version: call.protocolVersion,
    session_id: call.sessionId,
    conversation_id: call.conversationId,
    trace_id: call.traceId,
    error: call.error && { ...call.error, message: clipText(call.error.message, MAX_ERROR_BYTES) },
    created_at: toIso(call.createdAt),
    updated_at: toIso(call.updatedAt),
    ...(retentionDays > 0 && { expires_at: toExpiry(call.createdAt, retentionDays) }),
    ...content.columns,
    ...callKey(call.endpointId, call.callId),
    ...callIndexKeys(call),
  }
}

/** The record of a row, with what was called and answered. */
export function toCallRecord(
  endpointId: string,
  row: CallRow,
  content: Pick<CallRecord, 'arguments' | 'content'>,
): CallRecord {
  return {
    endpointId,
    callId: row.mcp_function_call_uuid,
    mcpType: row.mcp_type,
    name: row.name,
    userId: row.user_id,
    arguments: content.arguments,
    content: content.content,
    status: row.status,
    timeSpentMs: row.time_spent,
    bundleSha256: row.bundle_sha256,
    protocolVersion: row.protocol_version,
    sessionId: row.session_id,
    conversationId: row.conversation_id,
    traceId: row.trace_id,
    error: row.error,
    createdAt: Date.parse(row.created_at),
    updatedAt: Date.parse(row.updated_at),
  }
}

/** Milliseconds since 1970 as ISO 8601, in UTC. */
export function toIso(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

function toExpiry(createdAt: number, retentionDays: number): number {
  return Math.floor(createdAt / 1000) + retentionDays * SECONDS_PER_DAY
}
