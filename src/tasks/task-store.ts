/** Tasks in the state store: every change is made of what is stored then, or not at all. */
import { GatewayError } from '../domain/errors.js'
import type { StateItem, StateKey, StateStore } from '../domain/state-store.js'
import { TaskItem, type TaskRef } from './task-item.js'

export interface TaskStore {
  create(task: TaskRef, item: TaskItem): Promise<void>
  read(task: TaskRef): Promise<TaskItem | undefined>
  /**
   * @param change is given what is stored now, maybe more than once; returns the same object when
   * nothing has to be written
   * @returns what is stored then, or undefined when the task is gone
   * @throws GatewayError `RESULT_TOO_LARGE`, or `BUSY` when it always lost against other changes
   */
  change(task: TaskRef, change: (item: TaskItem) => TaskItem): Promise<TaskItem | undefined>
}

/** What the state store takes, as UTF-8 JSON. */
const MAX_ITEM_BYTES = 64 * 1024

/** A change that lost against others this often is given up. */
const MAX_ATTEMPTS = 20

export function createTaskStore(state: StateStore): TaskStore {
  const changing = new Map<string, Promise<unknown>>()

  const write: TaskStore['change'] = async (task, change) => {
    const key = keyOf(task)
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const stored = await state.read(key)
      if (stored === undefined) return undefined
      const before = TaskItem.parse(stored.value)
      const after = change(before)
      if (after === before) return before
      if (await state.replace(key, stored.version, toStateItem(after))) return after
    }
    throw new GatewayError('BUSY', 'The task is being changed by too many requests at a time')
  }

  return {
    create: async (task, item) => {
      const isNew = await state.create(keyOf(task), toStateItem(item))
      if (!isNew) throw new Error(`there is a task ${task.taskId} already`)
    },

    read: async (task) => {
      const stored = await state.read(keyOf(task))
      return stored && TaskItem.parse(stored.value)
    },

    // One change of a task at a time here, so that only other instances can come between.
    change: (task, change) => {
      const name = `${task.endpointId}/${task.taskId}`
      const before = changing.get(name) ?? Promise.resolve()
      const changed = before.then(
        () => write(task, change),
        () => write(task, change),
      )
      changing.set(name, changed)
      return changed.finally(() => {
        if (changing.get(name) === changed) changing.delete(name)
      })
    },
  }
}

function keyOf({ endpointId, taskId }: TaskRef): StateKey {
  return { endpointId, kind: 'task', id: taskId }
}

function toStateItem(item: TaskItem): StateItem {
  const bytes = Buffer.byteLength(JSON.stringify(item))
  if (bytes <= MAX_ITEM_BYTES) return { value: item, expiresAt: item.createdAt + item.ttlMs }
  throw new GatewayError(
    'RESULT_TOO_LARGE',
    `The open questions of this task and the answers that its function has not yet taken would be ${bytes} bytes; at most ${MAX_ITEM_BYTES} are kept`,
  )
}
