/** Which attributes of a row a history reads, and what stands for those that it does not. */
import { ContentColumns } from './call-content.js'
import { type CallRow, CALL_COLUMNS } from './call-row.js'
import type { ListedCall } from './calls.js'

/** What a history shows of a row. */
const LISTED_COLUMNS: readonly string[] = CALL_COLUMNS.filter(
  (column) => !(column in ContentColumns.shape),
)

/** Undefined where the key says it already. */
const COLUMN_OF: Record<keyof ListedCall, keyof CallRow | undefined> = {
  endpointId: undefined,
  callId: undefined,
  mcpType: 'mcp_type',
  name: 'name',
  userId: 'user_id',
  status: 'status',
  timeSpentMs: 'time_spent',
  bundleSha256: 'bundle_sha256',
  protocolVersion: 'protocol_version',
  sessionId: 'session_id',
  conversationId: 'conversation_id',
  traceId: 'trace_id',
  error: 'error',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  deadline: 'deadline',
}

/** Without them a row is neither placed nor known to have expired. */
const ALWAYS_READ: readonly (keyof CallRow)[] = ['mcp_function_call_uuid', 'expires_at']

const NOTHING_READ: Omit<CallRow, 'mcp_function_call_uuid'> = {
  mcp_type: 'tool',
  name: '',
  user_id: '',
  status: 'in_process',
  time_spent: 0,
  bundle_sha256: '',
  protocol_version: '',
  created_at: new Date(0).toISOString(),
  updated_at: new Date(0).toISOString(),
}

/** @param fields all when absent */
export function columnsOf(fields: readonly (keyof ListedCall)[] | undefined): readonly string[] {
  if (fields === undefined) return LISTED_COLUMNS
  const wanted = fields.flatMap((field) => COLUMN_OF[field] ?? [])
  return [...new Set([...ALWAYS_READ, ...wanted])]
}

/** A row of which only those fields were read; of one that was read whole nothing may be missing. */
export function withUnread(
  row: Readonly<Record<string, unknown>>,
  fields: readonly (keyof ListedCall)[] | undefined,
): Readonly<Record<string, unknown>> {
  return fields === undefined ? row : { ...NOTHING_READ, ...row }
}
