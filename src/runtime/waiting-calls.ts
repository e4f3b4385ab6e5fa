/** Calls that wait for a place to run in: each tenant has a limit of its own. */
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import { createAlarm } from './alarm.js'
import { cancelled, expired, type Settle } from './job-answer.js'
import type { FunctionJob } from './runtime.js'

export interface WaitingCall {
  readonly job: FunctionJob
  readonly settle: Settle
}

export interface WaitingCalls {
  isEmpty(): boolean
  /** @throws GatewayError `BUSY` when as many calls of this tenant wait as may */
  add(key: string, call: WaitingCall): void
  /** The one that has waited longest for an instance of this key; it waits no longer. */
  take(key: string): WaitingCall | undefined
  has(key: string): boolean
  /** One call for each key, in the order in which the keys began to wait. */
  firsts(): readonly (readonly [key: string, job: FunctionJob])[]
  /** Whatever waits fails with this error. */
  close(error: GatewayError): void
}

export interface WaitingCallsOptions {
  readonly clock: Clock
  /** Of one tenant at a time. */
  readonly maxWaiting: number
}

export function createWaitingCalls({ clock, maxWaiting }: WaitingCallsOptions): WaitingCalls {
  const queues = new Map<string, Set<WaitingCall>>()
  const counts = createCounts(maxWaiting)
  const ends = new Map<WaitingCall, () => void>()

  const remove = (key: string, call: WaitingCall) => {
    const queue = queues.get(key)
    if (!queue?.delete(call)) return
    if (queue.size === 0) queues.delete(key)
    counts.subtract(call.job.bundle.ref.endpointId)
    ends.get(call)?.()
    ends.delete(call)
  }
  const alarm = createAlarm(clock, (now) => {
    let next = Infinity
    for (const [key, queue] of queues)
      for (const call of queue) {
        next = Math.min(next, call.job.deadline)
        if (call.job.deadline > now) continue
        remove(key, call)
        call.settle.reject(expired(call.job))
      }
    return queues.size === 0 ? undefined : next
  })
  return {
    isEmpty: () => queues.size === 0,
    add(key, call) {
      counts.add(call.job.bundle.ref.endpointId)
      const queue = queues.get(key) ?? new Set()
      queues.set(key, queue.add(call))
      const onAbort = () => {
        remove(key, call)
        call.settle.reject(cancelled(call.job))
      }
      call.job.signal.addEventListener('abort', onAbort)
      ends.set(call, () => call.job.signal.removeEventListener('abort', onAbort))
      alarm.setFor(call.job.deadline)
    },
    take(key) {
      const [first] = queues.get(key) ?? []
      if (first !== undefined) remove(key, first)
      return first
    },
    has: (key) => queues.has(key),
    firsts: () =>
      [...queues].flatMap(([key, [first]]) => (first === undefined ? [] : [[key, first.job]])),
    close(error) {
      alarm.clear()
      for (const [key, queue] of queues)
        for (const call of queue) {
          remove(key, call)
          call.settle.reject(error)
        }
    },
  }
}

/** How many calls wait, by tenant. */
function createCounts(maxWaiting: number) {
  const counts = new Map<string, number>()
  return {
    /** @throws GatewayError `BUSY` */
    add(endpointId: string) {
      const count = counts.get(endpointId) ?? 0
      if (count >= maxWaiting) throw queueFull(maxWaiting)
      counts.set(endpointId, count + 1)
    },
    subtract(endpointId: string) {
      const left = (counts.get(endpointId) ?? 0) - 1
      if (left > 0) counts.set(endpointId, left)
      else counts.delete(endpointId)
    },
  }
}

function queueFull(maxWaiting: number): GatewayError {
  return new GatewayError(
    'BUSY',
    `${maxWaiting} calls of this endpoint wait already (maxWaitingCalls); try again`,
  )
}
