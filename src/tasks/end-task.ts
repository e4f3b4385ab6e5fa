/** The function of a task has ended: its call is recorded, then the task shows it. */
import type { Calls } from '../calls/calls.js'
import type { CallError, CallRecord } from '../domain/call.js'
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import { hasEnded, LEASE_MS, type TaskItem, type TaskRef, toEnded, toEnding } from './task-item.js'
import { asCancelled, asInterrupted, recordOnce } from './task-record.js'
import type { TaskStore } from './task-store.js'

export interface EndTaskParts {
  readonly store: TaskStore
  readonly calls: Calls
  readonly clock: Clock
}

export interface TaskEnding {
  readonly call: CallRecord
  /** Of the error that it failed with. */
  readonly errorData?: unknown
  /** This instance stops: whatever came of the function, it was not its own end. */
  readonly isInterrupted: boolean
  /** Of a task that others than its client have cancelled. */
  readonly whyCancelled?: CallError | undefined
}

export async function endTask(
  { store, calls, clock }: EndTaskParts,
  task: TaskRef,
  ending: TaskEnding,
): Promise<void> {
  // From here on nobody can cancel it, so that task and record say the same.
  const item = await store.change(task, (before) =>
    hasEnded(before) ? before : toEnding(before, clock.now() + LEASE_MS),
  )
  // Another instance held this one for dead, and has recorded the call.
  if (item?.status === 'failed' || item?.status === 'completed') return
  const call = toFinal(item, ending)
  const record = await recordOnce(calls, call).catch((error: unknown) => unrecorded(call, error))
  const data = record === ending.call ? ending.errorData : undefined
  await store.change(task, (before) => toEnded(before, record, { now: clock.now(), data }))
}

function toFinal(item: TaskItem | undefined, ending: TaskEnding): CallRecord {
  const { call, isInterrupted, whyCancelled } = ending
  if (item?.status === 'cancelled') return asCancelled(call, whyCancelled)
  return isInterrupted || call.error?.code === 'SHUTTING_DOWN' ? asInterrupted(call) : call
}

/** Without a record there is no result to fetch. */
function unrecorded(call: CallRecord, error: unknown): CallRecord {
  if (!(error instanceof GatewayError)) throw error
  const { code, message } = error
  return { ...call, status: 'failed', content: undefined, error: { code, message } }
}
