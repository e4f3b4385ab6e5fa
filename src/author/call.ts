/** The `call` that a function gets as its second argument: the one definition of it. */
import type { JsonObject } from '../domain/json.js'
import type { LogLevel } from '../domain/log-level.js'
import type { ListKind } from '../domain/notice.js'

/** Who calls, how long there is, and what can be said before the answer. */
export interface Call extends ClientQuestions, CallNotices, Trace {
  readonly endpointId: string
  readonly userId: string
  readonly callId: string
  /** Milliseconds since 1970. */
  readonly deadline: number
  /** Aborted when the caller cancels, at the deadline, over the CPU limit and at shutdown. */
  readonly signal: AbortSignal
  /** Ignored unless `done` is finite and higher than the last one. */
  progress(done: number, total?: number, message?: string): void
  /** @throws TypeError for an unknown level and for what JSON cannot hold */
  log(level: LogLevel, entry: unknown, logger?: string): void
  /** A JSON object of the function's own; where it runs again with answers, it finds it again. */
  state: Record<string, unknown>
}

/** Where a call belongs in a distributed trace: W3C Trace Context and Baggage, as the caller sent them. */
export interface Trace {
  readonly traceparent?: string | undefined
  readonly tracestate?: string | undefined
  readonly baggage?: string | undefined
}

/** What a function says to more than its caller: what has changed, and that it goes on unheard. */
export interface CallNotices {
  /** What this URI reads as has changed: clients that have subscribed to it are told. */
  resourceUpdated(uri: string): void
  /** A list of the endpoint has changed: clients that listen for it are told. */
  listChanged(list: ListKind): void
  /**
   * Asks for the client's connection to be closed while the function goes on; the client comes back
   * for the rest. No effect where it could not.
   */
  closeStream(): void
}

/**
 * Questions to the client. Each has a key of its own in its call: asked again, it has the same
 * answer. On 2026-07-28 the function runs again from the top with the answers so far: ask first, do
 * what has an effect after the last answer, or note it in `call.state`.
 */
export interface ClientQuestions {
  /**
   * Asks the person at the client for input: `{ message, requestedSchema }`, or for a visit of a
   * page: `{ mode: 'url', message, url }`. The answer is `{ action, content? }`.
   */
  elicit(key: string, params: ElicitParams): Promise<ElicitAnswer>
  /** Asks the client's model: `{ messages, maxTokens, … }`; the answer is a `CreateMessageResult`. */
  sample(key: string, params: SampleParams): Promise<SampleAnswer>
  /** Asks for the folders that the client works on: `{ roots: [{ uri, name? }] }`. */
  listRoots(key: string): Promise<RootsAnswer>
}

/** Members that the protocol adds later may be given too. */
export type ElicitParams = Readonly<JsonObject> & {
  readonly message: string
  readonly mode?: 'form' | 'url'
  /** Of a form: a flat JSON Schema of an object. */
  readonly requestedSchema?: object
  /** With `mode: 'url'`. */
  readonly url?: string
}

export type SampleParams = Readonly<JsonObject> & {
  readonly messages: readonly object[]
  readonly maxTokens: number
}

/** Checked by the gateway: `content` conforms to `requestedSchema`. */
export interface ElicitAnswer {
  readonly action: 'accept' | 'decline' | 'cancel'
  /** With `accept`, of a form. */
  readonly content?: Readonly<JsonObject>
}

export interface SampleAnswer {
  readonly role: 'assistant' | 'user'
  readonly model: string
  /** A content block or a list of them. */
  readonly content: unknown
  readonly stopReason?: string
}

export interface RootsAnswer {
  readonly roots: readonly { readonly uri: string; readonly name?: string }[]
}
