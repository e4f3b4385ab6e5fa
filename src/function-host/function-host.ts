/**
 * What happens inside an instance: load a bundle's class, call a method, shape its result. The front
 * door of the room: a worker holds a host, and in the gateway's own process the inline executor.
 */
import type { BundleLocation } from './bundle-module.js'
import { createBundleMethods, type MethodName } from './bundle-methods.js'
import { type Run, type RunEvents, type RunRequest, startRun } from './function-run.js'

export type { Question, QuestionMethod } from '../domain/question.js'
export type { AnsweredQuestion, QuestionsRequest, Reply } from './ask-client.js'
export type { FetchReply, FetchRequest } from './brokered-fetch.js'
export type { MethodName } from './bundle-methods.js'
export type { AbortReason, CallMessages, Progress, Trace } from './call-object.js'
export { FunctionError } from './function-error.js'
export type { McpResult } from './function-result.js'
export type { Run, RunEnd, RunEvents, RunFailure, RunRequest } from './function-run.js'
export { createMessageBudget } from './message-budget.js'
export { readThrown } from './thrown.js'
export type {
  CallMessage,
  GatewayMessage,
  InstanceBoot,
  InstanceMessage,
  WorkerBoot,
} from './instance-messages.js'
export { createLineReader, splitLine, toLine } from './message-lines.js'

/** Holds the code of one bundle version and runs its functions. */
export interface FunctionHost {
  /** Starts a run; nothing of it throws, everything arrives at `events`. */
  start(request: RunRequest, events: RunEvents): Run

  /** One sentence for every module, class or method that is not there. Constructs nothing. */
  problems(methods: readonly MethodName[]): Promise<string[]>
}

export interface FunctionHostOptions extends BundleLocation {
  /** UTF-8 bytes of one result's JSON. */
  readonly maxResultBytes: number
}

export function createFunctionHost(options: FunctionHostOptions): FunctionHost {
  const { folder, packageName, maxResultBytes } = options
  const methods = createBundleMethods({ folder, packageName })
  const place = { methods, maxResultBytes }
  return {
    start: (request, events) => startRun(place, request, events),
    problems: (names) => methods.problems(names),
  }
}
