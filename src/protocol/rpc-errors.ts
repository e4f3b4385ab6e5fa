/**
 * The wire number of every way to fail. Codes from -32768 to -32000 belong to JSON-RPC and MCP;
 * ours lie outside, as the 2026-07-28 revision asks of implementations.
 */
import type { GatewayErrorCode } from '../domain/errors.js'
import type { Era, ProtocolVersion } from './message.js'

const PARSE_ERROR = -32700
const INVALID_REQUEST = -32600
const METHOD_NOT_FOUND = -32601
const INVALID_PARAMS = -32602
export const INTERNAL_ERROR = -32603

/** Until 2025-11-25 a missing resource has a number of its own. */
const LEGACY_RESOURCE_NOT_FOUND = -32002

const RPC_CODE: Record<GatewayErrorCode, number> = {
  PARSE_ERROR,
  INVALID_REQUEST,
  BODY_TOO_LARGE: INVALID_REQUEST,
  URL_TOO_LONG: INVALID_REQUEST,
  UNSUPPORTED_MEDIA_TYPE: INVALID_REQUEST,
  NOT_ACCEPTABLE: INVALID_REQUEST,
  ENVELOPE_INVALID: INVALID_PARAMS,
  HEADER_MISMATCH: -32020,
  MISSING_CAPABILITY: -32021,
  UNSUPPORTED_VERSION: -32022,
  METHOD_NOT_FOUND,
  INVALID_PARAMS,
  UNAUTHENTICATED: -31401,
  FORBIDDEN: -31403,
  INSUFFICIENT_SCOPE: -31406,
  ACCOUNTS_UNAVAILABLE: -31405,
  LOCKED_OUT: -31408,
  USER_NOT_FOUND: -31407,
  KEY_NOT_FOUND: -31409,
  PACKAGE_NOT_FOUND: -31411,
  SETTING_NOT_FOUND: -31412,
  CALL_NOT_FOUND: -31413,
  ORIGIN_REFUSED: -31404,
  RATE_LIMITED: -31429,
  FUNCTION_NOT_FOUND: INVALID_PARAMS,
  RESOURCE_NOT_FOUND: INVALID_PARAMS,
  TASK_NOT_FOUND: INVALID_PARAMS,
  CURSOR_INVALID: INVALID_PARAMS,
  FUNCTION_FAILED: INTERNAL_ERROR,
  CALL_TIMED_OUT: -31001,
  CPU_EXCEEDED: -31017,
  CALL_CANCELLED: -31002,
  RESULT_TOO_LARGE: -31003,
  RESULT_INVALID: -31004,
  OUTPUT_INVALID: -31014,
  OUTBOUND_REFUSED: INTERNAL_ERROR,
  OUTBOUND_FAILED: INTERNAL_ERROR,
  INTERRUPTED: -31015,
  BUSY: -31005,
  NOT_RECORDED: -31006,
  RECORDS_UNAVAILABLE: -31018,
  BUNDLE_INVALID: -31007,
  BUNDLE_UNAVAILABLE: -31008,
  UPLOAD_NOT_FOUND: -31016,
  CONFLICT: -31009,
  SHUTTING_DOWN: -31010,
  EVENTS_DROPPED: -31011,
  EVENTS_UNAVAILABLE: -31012,
  SESSION_REQUIRED: INVALID_REQUEST,
  SESSION_NOT_FOUND: -31013,
}

export function isKnownCode(code: string): code is GatewayErrorCode {
  return Object.hasOwn(RPC_CODE, code)
}

export function rpcCode(code: GatewayErrorCode, version: ProtocolVersion | undefined): number {
  if (code === 'RESOURCE_NOT_FOUND' && version !== undefined && version !== '2026-07-28')
    return LEGACY_RESOURCE_NOT_FOUND
  return RPC_CODE[code]
}

/** Refusals of the transport and of the edge; whatever a handler answers travels on a 200. */
const EDGE_STATUS: Partial<Record<GatewayErrorCode, number>> = {
  PARSE_ERROR: 400,
  INVALID_REQUEST: 400,
  BODY_TOO_LARGE: 413,
  URL_TOO_LONG: 414,
  UNSUPPORTED_MEDIA_TYPE: 415,
  NOT_ACCEPTABLE: 406,
  ENVELOPE_INVALID: 400,
  HEADER_MISMATCH: 400,
  MISSING_CAPABILITY: 400,
  UNSUPPORTED_VERSION: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  INSUFFICIENT_SCOPE: 403,
  ACCOUNTS_UNAVAILABLE: 503,
  LOCKED_OUT: 429,
  USER_NOT_FOUND: 404,
  KEY_NOT_FOUND: 404,
  PACKAGE_NOT_FOUND: 404,
  SETTING_NOT_FOUND: 404,
  CALL_NOT_FOUND: 404,
  ORIGIN_REFUSED: 403,
  RATE_LIMITED: 429,
  SHUTTING_DOWN: 503,
  EVENTS_UNAVAILABLE: 503,
  SESSION_REQUIRED: 400,
  SESSION_NOT_FOUND: 404,
  UPLOAD_NOT_FOUND: 404,
}

/** Modern requests learn from a 404 that the method does not exist; legacy ones from the body. */
export function httpStatus(code: GatewayErrorCode, era: Era | undefined): number {
  if (code === 'METHOD_NOT_FOUND') return era === 'modern' ? 404 : 200
  // The number is of 2026-07-28, and so is its status.
  if (code === 'MISSING_CAPABILITY' && era === 'legacy') return 200
  return EDGE_STATUS[code] ?? 200
}
