import type { Calls } from '../calls/calls.js'
import type { Caller } from '../domain/caller.js'
import { toIso } from '../domain/clock.js'
import { type JsonObject, toErrorObject } from '../protocol/protocol.js'
import type { Task, Tasks } from '../tasks/tasks.js'
import { taskNotFound } from './tasks-extension.js'

/**
 * A task as its client is shown it, with its result, error or open questions.
 *
 * @throws GatewayError `TASK_NOT_FOUND` for whatever is not this caller's
 */
export type DetailTask = (caller: Caller, taskId: string) => Promise<JsonObject>

export interface DetailTaskParts {
  readonly tasks: Tasks
  readonly calls: Calls
}

/** How often a client should ask, in milliseconds. */
const POLL_INTERVAL_MS = 1000

export function createDetailTask({ tasks, calls }: DetailTaskParts): DetailTask {
  return async (caller, taskId) => {
    const task = await tasks.find(caller, taskId)
    if (task === undefined) throw taskNotFound()
    if (task.status !== 'completed') return { ...toTaskObject(task), ...toDetails(task) }
    const call = await calls.read(caller.endpointId, taskId)
    // A record may be kept for a shorter time than its task.
    if (call === undefined) throw taskNotFound()
    return { ...toTaskObject(task), result: call.content }
  }
}

/** The members that every task shows. */
export function toTaskObject({ taskId, status, createdAt, updatedAt, ttlMs }: Task): JsonObject {
  return {
    taskId,
    status,
    createdAt: toIso(createdAt),
    lastUpdatedAt: toIso(updatedAt),
    ttlMs,
    pollIntervalMs: POLL_INTERVAL_MS,
  }
}

function toDetails({ status, questions, error }: Task): JsonObject | undefined {
  if (status === 'input_required') return { inputRequests: questions }
  if (status !== 'failed' || error === undefined) return undefined
  const shown = toErrorObject(error)
  return { statusMessage: shown['message'], error: shown }
}
