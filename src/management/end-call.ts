/** Calls that are ended, or forgotten. */
import type { CallRecord } from '../domain/call.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { ManagementContext } from './context.js'
import type { CancelCallInput, DeleteCallInput } from './schema-types.js'
import type { FunctionCallSource } from './sources.js'

/** For the instance that runs it. */
const WAIT_MS = 1000

const MAX_REASON_CHARS = 200
const DEFAULT_REASON = 'Cancelled by an admin'

/** @throws GatewayError `CALL_NOT_FOUND`, `INVALID_PARAMS`; `CONFLICT` for one that cannot be ended */
export async function cancelCall(context: ManagementContext, input: CancelCallInput) {
  const { parts } = context
  const { endpointId } = context.at(input.endpointId)
  const { callId } = input
  const reason = readReason(input)
  const answers = await parts.peers.ask(
    { type: 'call.cancel', endpointId, callId, reason },
    { waitMs: WAIT_MS, isEnough: (given) => given.some(isFound) },
  )
  const isCancelled = answers.some(isFound)
  const record = await readRecord(context, endpointId, callId)
  if (!isCancelled) throw whyNotCancelled(record)
  note(context, endpointId, {
    action: 'call.cancelled',
    target: callId,
    detail: { reason },
    before: { status: 'in_process' },
    after: { status: 'cancelled' },
  })
  return { call: toSource(endpointId, record), isCancelled, userErrors: [] }
}

/** @throws GatewayError `CALL_NOT_FOUND`; `CONFLICT` for one that runs */
export async function deleteCall(context: ManagementContext, input: DeleteCallInput) {
  const { calls } = context.parts
  const { endpointId } = context.at(input.endpointId)
  const { callId } = input
  const before = await readRecord(context, endpointId, callId)
  if (before === undefined) throw notFound()
  const outcome = await calls.erase(endpointId, callId)
  if (outcome === 'unknown') throw notFound()
  if (outcome === 'running')
    throw new GatewayError('CONFLICT', 'The call runs: it can be erased when it has ended')
  note(context, endpointId, { action: 'call.erased', target: callId, before: toShown(before) })
  return { deletedCallId: callId, userErrors: [] }
}

function isFound({ body }: { readonly body: { readonly type: string } }): boolean {
  return body.type === 'call.found'
}

async function readRecord(
  { parts: { calls } }: ManagementContext,
  endpointId: EndpointId,
  callId: string,
): Promise<CallRecord | undefined> {
  return (await calls.readMany(endpointId, [callId])).get(callId)
}

function toSource(
  endpointId: EndpointId,
  record: CallRecord | undefined,
): FunctionCallSource | null {
  return record === undefined ? null : { endpointId, call: record, record }
}

function readReason({ reason }: CancelCallInput): string {
  if (reason === null || reason === undefined) return DEFAULT_REASON
  if (reason.length >= 1 && reason.length <= MAX_REASON_CHARS && !/\p{Cc}/u.test(reason))
    return reason
  throw new GatewayError(
    'INVALID_PARAMS',
    `reason: must have 1 to ${MAX_REASON_CHARS} characters, none of them unprintable`,
  )
}

function whyNotCancelled(record: CallRecord | undefined): GatewayError {
  if (record === undefined) return notFound()
  if (record.status !== 'in_process')
    return new GatewayError('CONFLICT', 'The call has ended already')
  const message = 'No instance that runs the call has answered: ask again, or wait for its deadline'
  return new GatewayError('CONFLICT', message)
}

function notFound(): GatewayError {
  return new GatewayError('CALL_NOT_FOUND', 'There is no such call at this endpoint')
}

/** Nothing of what was said. */
function toShown({ mcpType, name, userId, status, createdAt }: CallRecord) {
  return { type: mcpType, name, userId, status, createdAt: new Date(createdAt).toISOString() }
}

interface Deed {
  readonly action: string
  readonly target: string
  readonly detail?: Readonly<Record<string, unknown>>
  readonly before: unknown
  readonly after?: unknown
}

function note({ parts, caller, address }: ManagementContext, endpointId: EndpointId, deed: Deed) {
  parts.audit.note({ endpointId, actor: caller.userId, address, ...deed })
}
