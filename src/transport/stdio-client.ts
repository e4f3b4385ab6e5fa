/** The one client on stdin: what it has declared, what it runs, what it hears. */
import { GatewayError } from '../domain/errors.js'
import {
  type Batch,
  type JsonObject,
  type McpRequest,
  type Message,
  toErrorAnswer,
} from '../protocol/protocol.js'
import type { Access } from '../access/access.js'
import type { Subscriptions } from '../subscriptions/subscriptions.js'
import type { AnswerParts } from './answer-request.js'
import { createStdioNotices } from './stdio-notices.js'
import { createStdioRequests, type StdioRequestsOptions } from './stdio-requests.js'
import { createStdioSubscriptions } from './stdio-subscriptions.js'

export interface StdioClient {
  /** How many of its requests run that neither wait for it nor only listen. */
  readonly busy: number
  /** @returns undefined for what wants no answer */
  answer(message: Message): Promise<JsonObject | undefined>
  /** The answer to a message has been written, where it wanted one. */
  answered(message: Message | Batch): void
  /** It has gone. */
  close(): void
}

export interface StdioClientParts extends AnswerParts {
  readonly subscriptions: Subscriptions
  readonly access: Pick<Access, 'look'>
}

export function createStdioClient(
  parts: StdioClientParts,
  options: StdioRequestsOptions,
): StdioClient {
  const { caller, write, closing: signal } = options
  let declared: JsonObject = {}
  const requests = createStdioRequests(parts, options)
  const subscribed = createStdioSubscriptions()
  const { uris } = subscribed
  const notices = createStdioNotices(parts, { caller, uris, write, signal })

  /** A modern request brings its own. */
  const withCapabilities = (request: McpRequest): McpRequest =>
    request.era === 'modern' ? request : { ...request, clientCapabilities: declared }

  const run = async (request: McpRequest): Promise<JsonObject | undefined> => {
    if (request.method === 'initialize') {
      declared = request.params.capabilities
      notices.begin()
    } else if (request.era === 'legacy') notices.ready()
    try {
      const undo = subscribed.note(request)
      const body = await requests.run(withCapabilities(request))
      if (body === undefined || 'error' in body) undo()
      return body
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      return toErrorAnswer(error, request).body
    }
  }

  return {
    get busy() {
      return requests.busy
    },
    answer: async (message) => {
      if (message.kind === 'refused') return toErrorAnswer(message.error, message).body
      if (message.kind === 'request') return run(message.request)
      if (message.kind === 'response') requests.answer(message)
      else takeNotification(message.notification)
      return undefined
    },
    answered: (message) => {
      if (message.kind === 'request' && message.request.method === 'initialize') notices.greeted()
    },
    close: () => requests.close(),
  }

  function takeNotification({ method, params }: { method: string; params: JsonObject }): void {
    if (method === 'notifications/cancelled') requests.cancel(params['requestId'])
    if (method === 'notifications/initialized') notices.ready()
  }
}
