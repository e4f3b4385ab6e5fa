/** Tasks in the state store: every change is made of what is stored then, or not at all. */
import { GatewayError } from '../domain/errors.js'
import { type Changed, changeState, createItemTurns } from '../domain/state-changes.js'
import type { StateItem, StateKey, StateStore, StoredState } from '../domain/state-store.js'
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

export function createTaskStore(state: StateStore): TaskStore {
  const inTurn = createItemTurns()

  return {
    create: async (task, item) => {
      const isNew = await state.create(keyOf(task), toStateItem(item))
      if (!isNew) throw new Error(`there is a task ${task.taskId} already`)
    },

    read: async (task) => {
      const stored = await state.read(keyOf(task))
      return stored && TaskItem.parse(stored.value)
    },

    change: (task, change) => {
      const key = keyOf(task)
      const write = () => changeState(state, key, (stored) => toChanged(stored, change))
      return inTurn(key, write)
    },
  }
}

function keyOf({ endpointId, taskId }: TaskRef): StateKey {
  return { endpointId, kind: 'task', id: taskId }
}

function toChanged(
  stored: StoredState | undefined,
  change: (item: TaskItem) => TaskItem,
): Changed<TaskItem | undefined> {
  if (stored === undefined) return { value: undefined, item: undefined }
  const before = TaskItem.parse(stored.value)
  const value = change(before)
  return { value, item: value === before ? undefined : toStateItem(value) }
}

function toStateItem(item: TaskItem): StateItem {
  const bytes = Buffer.byteLength(JSON.stringify(item))
  if (bytes <= MAX_ITEM_BYTES) return { value: item, expiresAt: item.createdAt + item.ttlMs }
  throw new GatewayError(
    'RESULT_TOO_LARGE',
    `The open questions of this task and the answers that its function has not yet taken would be ${bytes} bytes; at most ${MAX_ITEM_BYTES} are kept`,
  )
}
