/** The nouns of the wire: revisions, requests, notifications, refusals. */
import type { GatewayError } from '../domain/errors.js'
import type { LogLevel } from '../domain/log-level.js'

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
  'tools/call': { name: string; arguments?: JsonObject | undefined }
  'resources/list': PageParams
  'resources/templates/list': PageParams
  'resources/read': { uri: string }
  'prompts/list': PageParams
  'prompts/get': { name: string; arguments?: Record<string, string> | undefined }
  'completion/complete': { ref: JsonObject; argument: { name: string; value: string } }
}

export type EmptyParams = object

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
  /** `Mcp-Param-*` headers by lower-case name after the prefix, decoded; absent on stdio. */
  readonly paramHeaders?: ReadonlyMap<string, string> | undefined
}

export interface McpNotification {
  readonly method: string
  readonly params: JsonObject
}

/** What one HTTP body or one line of stdin turned out to be. */
export type Message =
  | { readonly kind: 'request'; readonly request: McpRequest }
  | { readonly kind: 'notification'; readonly notification: McpNotification }
  | { readonly kind: 'response' }
  | Refusal

/** Something that is not served, with as much as could be read of who asked for it. */
export interface Refusal {
  readonly kind: 'refused'
  readonly error: GatewayError
  readonly id?: RequestId | undefined
  readonly era?: Era | undefined
}

/** How deep JSON may nest before it is refused: arrays and objects together. */
export const MAX_JSON_DEPTH = 64
