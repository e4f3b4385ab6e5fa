/** A client of 2026-07-28 that declares the tasks extension, over real HTTP. */
import { vi } from 'vitest'
import { modernRequest } from '../support/modern-post.js'

export const TASKS = 'io.modelcontextprotocol/tasks'
export const withTasks = { extensions: { [TASKS]: {} }, elicitation: {} }

export interface Reply {
  readonly status: number
  readonly result: Result
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown }
}

export interface Result {
  readonly resultType?: string
  readonly taskId?: string
  readonly status?: string
  readonly createdAt?: string
  readonly lastUpdatedAt?: string
  readonly ttlMs?: number
  readonly statusMessage?: string
  readonly requestState?: string
  readonly inputRequests?: Record<string, { method: string; params: object }>
  readonly content?: { type: string; text?: string; uri?: string }[]
  readonly structuredContent?: Record<string, unknown>
  readonly contents?: { text: string }[]
  readonly isError?: boolean
  readonly result?: Result
  readonly error?: { readonly code: number; readonly message: string }
}

export interface TaskClientOptions {
  readonly token: string
  readonly endpointId?: string
  readonly capabilities?: object
  /** Of every request's `_meta`. */
  readonly meta?: object
}

export type TaskClient = ReturnType<typeof taskClient>

export function taskClient(url: string, options: TaskClientOptions) {
  const { token, endpointId = 'default', capabilities = withTasks, meta } = options
  const send = async (method: string, params: Record<string, unknown>): Promise<Reply> => {
    const request = modernRequest(method, params, { token, capabilities, meta })
    const response = await fetch(`${url}/${endpointId}/mcp`, request)
    return { status: response.status, ...JSON.parse(await response.text()) }
  }

  const get = async (taskId: string) => (await send('tasks/get', { taskId })).result
  return {
    send,
    call: (name: string, args: object = {}, more: object = {}) =>
      send('tools/call', { name, arguments: args, ...more }),
    /** @returns the id of the task that the call has become */
    begin: async (name: string, args: object = {}): Promise<string> => {
      const { result, error } = await send('tools/call', { name, arguments: args })
      if (result?.taskId === undefined)
        throw new Error(`no task: ${JSON.stringify(error ?? result)}`)
      return result.taskId
    },
    get,
    update: (taskId: string, inputResponses: object) =>
      send('tasks/update', { taskId, inputResponses }),
    cancel: (taskId: string) => send('tasks/cancel', { taskId }),
    read: (uri: string) => send('resources/read', { uri }),
    /** The task, once it stands like this. */
    until: (taskId: string, status: string) =>
      vi.waitFor(
        async () => {
          const task = await get(taskId)
          if (task.status !== status) throw new Error(`the task is ${JSON.stringify(task)}`)
          return task
        },
        { timeout: 20_000, interval: 20 },
      ),
  }
}

export const named = (name: string) => ({ action: 'accept', content: { name } })

/** The record of a call, as the user who made it reads it. */
export const readCall = async (client: TaskClient, callId: string) => {
  const { result } = await client.read(`mcp://function-call/${callId}`)
  return JSON.parse(result.contents?.[0]?.text ?? 'null')
}
