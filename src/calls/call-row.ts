/** A call as a row of the calls table. */
import { z } from 'zod'
import { callIndexKeys, callKey } from '../aws/table-keys.js'
import { CALL_STATUSES, type CallRecord } from '../domain/call.js'
import { MCP_TYPES } from '../domain/capability.js'
import { type Clock, toIso } from '../domain/clock.js'
import type { EndpointId } from '../domain/tenant.js'
import type { ListedCall } from './calls.js'
import { type CallContent, ContentColumns } from './call-content.js'
import { shardOf } from './call-id.js'
import { clipText, toValidText } from './clip-text.js'

const CallRow = z.object({
  mcp_function_call_uuid: z.string(),
  mcp_type: z.enum(MCP_TYPES),
  name: z.string(),
  user_id: z.string(),
  status: z.enum(CALL_STATUSES),
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
  /** Of a call that runs: when it has to have ended, in milliseconds since 1970. */
  deadline: z.number().optional(),
  ...ContentColumns.shape,
})

export type CallRow = z.infer<typeof CallRow>

export const CALL_COLUMNS: readonly string[] = Object.keys(CallRow.shape)

/** A resource's URI may be as long as a request; the row keeps its beginning. */
const MAX_NAME_BYTES = 4096
const MAX_ERROR_BYTES = 4096
const SECONDS_PER_DAY = 86_400

/** What the database gave back, checked. */
export function readCallRow(row: unknown): CallRow {
  return CallRow.parse(row)
}

/** What the rows of calls of that name hold as theirs. */
export function toRowName(name: string): string {
  return clipText(name, MAX_NAME_BYTES)
}

/** As its history shows it. */
export function toListedCall(call: CallRecord): ListedCall {
  return {
    endpointId: call.endpointId,
    callId: call.callId,
    mcpType: call.mcpType,
    name: toRowName(call.name),
    userId: toValidText(call.userId),
    status: call.status,
    timeSpentMs: call.timeSpentMs,
    bundleSha256: call.bundleSha256,
    protocolVersion: call.protocolVersion,
    sessionId: call.sessionId,
    conversationId: call.conversationId,
    traceId: call.traceId,
    error: clipError(call.error),
    createdAt: call.createdAt,
    updatedAt: call.updatedAt,
    deadline: call.deadline,
  }
}

function clipError(error: CallRecord['error']) {
  return error && { ...error, message: clipText(error.message, MAX_ERROR_BYTES) }
}

/** @param retentionDays 0 keeps the row for ever */
export function toCallRow(call: CallRecord, content: CallContent, retentionDays: number) {
  const shard = shardOf(call.callId)
  const name = toValidText(call.name)
  const userId = toValidText(call.userId)
  return {
    mcp_type: call.mcpType,
    name: toRowName(name),
    user_id: userId,
    status: call.status,
    time_spent: call.timeSpentMs,
    bundle_sha256: call.bundleSha256,
    protocol_version: call.protocolVersion,
    session_id: call.sessionId,
    conversation_id: call.conversationId,
    trace_id: call.traceId,
    error: clipError(call.error),
    created_at: toIso(call.createdAt),
    updated_at: toIso(call.updatedAt),
    ...(retentionDays > 0 && { expires_at: toExpiry(call.createdAt, retentionDays) }),
    ...content.columns,
    deadline: call.deadline,
    ...callKey(call.endpointId, call.callId, shard),
    ...callIndexKeys({ ...call, name, userId }, shard),
  }
}

/** The record of a row, with what was called and answered. */
export function toCallRecord(
  endpointId: EndpointId,
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
    deadline: row.deadline,
  }
}

/** The same without what was said. */
export function toListed(endpointId: EndpointId, row: CallRow): ListedCall {
  const {
    arguments: _arguments,
    content: _content,
    ...listed
  } = toCallRecord(endpointId, row, {
    arguments: undefined,
    content: undefined,
  })
  return listed
}

function toExpiry(createdAt: number, retentionDays: number): number {
  return Math.floor(createdAt / 1000) + retentionDays * SECONDS_PER_DAY
}

/** The engine deletes expired rows up to days late, or never. */
export function isExpired(row: Pick<CallRow, 'expires_at'>, clock: Clock): boolean {
  return row.expires_at !== undefined && row.expires_at <= clock.now() / 1000
}
