/** A recorded call as the event that its user's clients are told. */
import { type CallRecord, type CallStatus, toCallUri } from '../domain/call.js'
import { toIso } from '../domain/clock.js'
import { isJsonObject } from '../domain/json.js'
import type { UserEvent, UserEventType } from './user-event.js'

/** A result whose JSON has more characters is named, not told. */
const MAX_RESULT_CHARS = 16 * 1024

const TYPE_OF = {
  in_process: 'call.started',
  completed: 'call.completed',
  failed: 'call.failed',
  timed_out: 'call.failed',
  cancelled: 'call.cancelled',
  input_required: 'call.input_required',
} as const satisfies Record<CallStatus, UserEventType>

export function toCallEvent(record: CallRecord): UserEvent {
  const { status, timeSpentMs: durationMs, error } = record
  const type = TYPE_OF[status]
  if (type === 'call.started') return { type, ...namesOf(record, record.createdAt) }
  const names = namesOf(record, record.updatedAt)
  return { type, ...names, status, durationMs, ...toResult(record), ...(error && { error }) }
}

export interface CallProgress {
  readonly progress: number
  readonly total?: number | undefined
  readonly message?: string | undefined
}

/** @param now milliseconds since 1970 */
export function toProgressEvent(
  record: CallRecord,
  { progress, total, message }: CallProgress,
  now: number,
): UserEvent {
  return { type: 'call.progress', ...namesOf(record, now), progress, total, message }
}

function namesOf({ callId, mcpType, name }: CallRecord, timeMs: number) {
  return { time: toIso(timeMs), callId, function: { type: mcpType, name } }
}

function toResult({ callId, content }: CallRecord): {
  result?: Record<string, unknown>
  resultUri?: string
} {
  if (!isJsonObject(content)) return {}
  const isSmall = JSON.stringify(content).length <= MAX_RESULT_CHARS
  return isSmall ? { result: content } : { resultUri: toCallUri(callId) }
}
