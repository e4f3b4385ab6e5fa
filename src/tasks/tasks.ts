/**
 * Which calls go on in the background, and how do they stand? The front door of the room.
 *
 * A task is one small item of the state store, so every instance answers for it, takes answers for
 * it and cancels it. Its function runs in the instance that took the call, which renews a lease on
 * the item: whoever meets a task whose lease is over ends it as interrupted. A task's id is its
 * call's, and its result is what the call's record holds.
 */
import type { CallError, CallRecord } from '../domain/call.js'
import type { Caller } from '../domain/caller.js'
import type { JsonObject } from '../domain/json.js'
import type { Question } from '../domain/question.js'

export { createTasks } from './stored-tasks.js'

export interface Tasks {
  /**
   * A call begins to run here in the background.
   *
   * @param call as it stands now; its id becomes the task's
   * @returns once the task is durable: whoever asks for it finds it
   * @throws GatewayError `BUSY`, `SHUTTING_DOWN`
   */
  begin(call: CallRecord): Promise<RunningTask>

  /** @returns undefined for whatever is not the owner's, is unknown or too old, not telling which */
  find(owner: TaskOwner, taskId: string): Promise<Task | undefined>

  /**
   * Keeps answers for the instance where the function waits for them.
   *
   * @param read is given the questions that are open, maybe more than once; returns the answers
   * that fit theirs, by key
   * @returns false when there is no such task, as `find`
   * @throws GatewayError `RESULT_TOO_LARGE` when a task cannot keep that much
   */
  answer(owner: TaskOwner, taskId: string, read: ReadAnswers): Promise<boolean>

  /**
   * The task is cancelled, unless it has ended or is about to; the function is told wherever it runs.
   *
   * @param why recorded of a task that runs here, where others than its owner cancel it, who need
   * not know its tool. Default: its owner did
   * @returns false when there is no such task, as `find`
   */
  cancel(owner: TaskOwner, taskId: string, why?: CallError): Promise<boolean>

  /** Calls that run here in the background get this long to end, then they end as interrupted. */
  close(timeoutMs: number): Promise<void>
}

export type TaskOwner = Caller

/** Whether the owner's credential may know of the tool, and so of the tasks that its calls became. */
export type KnowsTool = (
  owner: TaskOwner,
  tool: { readonly mcpType: 'tool'; readonly key: string },
) => Promise<boolean>

export type TaskStatus = 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled'

export interface Task {
  readonly taskId: string
  readonly status: TaskStatus
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly updatedAt: number
  /** How long it can be asked for after it was made, in milliseconds. */
  readonly ttlMs: number
  /** Those that are open, by key. */
  readonly questions: Readonly<Record<string, Question>>
  /** Why it has failed. */
  readonly error?: TaskError | undefined
}

/** What a task failed with: the code of a gateway error, or another one of a bug. */
export interface TaskError {
  readonly code: string
  readonly message: string
  readonly data?: unknown
}

export type ReadAnswers = (
  open: Readonly<Record<string, Question>>,
) => Readonly<Record<string, JsonObject>>

/** A task whose function runs in this instance. */
export interface RunningTask {
  readonly task: Task
  /** Aborted when the task is cancelled, or interrupted. */
  readonly signal: AbortSignal

  /**
   * Puts a question to the client and waits for its answer.
   *
   * @param key of its own in this task
   * @throws GatewayError `RESULT_TOO_LARGE` when a task cannot keep that much
   */
  ask(key: string, question: Question): Promise<JsonObject>

  /**
   * The function has ended: its call is recorded, then the task has ended too. Never throws: what
   * cannot be written is logged, and the task ends as interrupted when its lease is over.
   *
   * @param errorData of the error that it failed with, beside what is recorded of that
   */
  end(call: CallRecord, errorData?: unknown): Promise<void>
}
