/** The tasks whose functions run in this instance. */
import { setTimeout as delay } from 'node:timers/promises'
import { redact } from '../calls/calls.js'
import type { CallRecord } from '../domain/call.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import { createEars, type EarsParts } from './ears.js'
import { HeldTask, type HeldTaskParts } from './held-task.js'
import type { Tasks } from './tasks.js'

export interface RunningTasksParts extends HeldTaskParts, Omit<EarsParts, 'onChanged'> {
  /** Calls in the background at a time. */
  readonly maxBackgroundCalls: number
}

export interface RunningTasks extends Pick<Tasks, 'begin' | 'close'> {
  /** The task, when it runs here. */
  get(taskId: string): HeldTask | undefined
}

/** How often a task looks for answers that nobody told it of, in milliseconds. */
const LOOK_MS = 2_000

export function createRunningTasks(parts: RunningTasksParts): RunningTasks {
  const { maxBackgroundCalls } = parts
  const running = new Map<string, HeldTask>()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  const lookAtAll = () => {
    for (const task of running.values()) task.lookIfDue()
  }
  const onChanged = (endpointId: EndpointId, taskId: string | undefined) => {
    for (const task of taskId === undefined ? running.values() : [running.get(taskId)])
      if (task?.endpointId === endpointId) void task.look()
  }
  const ears = createEars({ ...parts, onChanged })

  const add = (task: HeldTask) => {
    running.set(task.taskId, task)
    ears.open(task.endpointId)
    timer ??= setInterval(lookAtAll, LOOK_MS).unref()
  }
  const remove = (task: HeldTask) => {
    running.delete(task.taskId)
    ears.close(task.endpointId)
    if (running.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
  const allEnded = () => Promise.all([...running.values()].map(({ ended }) => ended))

  return {
    get: (taskId) => running.get(taskId),

    begin: async (call) => {
      const kept = await withoutSecrets(parts, call)
      if (isClosed) throw new GatewayError('SHUTTING_DOWN', 'The gateway is shutting down')
      if (running.size >= maxBackgroundCalls) throw busy(maxBackgroundCalls)
      const task = new HeldTask(kept, parts)
      add(task)
      void task.ended.then(() => remove(task))
      await task.create()
      return task
    },

    close: async (timeoutMs) => {
      isClosed = true
      await endsWithin(allEnded(), timeoutMs)
      for (const task of running.values()) task.interrupt()
      await allEnded()
    },
  }
}

/** What no record of the endpoint may hold, no task of it holds either. */
async function withoutSecrets(
  { calls }: Pick<HeldTaskParts, 'calls'>,
  call: CallRecord,
): Promise<CallRecord> {
  const { redact: pointers } = await calls.settings(call.endpointId)
  return { ...call, arguments: redact(call.arguments, pointers) }
}

async function endsWithin(all: Promise<unknown>, timeoutMs: number): Promise<void> {
  const over = new AbortController()
  const timeout = delay(timeoutMs, undefined, { signal: over.signal }).catch(() => undefined)
  await Promise.race([all, timeout])
  over.abort()
}

function busy(maxBackgroundCalls: number): GatewayError {
  return new GatewayError(
    'BUSY',
    `${maxBackgroundCalls} calls run in the background already (MAX_BACKGROUND_CALLS); try again`,
  )
}
