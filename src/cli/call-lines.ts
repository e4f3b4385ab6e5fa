/** Recorded calls as they are printed. */
import type { ListedCall } from '../calls/calls.js'
import { CALL_STATUSES, type CallRecord } from '../domain/call.js'
import { toIso } from '../domain/clock.js'
import { toPrintable, toPrintableJson } from './printable.js'

const STATUS_CHARS = Math.max(...CALL_STATUSES.map((status) => status.length))
const DURATION_CHARS = 8
const LABEL_CHARS = 14

/** Time, status, duration, type and name, user, id. */
export function toCallLine(call: ListedCall): string {
  const { createdAt, status, mcpType, name, userId, callId } = call
  return [
    toIso(createdAt),
    status.padEnd(STATUS_CHARS),
    toDuration(call).padStart(DURATION_CHARS),
    `${mcpType} ${toPrintable(name)}`,
    toPrintable(userId),
    callId,
  ].join('  ')
}

/** One JSON object in one line; times are ISO 8601. */
export function toCallJson(call: ListedCall): string {
  const { createdAt, updatedAt, deadline, ...rest } = call
  const ends = deadline === undefined ? {} : { deadline: toIso(deadline) }
  return toPrintableJson({
    ...rest,
    createdAt: toIso(createdAt),
    updatedAt: toIso(updatedAt),
    ...ends,
  })
}

/** Everything that is recorded of a call. */
export function toCallDetails(call: CallRecord): string {
  const { deadline, error } = call
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['call', call.callId],
    ['endpoint', call.endpointId],
    ['function', `${call.mcpType} ${call.name}`],
    ['user', call.userId],
    ['status', call.status],
    ['error', error && `${error.code}: ${error.message}`],
    ['began', toIso(call.createdAt)],
    ['last written', toIso(call.updatedAt)],
    ['ends until', deadline === undefined ? undefined : toIso(deadline)],
    ['duration', toDuration(call)],
    ['bundle', call.bundleSha256],
    ['protocol', call.protocolVersion],
    ['session', call.sessionId],
    ['conversation', call.conversationId],
    ['trace', call.traceId],
  ]
  const lines = facts.flatMap(([label, value]) =>
    value === undefined ? [] : [`${label.padEnd(LABEL_CHARS)}${toPrintable(value)}`],
  )
  return [
    ...lines,
    ...toPart('arguments', call.arguments),
    ...toPart('content', call.content),
  ].join('\n')
}

function toPart(label: string, value: unknown): string[] {
  return value === undefined ? [] : [label, toPrintableJson(value, 2)]
}

function toDuration({ status, timeSpentMs }: ListedCall): string {
  return status === 'in_process' ? '-' : toTimeSpent(timeSpentMs)
}

/** @param timeSpentMs milliseconds */
export function toTimeSpent(timeSpentMs: number): string {
  return timeSpentMs < 1000
    ? `${Math.round(timeSpentMs)} ms`
    : `${(timeSpentMs / 1000).toFixed(1)} s`
}
