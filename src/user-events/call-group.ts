/**
 * What an event of the stream of recorded calls holds: many calls, without what was said. Their names
 * and numbers stand in a row each, so that a stream of bounded bytes reaches back twice as far, and
 * writing one takes half the time.
 */
import type { ListedCall } from '../calls/calls.js'
import type { EndpointId } from '../domain/tenant.js'
import type { EventBody } from '../events/events.js'

export interface CallGroup extends EventBody {
  readonly type: 'calls'
  readonly calls: readonly CallEntry[]
  /** Where calls before these are lost. */
  readonly hasGap?: true
}

/** What few calls have comes last, and only where they have it. */
export type CallEntry = readonly [
  callId: string,
  mcpType: ListedCall['mcpType'],
  name: string,
  userId: string,
  status: ListedCall['status'],
  timeSpentMs: number,
  bundleSha256: string,
  protocolVersion: string,
  createdAt: number,
  updatedAt: number,
  more?: Pick<ListedCall, 'sessionId' | 'conversationId' | 'traceId' | 'error'>,
]

export function toCallEntry(call: ListedCall): CallEntry {
  const { sessionId, conversationId, traceId, error } = call
  const entry = [
    call.callId,
    call.mcpType,
    call.name,
    call.userId,
    call.status,
    call.timeSpentMs,
    call.bundleSha256,
    call.protocolVersion,
    call.createdAt,
    call.updatedAt,
  ] as const
  const isPlain = (sessionId ?? conversationId ?? traceId ?? error) === undefined
  return isPlain ? entry : [...entry, { sessionId, conversationId, traceId, error }]
}

export function readCallEntry(endpointId: EndpointId, entry: CallEntry): ListedCall {
  const [callId, mcpType, name, userId, status, timeSpentMs, ...rest] = entry
  const [bundleSha256, protocolVersion, createdAt, updatedAt, more] = rest
  return {
    endpointId,
    callId,
    mcpType,
    name,
    userId,
    status,
    timeSpentMs,
    bundleSha256,
    protocolVersion,
    createdAt,
    updatedAt,
    ...more,
  }
}

/** UTF-8 of its JSON, more or less: its name, its user and its error may be long. */
export function bytesOf([, , name, userId, , , , , , , more]: CallEntry): number {
  const bytes = ENTRY_BYTES + Buffer.byteLength(name) + Buffer.byteLength(userId)
  if (more === undefined) return bytes
  return bytes + MORE_BYTES + Buffer.byteLength(more.error?.message ?? '')
}

/** Without the texts that others choose. */
const ENTRY_BYTES = 192
const MORE_BYTES = 160

/** @returns undefined for what is none */
export function readGroup(body: EventBody): CallGroup | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this room alone writes there
  return body['type'] === 'calls' ? (body as CallGroup) : undefined
}
