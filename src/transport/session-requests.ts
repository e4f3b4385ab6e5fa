/**
 * What is under way between us and the clients of sessions: requests of theirs that run here, and
 * requests of ours that they have not answered. A client's next POST may reach any instance, so
 * cancels and answers that concern no request of this one are passed on as signals.
 */
import type { EndpointSignal, EndpointSignals } from '../events/endpoint-signals.js'
import { createHeardEndpoints } from '../events/heard-endpoints.js'
import type { Session } from '../domain/session.js'
import type { EndpointId } from '../domain/tenant.js'
import type { RequestId, RpcResponse } from '../protocol/protocol.js'
import type { Log } from '../telemetry/telemetry.js'
import { createPendingRequests, type PendingRequests } from './pending-requests.js'

export interface SessionRequests {
  /** Ours, that clients have not answered. */
  readonly pending: PendingRequests
  /** A request of a client begins to run here: it can be cancelled from now on. */
  begin(session: Session, requestId: RequestId): RunningRequest
  /** The client cancels a request, wherever it runs; one that has ended is left alone. */
  cancel(session: Session, requestId: RequestId): Promise<void>
  /** The client answers a request of ours, whichever instance has sent it. */
  answer(session: Session, response: RpcResponse): Promise<void>
  /** The clients are gone. */
  close(): void
}

export interface RunningRequest {
  readonly signal: AbortSignal
  end(): void
}

/** Questions to clients at a time, in all sessions of this instance. */
const MAX_PENDING = 10_000

export function createSessionRequests(signals: EndpointSignals, log: Log): SessionRequests {
  const pending = createPendingRequests(MAX_PENDING)
  const running = new Map<string, AbortController>()
  const onSignal = (endpointId: EndpointId, signal: EndpointSignal) => {
    if (signal.type === 'request.cancelled')
      running.get(toKey(signal.sessionId, signal.requestId))?.abort()
    if (signal.type === 'client.answered')
      pending.answer({ endpointId, ...signal }, signal.response)
  }
  // Without signals requests still run, out of reach of other instances.
  const warning = 'signals of an endpoint cannot be heard'
  const heard = createHeardEndpoints({ signals, log, onSignal, warning })

  return {
    pending,
    begin: ({ id, endpointId }, requestId) => {
      const controller = new AbortController()
      const key = toKey(id, requestId)
      running.set(key, controller)
      heard.hear(endpointId)
      const end = () => {
        if (running.get(key) === controller) running.delete(key)
      }
      return { signal: controller.signal, end }
    },
    cancel: async ({ id: sessionId, endpointId }, requestId) => {
      const here = running.get(toKey(sessionId, requestId))
      if (here !== undefined) here.abort()
      else await signals.send(endpointId, { type: 'request.cancelled', sessionId, requestId })
    },
    answer: async ({ id: sessionId, endpointId, userId }, response) => {
      if (pending.answer({ endpointId, sessionId, userId }, response)) return
      await signals.send(endpointId, { type: 'client.answered', sessionId, userId, response })
    },
    close: () => {
      pending.close()
      heard.close()
    },
  }
}

/** Ids are unique within a session; the string "1" is another id than the number 1. */
function toKey(sessionId: string, requestId: RequestId): string {
  return JSON.stringify([sessionId, requestId])
}
