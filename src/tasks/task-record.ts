/** The records of calls in the background: there is one of each, whoever writes it. */
import type { Calls } from '../calls/calls.js'
import type { CallError, CallRecord } from '../domain/call.js'
import { GatewayError } from '../domain/errors.js'
import type { TaskItem, TaskRef } from './task-item.js'

const INTERRUPTED: CallError = {
  code: 'INTERRUPTED',
  message: 'The task was interrupted: the instance of the gateway that ran it has stopped',
}

const CANCELLED: CallError = {
  code: 'CALL_CANCELLED',
  message: 'The task was cancelled by its caller',
}

/** Whatever came of it, its caller was told that it is cancelled. */
export function asCancelled(call: CallRecord, why: CallError = CANCELLED): CallRecord {
  return { ...call, status: 'cancelled', content: undefined, error: why }
}

export function asInterrupted(call: CallRecord): CallRecord {
  return { ...call, status: 'failed', content: undefined, error: INTERRUPTED }
}

/** @returns undefined when it is recorded already */
export function toAbandonedRecord(
  { endpointId, taskId }: TaskRef,
  { userId, createdAt, call, status }: TaskItem,
  now: number,
): CallRecord | undefined {
  if (call === undefined) return undefined
  const record: CallRecord = {
    ...call,
    endpointId,
    callId: taskId,
    userId,
    arguments: call.arguments,
    content: undefined,
    status: 'in_process',
    timeSpentMs: now - createdAt,
    createdAt,
    updatedAt: now,
  }
  return status === 'cancelled' ? asCancelled(record) : asInterrupted(record)
}

/** @returns undefined where no end is recorded: at most that it has begun */
export async function readEnd(
  calls: Calls,
  { endpointId, taskId }: TaskRef,
): Promise<CallRecord | undefined> {
  const call = await calls.read(endpointId, taskId)
  return call?.status === 'in_process' ? undefined : call
}

/**
 * @returns what is recorded then: an instance that was held for dead may have been first
 * @throws GatewayError `NOT_RECORDED`
 */
export async function recordOnce(calls: Calls, call: CallRecord): Promise<CallRecord> {
  try {
    await calls.finish(call)
    return call
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const task = { endpointId: call.endpointId, taskId: call.callId }
    const recorded = await readEnd(calls, task).catch(() => undefined)
    if (recorded === undefined) throw error
    return recorded
  }
}
