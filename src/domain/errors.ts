/**
 * Everything that can go wrong for a caller. Clients branch on the code; the message is for people
 * and names the field and what was expected. A new code does not compile until
 * `protocol/rpc-errors.ts` gives it a wire number.
 */
export type GatewayErrorCode =
  // what was sent is not a message
  | 'PARSE_ERROR'
  | 'INVALID_REQUEST'
  | 'BODY_TOO_LARGE'
  | 'URL_TOO_LONG'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'NOT_ACCEPTABLE'
  // what was said does not fit the revision
  | 'ENVELOPE_INVALID'
  | 'HEADER_MISMATCH'
  | 'MISSING_CAPABILITY'
  | 'UNSUPPORTED_VERSION'
  | 'METHOD_NOT_FOUND'
  | 'INVALID_PARAMS'
  // who is asking
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'INSUFFICIENT_SCOPE'
  | 'ACCOUNTS_UNAVAILABLE'
  | 'LOCKED_OUT'
  | 'USER_NOT_FOUND'
  | 'KEY_NOT_FOUND'
  | 'PACKAGE_NOT_FOUND'
  | 'SETTING_NOT_FOUND'
  | 'CALL_NOT_FOUND'
  | 'ORIGIN_REFUSED'
  | 'RATE_LIMITED'
  // what was asked for
  | 'FUNCTION_NOT_FOUND'
  | 'RESOURCE_NOT_FOUND'
  | 'TASK_NOT_FOUND'
  | 'CURSOR_INVALID'
  // what happened when it ran
  | 'FUNCTION_FAILED'
  | 'CALL_TIMED_OUT'
  | 'CPU_EXCEEDED'
  | 'CALL_CANCELLED'
  | 'RESULT_TOO_LARGE'
  | 'RESULT_INVALID'
  | 'OUTPUT_INVALID'
  | 'OUTBOUND_REFUSED'
  | 'OUTBOUND_FAILED'
  | 'INTERRUPTED'
  | 'BUSY'
  | 'NOT_RECORDED'
  | 'RECORDS_UNAVAILABLE'
  // what was published
  | 'BUNDLE_INVALID'
  | 'BUNDLE_UNAVAILABLE'
  | 'UPLOAD_NOT_FOUND'
  | 'CONFLICT'
  // what instances tell each other
  | 'EVENTS_DROPPED'
  | 'EVENTS_UNAVAILABLE'
  // sessions of the legacy revisions
  | 'SESSION_REQUIRED'
  | 'SESSION_NOT_FOUND'
  | 'SHUTTING_DOWN'

/** What an error carries beside its message, verbatim in JSON-RPC's `error.data`. */
export type ErrorData = Readonly<Record<string, unknown>>

/** A caller's mistake or a refusal. Everything else that is thrown is a bug and stays one. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: GatewayErrorCode
  readonly data: ErrorData | undefined

  constructor(
    code: GatewayErrorCode,
    message: string,
    options?: ErrorOptions & { data?: ErrorData },
  ) {
    super(message, options)
    this.code = code
    this.data = options?.data
  }
}
