/** The `call` that a function gets as its second argument. */
import type { Call, CallNotices, ClientQuestions, Trace } from '../author/author.js'
import { systemClock } from '../domain/clock.js'
import { MAX_FUNCTION_JSON_DEPTH, nestsDeeperThan } from '../domain/json.js'
import { LOG_LEVELS, type LogLevel } from '../domain/log-level.js'
import { createNotices } from './call-notices.js'
import { createMessageBudget, type MessageBudget } from './message-budget.js'
import { createQuestions, type AskOne } from './questions.js'

/** What authors know as `Call`. */
export type FunctionCall = Call

export type { Trace }

export type CallIdentity = Pick<FunctionCall, 'endpointId' | 'userId' | 'callId' | 'deadline'> & {
  readonly trace?: Trace | undefined
}

export interface Progress {
  readonly progress: number
  readonly total?: number | undefined
  readonly message?: string | undefined
}

export type AbortReason = 'cancelled' | 'timed out' | 'over its CPU limit' | 'shut down'

/** Where a call's messages go. */
export interface CallMessages extends CallNotices {
  progress(progress: Progress): void
  log(level: LogLevel, entryJson: string, logger: string | undefined): void
  /** Messages were dropped because there were too many; said once. */
  dropped(): void
}

export interface OpenCall {
  readonly call: FunctionCall
  readonly inside: Pick<CallInside, 'isAborted' | 'abort' | 'close'>
}

/** Longer progress messages and logger names are cut, in UTF-16 units. */
const MAX_NAME_LENGTH = 1000

export interface CallParts {
  readonly messages: CallMessages
  readonly askOne: AskOne
  readonly state: Record<string, unknown>
}

/** What is made only for functions that want it: most calls return and say nothing. */
type CallTools = Pick<FunctionCall, 'progress' | 'log'> & ClientQuestions & CallNotices

export function openCall(identity: CallIdentity, parts: CallParts): OpenCall {
  const inside = new CallInside(parts)
  return { inside, call: new CallObject(identity, parts, inside) }
}

/* oxlint-disable typescript/unbound-method -- closures, made by `createTools` */

/** Its methods are made when they are first looked at, and go on working when they are taken out. */
class CallObject implements FunctionCall {
  readonly endpointId: string
  readonly userId: string
  readonly callId: string
  readonly deadline: number
  readonly traceparent: string | undefined
  readonly tracestate: string | undefined
  readonly baggage: string | undefined
  readonly state: Record<string, unknown>
  readonly #parts: CallParts
  readonly #inside: CallInside
  #tools: CallTools | undefined

  constructor(identity: CallIdentity, parts: CallParts, inside: CallInside) {
    this.endpointId = identity.endpointId
    this.userId = identity.userId
    this.callId = identity.callId
    this.deadline = identity.deadline
    this.traceparent = identity.trace?.traceparent
    this.tracestate = identity.trace?.tracestate
    this.baggage = identity.trace?.baggage
    this.state = parts.state
    this.#parts = parts
    this.#inside = inside
  }

  get signal() {
    return this.#inside.signal
  }
  get progress() {
    return this.#made.progress
  }
  get log() {
    return this.#made.log
  }
  get elicit() {
    return this.#made.elicit
  }
  get sample() {
    return this.#made.sample
  }
  get listRoots() {
    return this.#made.listRoots
  }
  get resourceUpdated() {
    return this.#made.resourceUpdated
  }
  get listChanged() {
    return this.#made.listChanged
  }
  get closeStream() {
    return this.#made.closeStream
  }

  get #made(): CallTools {
    this.#tools ??= createTools(this.#parts, this.#inside)
    return this.#tools
  }
}

/* oxlint-enable typescript/unbound-method */

// Calls share it: none can change what the next one gets.
Object.freeze(CallObject.prototype)

function createTools({ messages, askOne }: CallParts, inside: CallInside): CallTools {
  let lastProgress = -Infinity
  return {
    ...createQuestions(askOne),
    ...createNotices(messages, (bytes) => inside.admits(bytes)),
    progress(done, total, message) {
      if (!isFinite(done) || done <= lastProgress) return
      const text = readText(message)
      if (!inside.admits((text ?? '').length)) return
      lastProgress = done
      messages.progress({
        progress: done,
        total: isFinite(total) ? total : undefined,
        message: text,
      })
    },
    log(level, entry, logger) {
      checkLevel(level)
      const json = toJson(entry)
      if (inside.admits(Buffer.byteLength(json))) messages.log(level, json, readText(logger))
    },
  }
}

/** What the run does with the call, out of its function's reach. */
class CallInside {
  readonly #messages: CallMessages
  #budget: MessageBudget | undefined
  #isOpen = true
  #hasDropped = false
  /** An AbortController costs more than the rest of the object and few functions look at it. */
  #controller: AbortController | undefined
  #error: Error | undefined

  constructor({ messages }: Pick<CallParts, 'messages'>) {
    this.#messages = messages
  }

  get isAborted(): boolean {
    return this.#error !== undefined
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#error) this.#controller.abort(this.#error)
    return this.#controller.signal
  }

  abort(reason: AbortReason): void {
    this.#isOpen = false
    this.#error ??= new Error(`the call was ${reason}`)
    this.#controller?.abort(this.#error)
  }

  /** From now on whatever the function says is ignored. */
  close(): void {
    this.#isOpen = false
  }

  admits(bytes: number): boolean {
    if (!this.#isOpen) return false
    this.#budget ??= createMessageBudget(systemClock)
    if (this.#budget.take(bytes)) return true
    if (!this.#hasDropped) this.#messages.dropped()
    this.#hasDropped = true
    return false
  }
}

/** Plain JavaScript may pass anything, whatever the types say. */
function isFinite(value: unknown): value is number {
  return Number.isFinite(value)
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, MAX_NAME_LENGTH) : undefined
}

function checkLevel(level: unknown): void {
  if (LOG_LEVELS.some((known) => known === level)) return
  throw new TypeError(`call.log: the level must be one of ${LOG_LEVELS.join(', ')}`)
}

function toJson(entry: unknown): string {
  let json: string | undefined
  try {
    json = JSON.stringify(entry)
  } catch (cause) {
    throw new TypeError('call.log: the second argument must be something JSON can hold', { cause })
  }
  if (json === undefined)
    throw new TypeError(`call.log: the second argument is ${typeof entry}; JSON cannot hold that`)
  if (nestsDeeperThan(MAX_FUNCTION_JSON_DEPTH, json))
    throw new TypeError(
      `call.log: the second argument nests deeper than ${MAX_FUNCTION_JSON_DEPTH} levels`,
    )
  return json
}
