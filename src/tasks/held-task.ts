/** A task whose function runs in this instance: its lease, its questions and its end. */
import { type CallError, type CallRecord, toCallUri } from '../domain/call.js'
import type { JsonObject } from '../domain/json.js'
import type { Question } from '../domain/question.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Subscriptions } from '../subscriptions/subscriptions.js'
import type { Log } from '../telemetry/telemetry.js'
import { endTask, type EndTaskParts } from './end-task.js'
import {
  hasEnded,
  LEASE_MS,
  newTaskItem,
  type TaskItem,
  type TaskRef,
  toTask,
  withQuestion,
} from './task-item.js'
import type { RunningTask, Task } from './tasks.js'

export interface HeldTaskParts extends EndTaskParts {
  readonly subscriptions: Subscriptions
  readonly log: Log
  /** How long a task can be asked for after it was made, in milliseconds. */
  readonly taskTtlMs: number
}

/** How often a lease is renewed. */
const RENEW_MS = 10_000

export class HeldTask implements RunningTask, TaskRef {
  readonly endpointId: EndpointId
  readonly taskId: string
  readonly task: Task
  /** Settles when nothing more is written of it here. */
  readonly ended: Promise<void>
  readonly #parts: HeldTaskParts
  readonly #userId: string
  readonly #item: TaskItem
  readonly #controller = new AbortController()
  /** The answers that the function waits for, by key. */
  readonly #waiting = new Map<string, (answer: JsonObject) => void>()
  #renewedAt: number
  #isLooking = false
  /** The function has ended: whatever others write is of no interest any more. */
  #isEnding = false
  #isInterrupted = false
  #whyCancelled: CallError | undefined
  #settle: () => void = () => undefined

  constructor(call: CallRecord, parts: HeldTaskParts) {
    this.endpointId = call.endpointId
    this.taskId = call.callId
    this.#parts = parts
    this.#userId = call.userId
    this.#item = newTaskItem(call, parts.taskTtlMs, parts.clock.now())
    this.task = toTask(this, this.#item)
    this.#renewedAt = parts.clock.now()
    this.ended = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Durable from then on, or ended if that fails. */
  async create(): Promise<void> {
    try {
      await this.#parts.store.create(this, this.#item)
    } catch (error) {
      this.#settle()
      throw error
    }
  }

  async ask(key: string, question: Question): Promise<JsonObject> {
    const { store, clock } = this.#parts
    const answered = new Promise<JsonObject>((resolve) => this.#waiting.set(key, resolve))
    try {
      await store.change(this, (item) => withQuestion(item, [key, question], clock.now()))
    } catch (error) {
      this.#waiting.delete(key)
      throw error
    }
    void this.#tell()
    return answered
  }

  async end(call: CallRecord, errorData?: unknown): Promise<void> {
    const { subscriptions, log } = this.#parts
    this.#isEnding = true
    try {
      const isInterrupted = this.#isInterrupted
      const whyCancelled = this.#whyCancelled
      await endTask(this.#parts, this, { call, errorData, isInterrupted, whyCancelled })
      await this.#tell()
      const uri = toCallUri(this.taskId)
      const notice = { type: 'resource.updated', uri, userId: this.#userId } as const
      await subscriptions.announce(this.endpointId, notice)
    } catch (err) {
      log.error({ err, taskId: this.taskId }, 'the end of a task could not be written')
    } finally {
      this.#settle()
    }
  }

  /** @param why default: its client has cancelled it */
  cancel(why?: CallError): void {
    this.#whyCancelled = why
    this.#controller.abort()
  }

  /** This instance stops. */
  interrupt(): void {
    this.#isInterrupted = true
    this.#controller.abort()
  }

  /** Looks, if answers are awaited or the lease is to be renewed. */
  lookIfDue(): void {
    if (this.#isLooking) return
    if (this.#waiting.size > 0 || this.#isRenewalDue()) void this.look()
  }

  /** Takes note of what others have written: answers, and that it is over. */
  async look(): Promise<void> {
    if (this.#isEnding) return
    this.#isLooking = true
    try {
      await this.#takeNote()
    } catch (err) {
      this.#parts.log.warn({ err, taskId: this.taskId }, 'a task could not be looked at')
    } finally {
      this.#isLooking = false
    }
  }

  async #takeNote(): Promise<void> {
    const now = this.#parts.clock.now()
    let answers: TaskItem['answers'] = {}
    const item = await this.#parts.store.change(this, (before) => {
      ;({ answers } = before)
      const isAnswered = Object.keys(answers).length > 0
      if (hasEnded(before) || (!isAnswered && !this.#isRenewalDue())) return before
      return { ...before, answers: {}, leaseUntil: now + LEASE_MS }
    })
    if (item === undefined) return
    if (hasEnded(item)) this.#controller.abort()
    // Another instance's clock may be ahead.
    this.#renewedAt = Math.min(now, item.leaseUntil - LEASE_MS)
    for (const [key, answer] of Object.entries(answers)) {
      this.#waiting.get(key)?.(answer)
      this.#waiting.delete(key)
    }
  }

  #isRenewalDue(): boolean {
    return this.#parts.clock.now() - this.#renewedAt >= RENEW_MS
  }

  #tell(): Promise<void> {
    const { endpointId, taskId } = this
    const notice = { type: 'task.changed', taskId, userId: this.#userId } as const
    return this.#parts.subscriptions.announce(endpointId, notice)
  }
}
