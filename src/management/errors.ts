/** What errors become: those of the caller keep their code and words, all others lose them. */
import { GraphQLError } from 'graphql'
import { GatewayError, type GatewayErrorCode } from '../domain/errors.js'
import type { Log } from '../telemetry/telemetry.js'
import type { UserError, UserErrorCode } from './schema-types.js'

/** @returns what takes an error of a field, or of a whole request, and gives what its caller reads */
export function createErrorMask(log: Log) {
  return (error: unknown): Error => {
    const cause = causeOf(error)
    if (cause instanceof GatewayError) return toGraphQLError(cause, error)
    // A query that is wrong, or too large: the library's own words.
    if (error instanceof GraphQLError && cause === undefined) return withCode(error)
    log.error({ err: cause ?? error }, 'a management request failed')
    return locate(new GraphQLError('Internal error', { extensions: { code: 'INTERNAL' } }), error)
  }
}

/** @returns undefined for what the library itself says, which may have been said within a saying */
function causeOf(error: unknown): unknown {
  let cause = error
  while (cause instanceof GraphQLError) cause = cause.originalError
  return cause
}

function toGraphQLError(cause: GatewayError, error: unknown): GraphQLError {
  const extensions = { ...cause.data, code: cause.code }
  return locate(new GraphQLError(cause.message, { extensions }), error)
}

function withCode(error: GraphQLError): GraphQLError {
  if (error.extensions['code'] !== undefined) return error
  const extensions = { ...error.extensions, code: 'GRAPHQL_INVALID' }
  return locate(new GraphQLError(error.message, { extensions }), error)
}

/** The same, with the field that it is about. */
function locate(to: GraphQLError, from: unknown): GraphQLError {
  if (!(from instanceof GraphQLError)) return to
  return new GraphQLError(to.message, {
    nodes: from.nodes ?? null,
    source: from.source ?? null,
    positions: from.positions ?? null,
    path: from.path ?? null,
    extensions: to.extensions,
  })
}

/** What a caller of a mutation can mend. Everything else is an error of the request. */
const USER_CODES: Partial<Record<GatewayErrorCode, UserErrorCode>> = {
  INVALID_PARAMS: 'INVALID_INPUT',
  INVALID_REQUEST: 'INVALID_INPUT',
  CURSOR_INVALID: 'INVALID_INPUT',
  BODY_TOO_LARGE: 'INVALID_INPUT',
  PACKAGE_NOT_FOUND: 'NOT_FOUND',
  SETTING_NOT_FOUND: 'NOT_FOUND',
  FUNCTION_NOT_FOUND: 'NOT_FOUND',
  CALL_NOT_FOUND: 'NOT_FOUND',
  USER_NOT_FOUND: 'NOT_FOUND',
  KEY_NOT_FOUND: 'NOT_FOUND',
  UPLOAD_NOT_FOUND: 'NOT_FOUND',
  CONFLICT: 'CONFLICT',
  FORBIDDEN: 'FORBIDDEN',
  BUNDLE_INVALID: 'BUNDLE_INVALID',
  BUNDLE_UNAVAILABLE: 'BUNDLE_UNAVAILABLE',
}

/** @returns undefined for what is no mistake of the caller's */
export function toUserErrors(error: unknown): UserError[] | undefined {
  if (!(error instanceof GatewayError)) return undefined
  const code = isLimit(error) ? 'LIMIT_REACHED' : USER_CODES[error.code]
  if (code === undefined) return undefined
  const { problems } = error.data ?? {}
  const messages: readonly unknown[] =
    Array.isArray(problems) && problems.length > 0 ? problems : [error.message]
  return messages.map((message) => toUserError(code, String(message)))
}

/** There are as many as there may be; without a number it is over in a moment, and no mistake. */
function isLimit({ code, data }: GatewayError): boolean {
  return (code === 'BUSY' || code === 'CONFLICT') && typeof data?.['limit'] === 'number'
}

/** A message of the gateway's begins with the field that it is about: `days: must be …`. */
const FIELD = /^([A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)*): /

function toUserError(code: UserErrorCode, message: string): UserError {
  const [, field] = (code === 'INVALID_INPUT' && FIELD.exec(message)) || []
  return { field: field === undefined ? [] : ['input', ...field.split('.')], code, message }
}
