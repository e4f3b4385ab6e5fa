/** The nouns of the wire: revisions, requests, notifications, refusals. */
import type { GatewayError } from '../domain/errors.js'
import type { JsonObject } from '../domain/json.js'
import type { LogLevel } from '../domain/log-level.js'
import type { Session } from '../domain/session.js'

export type { JsonObject } from '../domain/json.js'

export const PROTOCOL_VERSIONS = [
  '2024-11-05',
  '2025-03-26',
  '2025-06-18',
  '2025-11-25',
  '2026-07-28',
] as const

export type ProtocolVersion = (typeof PROTOCOL_VERSIONS)[number]

/** `legacy`: a handshake, then requests in its terms. `modern`: every request stands alone. */
export type Era = 'legacy' | 'modern'

export type RequestId = string | number

/** What each method's `params` hold once they are read. */
export interface RequestParams {
  initialize: { protocolVersion: string; capabilities: JsonObject; clientInfo: JsonObject }
  ping: EmptyParams
  'server/discover': EmptyParams
  'logging/setLevel': { level: LogLevel }
  'tools/list': PageParams
  'tools/call': RoundParams & { name: string; arguments?: JsonObject | undefined }
  'resources/list': PageParams
  'resources/templates/list': PageParams
  'resources/read': RoundParams & { uri: string }
  'prompts/list': PageParams
  'prompts/get': RoundParams & {
    name: string
    arguments?: Record<string, string> | undefined
  }
  'completion/complete': {
    ref: JsonObject
    argument: { name: string; value: string }
    context?: { arguments?: Record<string, string> | undefined } | undefined
  }
  'resources/subscribe': { uri: string }
  'resources/unsubscribe': { uri: string }
  'subscriptions/listen': { notifications: ListenFilter }
  'tasks/get': { taskId: string }
  'tasks/update': { taskId: string; inputResponses: JsonObject }
  'tasks/cancel': { taskId: string }
}

/** What a client wants to hear of, on a stream that it keeps open for that. */
export interface ListenFilter {
  toolsListChanged?: boolean | undefined
  promptsListChanged?: boolean | undefined
  resourcesListChanged?: boolean | undefined
  resourceSubscriptions?: string[] | undefined
  taskIds?: string[] | undefined
}

export type EmptyParams = object

/** Read in 2026-07-28 alone; in any other revision nothing may be made of them. */
export interface RoundParams {
  /** By the keys of the questions; the answers are unchecked. */
  inputResponses?: JsonObject | undefined
  requestState?: string | undefined
}

export interface PageParams {
  /** Opaque; the empty string is a legal cursor value and so an invalid one here. */
  cursor?: string | undefined
}

export type McpMethod = keyof RequestParams

/** One request of one revision, whatever transport brought it. */
export type McpRequest = { [M in McpMethod]: RequestOf<M> }[McpMethod]

export interface RequestOf<M extends McpMethod> {
  readonly method: M
  readonly params: RequestParams[M]
  readonly id: RequestId
  readonly version: ProtocolVersion
  readonly era: Era
  /** Present when the client wants `notifications/progress`: any JSON value, sent back as it is. */
  readonly progressToken?: unknown
  /** Where the request belongs in a distributed trace: W3C, as `_meta` said it. */
  readonly trace?: TraceContext | undefined
  /** The same for the same call, however often it is asked for; at most 256 characters. */
  readonly idempotencyKey?: string | undefined
  /** The least level of log message the client wants; absent means none. */
  readonly logLevel?: LogLevel | undefined
  /** What the client can be asked, as its envelope or the handshake over stdio has declared it. */
  readonly clientCapabilities?: JsonObject | undefined
  /** `Mcp-Param-*` headers by lower-case name after the prefix, decoded; absent on stdio. */
  readonly paramHeaders?: ReadonlyMap<string, string> | undefined
  /** The session that it belongs to: of legacy requests over HTTP, but for `initialize`. */
  readonly session?: Session | undefined
}

/** The members of `_meta` that W3C Trace Context and Baggage define; text, unchecked but for length. */
export interface TraceContext {
  readonly traceparent?: string | undefined
  readonly tracestate?: string | undefined
  readonly baggage?: string | undefined
}

export interface McpNotification {
  readonly method: string
  readonly params: JsonObject
}

/** What one HTTP body or one line of stdin turned out to be. */
export type Message =
  | { readonly kind: 'request'; readonly request: McpRequest }
  | { readonly kind: 'notification'; readonly notification: McpNotification }
  | RpcResponse
  | Refusal

/** A client's answer to a request of ours. */
export interface RpcResponse {
  readonly kind: 'response'
  readonly id?: RequestId | undefined
  readonly result?: unknown
  /** Present when it refused or failed. */
  readonly error?: { readonly code: number; readonly message: string } | undefined
}

/** Several messages sent as one; only revision 2025-03-26 has them. */
export interface Batch {
  readonly kind: 'batch'
  readonly messages: readonly Message[]
}

/** Something that is not served, with as much as could be read of who asked for it. */
export interface Refusal {
  readonly kind: 'refused'
  readonly error: GatewayError
  readonly id?: RequestId | undefined
  readonly era?: Era | undefined
}

/** How deep JSON may nest before it is refused: arrays and objects together. */
export const MAX_JSON_DEPTH = 64
