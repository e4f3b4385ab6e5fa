/** Bytes → one JSON-RPC 2.0 message, or the refusal it deserves. */
import { GatewayError } from '../domain/errors.js'
import { type JsonObject, MAX_JSON_DEPTH, type RequestId, type RpcResponse } from './message.js'

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
  if (nestsTooDeep(text))
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
  if (!isObject(value)) throw invalid('A message must be a JSON object')
  if (value['jsonrpc'] !== '2.0') throw invalid('jsonrpc: must be "2.0"')
  if (isResponse(value)) return readResponse(value)
  const { method, params = {}, id } = value
  if (typeof method !== 'string') throw invalid('method: must be a string')
  if (!isObject(params)) throw invalid('params: must be an object')
  if (!('id' in value)) return { kind: 'notification', method, params }
  if (!isRequestId(id)) throw invalid('id: must be a string or an integer')
  return { kind: 'request', id, method, params }
}

/** The id of a message that is refused, when it can be read at all. */
export function idOf(value: unknown): RequestId | undefined {
  // A response's id is of our own request: sent back, it would look like an answer to theirs.
  if (!isObject(value) || isResponse(value)) return undefined
  return readId(value)
}

function readId({ id }: JsonObject): RequestId | undefined {
  return isRequestId(id) ? id : undefined
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
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
  const { code, message } = isObject(error) ? error : {}
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

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** One pass before parsing, so that hostile nesting never reaches a recursive reader. */
function nestsTooDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--
    else if (code === OPEN_LIST || code === OPEN_OBJECT) depth++
    if (depth > MAX_JSON_DEPTH) return true
  }
  return false
}

function endOfString(text: string, start: number): number {
  let at = text.indexOf('"', start + 1)
  while (at !== -1 && isEscaped(text, at)) at = text.indexOf('"', at + 1)
  return at === -1 ? text.length : at
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0
  while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++
  return slashes % 2 === 1
}
