/** Ends tasks whose instance has gone: whoever meets one does it. */
import type { Calls } from '../calls/calls.js'
import type { Clock } from '../domain/clock.js'
import type { Log } from '../telemetry/telemetry.js'
import {
  isAbandoned,
  LEASE_MS,
  type TaskItem,
  type TaskRef,
  toEnded,
  toEnding,
} from './task-item.js'
import { readEnd, recordOnce, toAbandonedRecord } from './task-record.js'
import type { TaskStore } from './task-store.js'

export interface AbandonedParts {
  readonly store: TaskStore
  readonly calls: Calls
  readonly clock: Clock
  readonly log: Log
}

/**
 * @returns how it stands then, or undefined when it is gone
 * @throws GatewayError `NOT_RECORDED`; the next one to meet it tries again
 */
export async function endAbandoned(
  { store, calls, clock, log }: AbandonedParts,
  task: TaskRef,
): Promise<TaskItem | undefined> {
  let isOurs = false
  const item = await store.change(task, (before) => {
    const now = clock.now()
    isOurs = isAbandoned(before, now)
    return isOurs ? toEnding(before, now + LEASE_MS) : before
  })
  const interrupted = isOurs && item ? toAbandonedRecord(task, item, clock.now()) : undefined
  if (interrupted === undefined) return item
  // It may have ended, and only its task did not get to know.
  const recorded = await readEnd(calls, task)
  const record = recorded ?? (await recordOnce(calls, interrupted))
  const { status } = record
  log.warn({ ...task, status }, 'a task was ended for an instance that has gone')
  return store.change(task, (before) => toEnded(before, record, { now: clock.now() }))
}
