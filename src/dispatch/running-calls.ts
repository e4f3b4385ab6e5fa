/** The calls that run in this instance, by their ids: so others than their clients can end them. */
import type { CancelListener, CancelSignal } from '../domain/cancel-signal.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'

export interface RunningCalls {
  /**
   * A call has its id, and begins.
   *
   * @param client aborted when its own client cancels it
   */
  enter(endpointId: EndpointId, callId: string, client: CancelSignal): RunningCall
  /**
   * Ends a call as if its client had cancelled it, but that its client is answered.
   *
   * @param reason of which its client is told the first 200 characters; may be empty
   * @returns false when no such call of the endpoint runs here
   */
  cancel(endpointId: string, callId: string, reason: string): boolean
}

export function createRunningCalls(): RunningCalls {
  const running = new Map<string, RunningCall>()
  return {
    enter(endpointId, callId, client) {
      const call = new RunningCall(endpointId, client, () => running.delete(callId))
      running.set(callId, call)
      return call
    },
    cancel(endpointId, callId, reason) {
      const call = running.get(callId)
      if (call?.endpointId !== endpointId) return false
      call.cancel(reason)
      return true
    },
  }
}

/**
 * A call that runs here, and the signal that it is to end: by its client or by its id. Every call
 * has one, so it is no `AbortSignal`: making one, and bringing two together, would cost each call
 * more than the rest of its way through here.
 */
export class RunningCall implements CancelSignal {
  readonly endpointId: EndpointId
  /** It has ended: nothing can be cancelled any longer. */
  readonly leave: () => void
  readonly #client: CancelSignal
  #listeners: Set<CancelListener> | undefined
  #goesOn: ((cancelled: GatewayError) => void) | undefined
  #cancelled: GatewayError | undefined

  constructor(endpointId: EndpointId, client: CancelSignal, leave: () => void) {
    this.endpointId = endpointId
    this.#client = client
    this.leave = leave
  }

  get aborted(): boolean {
    return this.#cancelled !== undefined || this.#client.aborted
  }

  addEventListener(type: 'abort', listener: CancelListener): void {
    this.#client.addEventListener(type, listener)
    this.#listeners ??= new Set()
    this.#listeners.add(listener)
  }

  removeEventListener(type: 'abort', listener: CancelListener): void {
    this.#client.removeEventListener(type, listener)
    this.#listeners?.delete(listener)
  }

  cancel(reason: string): void {
    if (this.#cancelled !== undefined) return
    const cancelled = cancelledFor(reason)
    this.#cancelled = cancelled
    for (const listener of this.#listeners ?? [])
      if (typeof listener === 'function') listener()
      else listener.handleEvent()
    this.#goesOn?.(cancelled)
  }

  /** It goes on without its client: from now on this ends it, at once if it was cancelled before. */
  goOn(end: (cancelled: GatewayError) => void): void {
    this.#goesOn = end
    if (this.#cancelled !== undefined) end(this.#cancelled)
  }

  /** What a run has thrown, in the words of whoever ended it. */
  explain(thrown: unknown): unknown {
    const isCancelled = thrown instanceof GatewayError && thrown.code === 'CALL_CANCELLED'
    return isCancelled ? (this.#cancelled ?? thrown) : thrown
  }
}

const MAX_REASON_CHARS = 200

function cancelledFor(reason: string): GatewayError {
  const why = reason === '' ? '' : `: ${reason.slice(0, MAX_REASON_CHARS)}`
  return new GatewayError('CALL_CANCELLED', `The call was cancelled by an administrator${why}`)
}
