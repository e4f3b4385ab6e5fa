/** The nouns of the wire: revisions, requests, notifications, refusals. */
import type { GatewayError } from '../domain/errors.js'
import type { LogLevel } from '../domain/log-level.js'
import type { Session } from '../domain/session.js'

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

export type JsonObject = Record<string, unknown>

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
  'completion/complete': { ref: JsonObject; argument: { name: string; value: string } }
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
  /** Present when the client wants `notifications/progress`; any JSON string or number. */
  readonly progressToken?: RequestId | undefined
  /** The least level of log message the client wants; absent means none. */
  readonly logLevel?: LogLevel | undefined
  /** What the client can be asked, as its envelope or the handshake over stdio has declared it. */
  readonly clientCapabilities?: JsonObject | undefined
  /** `Mcp-Param-*` headers by lower-case name after the prefix, decoded; absent on stdio. */
  readonly paramHeaders?: ReadonlyMap<string, string> | undefined
  /** The session that it belongs to: of legacy requests over HTTP, but for `initialize`. */
  readonly session?: Session | undefined
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
