/** The way back: results and errors → JSON-RPC messages, as the request's revision wants them. */
import { GatewayError } from '../domain/errors.js'
import type { Era, JsonObject, McpRequest, ProtocolVersion, RequestId } from './message.js'
import type { ServerInfo } from './revision.js'
import { revisionOf } from './revisions.js'
import { httpStatus, INTERNAL_ERROR, isKnownCode, rpcCode } from './rpc-errors.js'

export function toAnswer(request: McpRequest, result: JsonObject, server: ServerInfo): JsonObject {
  const dressed = revisionOf(request.version).toResult(request.method, result, server)
  return { jsonrpc: '2.0', id: request.id, result: dressed }
}

export interface ErrorAnswer {
  /** HTTP status; of no meaning on stdio. */
  readonly status: number
  readonly body: JsonObject
}

/** Whom an error answers, as far as that could be read. */
export interface Asker {
  readonly id?: RequestId | undefined
  readonly era?: Era | undefined
  readonly version?: ProtocolVersion | undefined
}

/**
 * A known error keeps its code, message and data; of an unknown one the wire learns nothing.
 * Without a readable id the answer has none: `null` is no id in MCP.
 */
export function toErrorAnswer(error: unknown, { id, era, version }: Asker): ErrorAnswer {
  const answeredId = id === undefined ? undefined : { id }
  if (!(error instanceof GatewayError)) {
    const unknown = { code: INTERNAL_ERROR, message: 'Internal error' }
    return { status: 500, body: { jsonrpc: '2.0', ...answeredId, error: unknown } }
  }
  const data = error.data === undefined ? undefined : { data: error.data }
  const known = { code: rpcCode(error.code, version), message: error.message, ...data }
  return {
    status: httpStatus(error.code, era),
    body: { jsonrpc: '2.0', ...answeredId, error: known },
  }
}

/** An error that was kept → what it would have been answered with in the latest revision. */
export function toErrorObject({ code, message, data }: KeptError): JsonObject {
  if (!isKnownCode(code)) return { code: INTERNAL_ERROR, message: 'Internal error' }
  const known = { code: rpcCode(code, undefined), message }
  return data === undefined ? known : { ...known, data }
}

export interface KeptError {
  /** Of a gateway error; any other one is a bug's. */
  readonly code: string
  readonly message: string
  readonly data?: unknown
}

/** A request of ours to a client of a revision with a handshake. */
export function toRequest(id: RequestId, method: string, params: JsonObject): JsonObject {
  return { jsonrpc: '2.0', id, method, params }
}

export function toNotification(method: string, params: JsonObject): JsonObject {
  return { jsonrpc: '2.0', method, params }
}
