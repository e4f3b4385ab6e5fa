/** The `call` that a function gets as its second argument. */
import type { Call, CallNotices, Trace } from '../author/author.js'
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
  readonly isAborted: boolean
  abort(reason: AbortReason): void
  /** From now on whatever the function says is ignored. */
  close(): void
}

/** Longer progress messages and logger names are cut, in UTF-16 units. */
const MAX_NAME_LENGTH = 1000

export interface CallParts {
  readonly messages: CallMessages
  readonly askOne: AskOne
  readonly state: Record<string, unknown>
}

export function openCall(identity: CallIdentity, parts: CallParts): OpenCall {
  const { messages, askOne, state } = parts
  const signal = createLazySignal()
  const gate = createGate(messages)
  let lastProgress = -Infinity

  const call: FunctionCall = {
    endpointId: identity.endpointId,
    userId: identity.userId,
    callId: identity.callId,
    deadline: identity.deadline,
    traceparent: identity.trace?.traceparent,
    tracestate: identity.trace?.tracestate,
    baggage: identity.trace?.baggage,
    state,
    ...createQuestions(askOne),
    ...createNotices(messages, (bytes) => gate.admits(bytes)),
    get signal() {
      return signal.read()
    },
    progress(done, total, message) {
      if (!isFinite(done) || done <= lastProgress) return
      const text = readText(message)
      if (!gate.admits((text ?? '').length)) return
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
      if (gate.admits(Buffer.byteLength(json))) messages.log(level, json, readText(logger))
    },
  }
  return {
    call,
    get isAborted() {
      return signal.isAborted()
    },
    abort(reason) {
      gate.close()
      signal.abort(reason)
    },
    close: () => gate.close(),
  }
}

/** An AbortController costs more than the rest of the object and few functions look at it. */
function createLazySignal() {
  let controller: AbortController | undefined
  let error: Error | undefined
  return {
    isAborted: () => error !== undefined,
    abort(reason: AbortReason) {
      error ??= new Error(`the call was ${reason}`)
      controller?.abort(error)
    },
    read() {
      controller ??= new AbortController()
      if (error) controller.abort(error)
      return controller.signal
    },
  }
}

function createGate(messages: CallMessages) {
  let budget: MessageBudget | undefined
  let isOpen = true
  let hasDropped = false
  return {
    admits(bytes: number): boolean {
      if (!isOpen) return false
      budget ??= createMessageBudget(systemClock)
      if (budget.take(bytes)) return true
      if (!hasDropped) messages.dropped()
      hasDropped = true
      return false
    },
    close() {
      isOpen = false
    },
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
