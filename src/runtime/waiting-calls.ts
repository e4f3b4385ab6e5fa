/** Calls that wait for a place to run in: each tenant has a limit of its own. */
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import { createPlaces } from '../domain/places.js'
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
  /** By tenant. */
  const enter = createPlaces(maxWaiting)
  const ends = new Map<WaitingCall, () => void>()

  const remove = (key: string, call: WaitingCall) => {
    const queue = queues.get(key)
    if (!queue?.delete(call)) return
    if (queue.size === 0) queues.delete(key)
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
      const leave = enter(call.job.bundle.ref.endpointId)
      if (leave === undefined) throw queueFull(maxWaiting)
      const queue = queues.get(key) ?? new Set()
      queues.set(key, queue.add(call))
      const onAbort = () => {
        remove(key, call)
        call.settle.reject(cancelled(call.job))
      }
      call.job.signal.addEventListener('abort', onAbort)
      ends.set(call, () => {
        leave()
        call.job.signal.removeEventListener('abort', onAbort)
      })
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

function queueFull(maxWaiting: number): GatewayError {
  return new GatewayError(
    'BUSY',
    `${maxWaiting} calls of this endpoint wait already (maxWaitingCalls); try again`,
  )
}
