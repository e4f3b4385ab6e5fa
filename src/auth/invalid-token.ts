import { GatewayError } from '../domain/errors.js'

/** One answer for every failed check, so that a forger learns nothing. */
export function invalidToken(cause?: unknown): GatewayError {
  return new GatewayError('UNAUTHENTICATED', 'The bearer token is not valid', { cause })
}

/** For a token that is good, and good for another endpoint. */
export function foreignToken(): GatewayError {
  return new GatewayError('FORBIDDEN', 'The bearer token is for another endpoint')
}
