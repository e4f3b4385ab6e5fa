/** The requests of a client on stdin that run: each can be cancelled, and can ask the client. */
import type { Caller } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { Exchange } from '../dispatch/dispatch.js'
import {
  type JsonObject,
  type McpRequest,
  type RpcResponse,
  toErrorAnswer,
} from '../protocol/protocol.js'
import { type AnswerParts, answerRequest } from './answer-request.js'
import { createPendingRequests } from './pending-requests.js'

export interface StdioRequests {
  /** How many run that neither wait for the client nor only listen. */
  readonly busy: number
  /** @returns undefined for a cancelled request: its client has stopped waiting for it */
  run(request: McpRequest): Promise<JsonObject | undefined>
  cancel(requestId: unknown): void
  /** The client answers what it was asked. */
  answer(response: RpcResponse): void
  /** Nobody is there any more to answer what was asked. */
  close(): void
}

export interface StdioRequestsOptions {
  readonly caller: Caller
  readonly write: (message: JsonObject) => void
  /** Aborted when serving ends. */
  readonly closing: AbortSignal
  readonly maxPending: number
  /** Called when a request begins to wait for the client. */
  readonly onAsk: () => void
}

export function createStdioRequests(
  parts: AnswerParts,
  options: StdioRequestsOptions,
): StdioRequests {
  const { caller, write, closing, onAsk } = options
  const pending = createPendingRequests(options.maxPending)
  /** By the ids of the client. */
  const running = new Map<unknown, AbortController>()
  let listening = 0

  const ask: Exchange['ask'] = (method, params, signal) => {
    const answered = pending.ask(caller, { method, params, send: write, signal })
    onAsk()
    return answered
  }

  const answerOne = async (request: McpRequest, signal: AbortSignal) => {
    let isAnswered = false
    const notify = (notification: JsonObject) => {
      if (!isAnswered && !signal.aborted) write(notification)
    }
    const takesRequests = request.era === 'legacy'
    const exchange = { signal, closing, notify, ask: takesRequests ? ask : undefined }
    const { body } = await answerRequest(parts, { caller, request }, exchange)
    isAnswered = true
    return signal.aborted ? undefined : body
  }

  return {
    get busy() {
      return running.size - pending.size - listening
    },
    run: async (request) => {
      if (running.has(request.id)) return toErrorAnswer(duplicateId(), request).body
      const controller = new AbortController()
      const weight = request.method === 'subscriptions/listen' ? 1 : 0
      running.set(request.id, controller)
      listening += weight
      try {
        return await answerOne(request, controller.signal)
      } finally {
        running.delete(request.id)
        listening -= weight
      }
    },
    cancel: (requestId) => running.get(requestId)?.abort(),
    answer: (response) => void pending.answer(caller, response),
    close: () => pending.close(),
  }
}

function duplicateId(): GatewayError {
  return new GatewayError('INVALID_REQUEST', 'id: a request with this id is still running')
}
