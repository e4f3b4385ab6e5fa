/** Bytes → one JSON-RPC 2.0 message, or the refusal it deserves. */
import { GatewayError } from '../domain/errors.js'
import { isJsonObject, type JsonObject, nestsDeeperThan } from '../domain/json.js'
import { MAX_JSON_DEPTH, type RequestId, type RpcResponse } from './message.js'

export type RpcMessage =
  | {
      readonly kind: 'request'
      readonly id: RequestId
      readonly method: string
      readonly params: JsonObject
    }
  | { readonly kind: 'notification'; readonly method: string; readonly params: JsonObject }
  | RpcResponse

/** @throws GatewayError `PARSE_ERROR` or, when it nests too deep, `INVALID_REQUEST` */
export function parseJson(text: string): unknown {
  if (nestsDeeperThan(MAX_JSON_DEPTH, text))
    throw new GatewayError('INVALID_REQUEST', `JSON nested deeper than ${MAX_JSON_DEPTH} levels`)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new GatewayError('PARSE_ERROR', 'The message is not valid JSON', { cause })
  }
}

/**
 * Reads the shape of one message.
 *
 * @throws GatewayError `INVALID_REQUEST`, naming the member and what was expected
 */
export function readRpcMessage(value: unknown): RpcMessage {
  if (!isJsonObject(value)) throw invalid('A message must be a JSON object')
  if (value['jsonrpc'] !== '2.0') throw invalid('jsonrpc: must be "2.0"')
  if (isResponse(value)) return readResponse(value)
  const { method, params = {}, id } = value
  if (typeof method !== 'string') throw invalid('method: must be a string')
  if (!isJsonObject(params)) throw invalid('params: must be an object')
  if (!('id' in value)) return { kind: 'notification', method, params }
  if (!isRequestId(id)) throw invalid('id: must be a string or an integer')
  return { kind: 'request', id, method, params }
}

/** The id of a message that is refused, when it can be read at all. */
export function idOf(value: unknown): RequestId | undefined {
  // A response's id is of our own request: sent back, it would look like an answer to theirs.
  if (!isJsonObject(value) || isResponse(value)) return undefined
  return readId(value)
}

function readId({ id }: JsonObject): RequestId | undefined {
  return isRequestId(id) ? id : undefined
}

export function isRequestId(value: unknown): value is RequestId {
  return typeof value === 'string' || Number.isSafeInteger(value)
}

function isResponse(value: JsonObject): boolean {
  return !('method' in value) && ('result' in value || 'error' in value)
}

/** Lenient: what is wrong with it is seen by whoever waits for it. */
function readResponse(value: JsonObject): RpcResponse {
  const { result, error } = value
  if (error === undefined) return { kind: 'response', id: readId(value), result }
  const { code, message } = isJsonObject(error) ? error : {}
  return {
    kind: 'response',
    id: readId(value),
    error: {
      code: typeof code === 'number' ? code : 0,
      message: typeof message === 'string' ? message : 'it gave no reason',
    },
  }
}

function invalid(message: string): GatewayError {
  return new GatewayError('INVALID_REQUEST', message)
}
