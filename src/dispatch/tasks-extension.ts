/** Whether a request may be answered with a task, and may ask for one. */
import { GatewayError } from '../domain/errors.js'
import type { McpRequest } from '../protocol/protocol.js'
import { declaresTasks, TASKS_EXTENSION } from './capabilities.js'

/** A revision with a handshake knows nothing of the extension, whatever its client declares. */
export function takesTasks({ era, clientCapabilities }: McpRequest): boolean {
  return era === 'modern' && declaresTasks(clientCapabilities)
}

/** @throws GatewayError `MISSING_CAPABILITY` */
export function demandTasks(request: McpRequest): void {
  if (takesTasks(request)) return
  throw new GatewayError(
    'MISSING_CAPABILITY',
    `The client has not declared the extension ${TASKS_EXTENSION}`,
    { data: { requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } } } },
  )
}

/** One answer for whatever the caller may not see. */
export function taskNotFound(): GatewayError {
  return new GatewayError('TASK_NOT_FOUND', 'taskId: there is no such task')
}
