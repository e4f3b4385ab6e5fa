/**
 * What the gateway and an instance say to each other. Arrays, because they are the cheapest to clone;
 * every message about a call carries the call's number in its instance.
 */
import type { MessagePort } from 'node:worker_threads'
import type { LogLevel } from '../domain/log-level.js'
import type { ListKind } from '../domain/notice.js'
import type { Question } from '../domain/question.js'
import type { Reply } from './ask-client.js'
import type { FetchReply, FetchRequest } from './brokered-fetch.js'
import type { MethodName } from './bundle-methods.js'
import type { AbortReason, Progress } from './call-object.js'
import type { RunFailure, RunRound } from './function-run.js'

export type GatewayMessage =
  | readonly ['call', number: number, requestJson: string]
  | readonly ['abort', number: number, reason: AbortReason]
  | readonly ['answer', number: number, question: number, reply: Reply]
  | readonly ['ping', ping: number]
  | readonly ['fetched', number: number, reply: FetchReply]
  | readonly ['check', methods: readonly MethodName[]]

export type InstanceMessage =
  | CallMessage
  /**
   * Said first, before any code of the bundle is loaded. A thread says which one of the system it is;
   * 0 where that is not known.
   */
  | readonly ['ready', threadId?: number]
  | readonly ['pong', ping: number]
  /** Its code wants something from the network, or, without a request, no longer. */
  | readonly ['fetch', number: number, request: FetchRequest | undefined]
  | readonly ['problems', problems: readonly string[]]

export type CallMessage =
  | readonly ['result', number: number, resultJson: string]
  | readonly ['failure', number: number, failure: RunFailure]
  /** The run has questions and is discarded. */
  | readonly ['round', number: number, round: RunRound]
  /** An aborted run has ended; what it returned interests nobody. */
  | readonly ['ended', number: number]
  | readonly ['ask', number: number, questionNumber: number, question: Question, key: string]
  | readonly ['progress', number: number, progress: Progress]
  | readonly ['log', number: number, level: LogLevel, entryJson: string, logger: string | undefined]
  | readonly ['resourceUpdated', number: number, uri: string]
  | readonly ['listChanged', number: number, list: ListKind]
  | readonly ['closeStream', number: number]
  /** Progress, log or other messages of the call were dropped; said once. */
  | readonly ['dropped', number: number]

/** What an instance is told first. */
export interface InstanceBoot {
  readonly folder: string
  readonly packageName: string
  readonly maxResultBytes: number
  /** Replaces `fetch` by the gateway's. */
  readonly isBrokered?: boolean | undefined
}

/** What a worker is born with. */
export interface WorkerBoot extends InstanceBoot {
  /** A channel of our own, so a bundle's code that finds `parentPort` cannot speak for us. */
  readonly port: MessagePort
}
