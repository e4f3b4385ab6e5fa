/** What a revision is: its methods, and how its results look on the wire. */
import type { MethodTable } from './params.js'
import type { Era, JsonObject, McpMethod, ProtocolVersion } from './message.js'

export interface Revision {
  readonly version: ProtocolVersion
  readonly era: Era
  readonly methods: MethodTable
  /** Dresses a handler's result for the wire; what it holds already stays. */
  readonly toResult: (method: McpMethod, result: JsonObject, server: ServerInfo) => JsonObject
}

/** `Implementation` of the specification: who answers. */
export interface ServerInfo {
  readonly name: string
  readonly version: string
  readonly title?: string | undefined
}

/** Results of the revisions with a handshake go out as they are. */
export const legacyResult: Revision['toResult'] = (_method, result) => result
