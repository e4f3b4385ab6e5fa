import { GatewayError } from '../domain/errors.js'

/** One answer for every reason, so that a forger learns nothing. */
export function sessionNotFound(): GatewayError {
  return new GatewayError(
    'SESSION_NOT_FOUND',
    'Mcp-Session-Id: there is no such session; begin one with initialize',
  )
}
