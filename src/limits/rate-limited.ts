/** The refusals of this room. */
import { GatewayError } from '../domain/errors.js'
import type { Taken } from './portions.js'

/** What is counted together. */
export type Scope = 'user' | 'key' | 'function' | 'userBytes' | 'endpoint' | 'bytes'

const COUNTED: Readonly<Record<Scope, string>> = {
  user: 'requests of this user',
  key: 'requests with this API key',
  function: 'calls of this function',
  userBytes: 'bytes sent by this user',
  endpoint: 'requests to this endpoint',
  bytes: 'bytes sent to this endpoint',
}

/** In whole seconds, never too early. */
export const toSeconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000))

export function tooManyInMinute(scope: Scope, perMinute: number, { resetMs }: Taken): GatewayError {
  return rateLimited(scope, `Too many ${COUNTED[scope]}: at most ${perMinute} in a minute`, resetMs)
}

/** Of a batch: to wait would not help it. */
export function tooManyAtOnce(messages: number, perMinute: number): GatewayError {
  const message = `Too many messages in a batch: ${messages}, and at most ${perMinute} may be sent in a minute`
  return new GatewayError('INVALID_REQUEST', message)
}

/** When a place is free again nobody knows: soon, in milliseconds. */
const PLACE_RETRY_MS = 1000

export function tooManyAtATime(scope: 'user' | 'endpoint', max: number): GatewayError {
  const whose = scope === 'user' ? 'of this user' : 'at this endpoint'
  return rateLimited(scope, `Too many calls ${whose}: at most ${max} at a time`, PLACE_RETRY_MS)
}

export function tooManyFailures(perMinute: number, retryMs: number): GatewayError {
  const message = `Too many tokens or passwords that are not valid: at most ${perMinute} in a minute from one address`
  return rateLimited('address', message, retryMs)
}

function rateLimited(limit: Scope | 'address', what: string, retryMs: number): GatewayError {
  const retryAfterS = toSeconds(retryMs)
  const message = `${what}; try again in ${retryAfterS} s`
  return new GatewayError('RATE_LIMITED', message, { data: { limit, retryAfterS } })
}
