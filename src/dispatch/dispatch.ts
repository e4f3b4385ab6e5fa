/**
 * Which handler answers this method? The front door of the room: one file per MCP method, one line
 * in the table below. The way of a call: right → method table → what the caller sees of the snapshot →
 * bundle → run → record → answer.
 */
import type { Access } from '../access/access.js'
import type { Caller } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type {
  JsonObject,
  McpMethod,
  McpRequest,
  RequestOf,
  ServerInfo,
} from '../protocol/protocol.js'
import type { Sessions } from '../sessions/sessions.js'
import { createCallTool } from './call-tool.js'
import { createCancelTask } from './cancel-task.js'
import { createComplete } from './complete.js'
import { createDetailTask } from './detailed-task.js'
import { discover } from './discover.js'
import { createGetPrompt } from './get-prompt.js'
import { createGetTask } from './get-task.js'
import type { Exchange, Handler } from './handler.js'
import { createInitialize } from './initialize.js'
import { createListen } from './listen.js'
import { createListPages } from './list-pages.js'
import { RIGHT_OF } from './method-rights.js'
import { createReadResource } from './read-resource.js'
import { createRunFunction, type RunFunctionParts } from './run-function.js'
import { createRunningCalls } from './running-calls.js'
import { createSetLogLevel } from './set-log-level.js'
import { createSubscribeResource, createUnsubscribeResource } from './subscribe-resource.js'
import { createUpdateTask } from './update-task.js'

export type { Exchange } from './handler.js'

export interface Dispatch {
  /**
   * Answers one request.
   *
   * @returns the result before its revision dresses it
   * @throws GatewayError what the caller is told; anything else is a bug
   */
  handle(caller: Caller, request: McpRequest, exchange: Exchange): Promise<JsonObject>

  /**
   * Ends a call that this instance runs, in the background too, as its client could: it is recorded
   * as cancelled, and its client is answered with the reason.
   *
   * @param reason at most 200 characters, the rest is cut; may be empty
   * @returns false when no such call of the endpoint runs here
   */
  cancelCall(endpointId: string, callId: string, reason: string): boolean
}

export interface DispatchParts extends RunFunctionParts {
  /** The only way to functions: handlers get no catalog. */
  readonly access: Access
  /** Items on one page of a list. */
  readonly pageSize: number
  /** Of HTTP alone: stdio has one client, and none. */
  readonly sessions?: Sessions | undefined
  readonly server: ServerInfo
}

export function createDispatch(parts: DispatchParts): Dispatch {
  const { access, pageSize, server, sessions, tasks } = parts
  const { visible, look } = access
  const running = createRunningCalls()
  const runFunction = createRunFunction({ ...parts, running })
  const detailTask = createDetailTask(parts)
  const handlers: Handlers = {
    initialize: createInitialize(server),
    ping: () => ({}),
    'server/discover': discover,
    'logging/setLevel': createSetLogLevel(sessions),
    'tools/list': createListPages({ visible, pageSize, mcpType: 'tool', member: 'tools' }),
    'tools/call': createCallTool(visible, runFunction, parts.log),
    'resources/list': createListPages({
      visible,
      pageSize,
      mcpType: 'resource',
      member: 'resources',
    }),
    'resources/templates/list': createListPages({
      visible,
      pageSize,
      mcpType: 'resource_template',
      member: 'resourceTemplates',
    }),
    'resources/read': createReadResource({ ...parts, visible }, runFunction),
    'prompts/list': createListPages({ visible, pageSize, mcpType: 'prompt', member: 'prompts' }),
    'prompts/get': createGetPrompt(visible, runFunction),
    'completion/complete': createComplete({ ...parts, visible }),
    'resources/subscribe': createSubscribeResource(visible, sessions),
    'resources/unsubscribe': createUnsubscribeResource(sessions),
    'subscriptions/listen': createListen({ ...parts, visible, look, detailTask }),
    'tasks/get': createGetTask(detailTask),
    'tasks/update': createUpdateTask(tasks),
    'tasks/cancel': createCancelTask(tasks),
  }
  return {
    handle: async (caller, request, exchange) => {
      if (exchange.signal.aborted)
        throw new GatewayError('CALL_CANCELLED', 'The request was cancelled')
      const right = RIGHT_OF[request.method]
      if (right !== 'none') access.demand(caller, right, request.method)
      return answer(handlers, caller, request, exchange)
    },
    cancelCall: (endpointId, callId, reason) => running.cancel(endpointId, callId, reason),
  }
}

type Handlers = { readonly [M in McpMethod]: Handler<M> }

/** Generic, so that the compiler pairs each method's handler with its own params. */
function answer<M extends McpMethod>(
  handlers: Handlers,
  caller: Caller,
  request: RequestOf<M>,
  exchange: Exchange,
): JsonObject | Promise<JsonObject> {
  return handlers[request.method](caller, request, exchange)
}
