/** Calls that are ended, or forgotten. */
import { validate as isUuid } from 'uuid'
import type { ListedCall } from '../calls/calls.js'
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
  const { calls, peers } = context.parts
  const { endpointId } = context.at(input.endpointId)
  const { callId } = input
  const reason = readReason(input)
  if (!isUuid(callId)) throw notFound()
  const answers = await peers.ask(
    { type: 'call.cancel', endpointId, callId, reason },
    { waitMs: WAIT_MS, isEnough: (given) => given.some(isFound) },
  )
  const isCancelled = answers.some(isFound)
  if (!isCancelled) throw whyNotCancelled(await calls.read(endpointId, callId))
  note(context, endpointId, {
    action: 'call.cancelled',
    target: callId,
    detail: { reason },
    before: { status: 'in_process' },
    after: { status: 'cancelled' },
  })
  return { call: await readEnded(context, endpointId, callId), isCancelled, userErrors: [] }
}

/** @throws GatewayError `CALL_NOT_FOUND`; `CONFLICT` for one that runs */
export async function deleteCall(context: ManagementContext, input: DeleteCallInput) {
  const { calls } = context.parts
  const { endpointId } = context.at(input.endpointId)
  const { callId } = input
  if (!isUuid(callId)) throw notFound()
  const erased = await calls.erase(endpointId, callId)
  if (erased === 'unknown') throw notFound()
  if (erased === 'running')
    throw new GatewayError('CONFLICT', 'The call runs: it can be erased when it has ended')
  note(context, endpointId, { action: 'call.erased', target: callId, before: toShown(erased) })
  return { deletedCallId: callId, userErrors: [] }
}

function isFound({ body }: { readonly body: { readonly type: string } }): boolean {
  return body.type === 'call.found'
}

/** What is done stays done, and is answered so, where its record cannot be read. */
async function readEnded(
  { parts: { calls, log } }: ManagementContext,
  endpointId: EndpointId,
  callId: string,
): Promise<FunctionCallSource | null> {
  try {
    const record = await calls.read(endpointId, callId)
    return record === undefined ? null : { endpointId, call: record, record }
  } catch (err) {
    log.warn({ err, endpointId, callId }, 'a call was cancelled, and its record cannot be read')
    return null
  }
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
function toShown({ mcpType, name, userId, status, createdAt }: ListedCall) {
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
