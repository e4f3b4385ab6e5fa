/** Requests that we have sent to clients and that wait for their response. */
import { randomUUID } from 'node:crypto'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import {
  type JsonObject,
  type RpcResponse,
  toNotification,
  toRequest,
} from '../protocol/protocol.js'

/** Who was asked: nobody else can answer. */
export interface Respondent {
  readonly endpointId: EndpointId
  readonly userId: string
  readonly sessionId?: string | undefined
}

export interface ClientRequest {
  readonly method: string
  readonly params: JsonObject
  readonly send: (message: JsonObject) => void
  /** Ends the waiting, with a word to the client. It is the only limit in time. */
  readonly signal: AbortSignal
}

export interface PendingRequests {
  readonly size: number
  /**
   * Sends a request and waits for its result.
   *
   * @throws GatewayError `BUSY` when too many wait already; `FUNCTION_FAILED` when the client
   * answers with an error or has gone; `CALL_CANCELLED` after `signal`
   */
  ask(respondent: Respondent, request: ClientRequest): Promise<unknown>
  /** @returns false for a response to nothing that this respondent was asked */
  answer(respondent: Respondent, response: RpcResponse): boolean
  /** The clients have gone: whatever waits fails, and whatever comes. */
  close(): void
}

interface Waiting {
  readonly owner: string
  resolve(result: unknown): void
  reject(error: GatewayError): void
}

export function createPendingRequests(maxPending: number): PendingRequests {
  /** By id; ours are unguessable. */
  const waiting = new Map<unknown, Waiting>()
  let isClosed = false

  const wait = (respondent: Respondent, { method, params, send, signal }: ClientRequest) =>
    new Promise<unknown>((resolve, reject) => {
      if (isClosed) throw gone()
      if (signal.aborted) throw cancelled()
      if (waiting.size >= maxPending) throw busy(maxPending)
      const id = randomUUID()
      const settle = () => {
        waiting.delete(id)
        signal.removeEventListener('abort', onAbort)
      }
      const onAbort = () => {
        settle()
        const reason = 'the call has ended'
        send(toNotification('notifications/cancelled', { requestId: id, reason }))
        reject(cancelled())
      }
      waiting.set(id, {
        owner: toOwner(respondent),
        resolve: (result) => {
          settle()
          resolve(result)
        },
        reject: (error) => {
          settle()
          reject(error)
        },
      })
      signal.addEventListener('abort', onAbort)
      send(toRequest(id, method, params))
    })

  return {
    get size() {
      return waiting.size
    },
    ask: wait,
    answer: (respondent, { id, result, error }) => {
      const asked = waiting.get(id)
      if (asked === undefined || asked.owner !== toOwner(respondent)) return false
      if (error === undefined) asked.resolve(result)
      else asked.reject(refusedByClient(error))
      return true
    },
    close: () => {
      isClosed = true
      for (const asked of waiting.values()) asked.reject(gone())
    },
  }
}

function toOwner({ endpointId, userId, sessionId }: Respondent): string {
  return JSON.stringify([endpointId, userId, sessionId])
}

/** The client's words are cut: they may end up in front of a model. */
const MAX_REASON_CHARS = 500

function refusedByClient({ code, message }: { code: number; message: string }): GatewayError {
  const reason = message.slice(0, MAX_REASON_CHARS)
  return new GatewayError('FUNCTION_FAILED', `the client refused to answer: ${reason} (${code})`)
}

function gone(): GatewayError {
  return new GatewayError('FUNCTION_FAILED', 'the client has gone before it answered')
}

function cancelled(): GatewayError {
  return new GatewayError('CALL_CANCELLED', 'the call has ended before the client answered')
}

function busy(maxPending: number): GatewayError {
  return new GatewayError('BUSY', `${maxPending} questions wait for clients already; try again`)
}
