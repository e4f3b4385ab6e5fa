/** A call as a resource of the user who made it: how it stands, and what came of it. */
import type { Access } from '../access/access.js'
import type { Calls } from '../calls/calls.js'
import { CALL_URI_PREFIX, type CallRecord } from '../domain/call.js'
import type { Caller } from '../domain/caller.js'
import { toIso } from '../domain/clock.js'
import type { JsonObject } from '../protocol/protocol.js'
import type { Task, Tasks } from '../tasks/tasks.js'

export interface CallResourceParts {
  readonly calls: Calls
  readonly tasks: Tasks
  readonly access: Pick<Access, 'mayRecall'>
}

/** @returns undefined for whatever is not this caller's */
export type ReadCallResource = (caller: Caller, uri: string) => Promise<JsonObject | undefined>

export function isCallUri(uri: string): boolean {
  return uri.startsWith(CALL_URI_PREFIX)
}

export function createReadCallResource({
  calls,
  tasks,
  access,
}: CallResourceParts): ReadCallResource {
  return async (caller, uri) => {
    const callId = uri.slice(CALL_URI_PREFIX.length)
    const task = await tasks.find(caller, callId)
    const isRunning = task?.status === 'working' || task?.status === 'input_required'
    const call = isRunning ? undefined : await calls.read(caller.endpointId, callId)
    const isShown = call !== undefined && (await isOwn(access, caller, call))
    const shown = isShown ? ofCall(call) : task && ofTask(task)
    if (shown === undefined) return undefined
    const text = JSON.stringify({ callId, ...shown })
    return { contents: [{ uri, mimeType: 'application/json', text }] }
  }
}

/** Of the calls of his user a caller reads those of functions that he may know of. */
async function isOwn(
  access: CallResourceParts['access'],
  caller: Caller,
  { userId, mcpType, name }: CallRecord,
): Promise<boolean> {
  return userId === caller.userId && access.mayRecall(caller, { mcpType, key: name })
}

function ofCall({ status, createdAt, updatedAt, content, error }: CallRecord): JsonObject {
  return { status, ...toTimes(createdAt, updatedAt), result: content, error }
}

/** Its record is not there yet. */
function ofTask({ status, createdAt, updatedAt, error }: Task): JsonObject {
  const shown = status === 'working' ? 'in_process' : status
  return { status: shown, ...toTimes(createdAt, updatedAt), error }
}

function toTimes(createdAt: number, updatedAt: number): JsonObject {
  return { createdAt: toIso(createdAt), updatedAt: toIso(updatedAt) }
}
