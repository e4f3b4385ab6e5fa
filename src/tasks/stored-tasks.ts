import type { JsonObject } from '../domain/json.js'
import type { Question } from '../domain/question.js'
import type { StateStore } from '../domain/state-store.js'
import { endAbandoned } from './abandoned.js'
import { createRunningTasks, type RunningTasksParts } from './running-tasks.js'
import { hasEnded, isAbandoned, type TaskItem, type TaskRef, toTask } from './task-item.js'
import { createTaskStore } from './task-store.js'
import type { KnowsTool, TaskOwner, Tasks } from './tasks.js'

export interface TasksParts extends Omit<RunningTasksParts, 'store'> {
  readonly state: StateStore
  readonly knowsTool: KnowsTool
}

type Change = (item: TaskItem) => TaskItem

export function createTasks(tasksParts: TasksParts): Tasks {
  const store = createTaskStore(tasksParts.state)
  const parts = { ...tasksParts, store }
  const { clock, subscriptions, knowsTool } = parts
  const running = createRunningTasks(parts)

  const tell = ({ endpointId, userId }: TaskOwner, taskId: string) =>
    void subscriptions.announce(endpointId, { type: 'task.changed', taskId, userId })

  /** How it stands now; a task that its instance has left behind is ended first. */
  const findItem = async (owner: TaskOwner, task: TaskRef, knows = knowsTool) => {
    const item = await store.read(task)
    if (item === undefined || item.userId !== owner.userId) return undefined
    const { toolName = '' } = item
    if (!(await knows(owner, { mcpType: 'tool', key: toolName }))) return undefined
    if (!isAbandoned(item, clock.now())) return item
    const ended = await endAbandoned(parts, task)
    tell(owner, task.taskId)
    return ended
  }

  /** @returns false when there is no such task */
  const change = async (owner: TaskOwner, task: TaskRef, to: Change, knows?: KnowsTool) => {
    if ((await findItem(owner, task, knows)) === undefined) return false
    let before: TaskItem | undefined
    const after = await store.change(task, (item) => {
      before = item
      return to(item)
    })
    if (after !== before) tell(owner, task.taskId)
    return true
  }

  return {
    begin: running.begin,
    close: running.close,

    find: async (owner, taskId) => {
      const task = { endpointId: owner.endpointId, taskId }
      const item = await findItem(owner, task)
      return item && toTask(task, item)
    },

    answer: async (owner, taskId, read) => {
      const task = { endpointId: owner.endpointId, taskId }
      const isFound = await change(owner, task, (item) =>
        withAnswers(item, read(item.questions), clock.now()),
      )
      if (isFound) await running.get(taskId)?.look()
      return isFound
    },

    cancel: async (owner, taskId, why) => {
      const task = { endpointId: owner.endpointId, taskId }
      let isCancelled = false
      const end = (item: TaskItem) => {
        isCancelled = !hasEnded(item) && item.isEnding !== true
        return isCancelled ? cancelled(item, clock.now()) : item
      }
      const isFound = await change(owner, task, end, why && anyTool)
      if (isCancelled) running.get(taskId)?.cancel(why)
      return isFound
    },
  }
}

/** Whoever ends calls of others may end those of a tool that their owner may not call any longer. */
const anyTool: KnowsTool = async () => true

function withAnswers(
  item: TaskItem,
  answers: Readonly<Record<string, JsonObject>>,
  updatedAt: number,
): TaskItem {
  if (Object.keys(answers).length === 0) return item
  const isOpen = ([key]: [string, Question]) => !Object.hasOwn(answers, key)
  const questions = Object.fromEntries(Object.entries(item.questions).filter(isOpen))
  return { ...item, questions, answers: { ...item.answers, ...answers }, updatedAt }
}

function cancelled(item: TaskItem, updatedAt: number): TaskItem {
  return { ...item, status: 'cancelled', questions: {}, answers: {}, updatedAt }
}
