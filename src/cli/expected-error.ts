import { ConfigError } from '../config/config.js'
import { GatewayError } from '../domain/errors.js'

/** True for what is said in one line; everything else is a fault of the product. */
export function isExpected(error: unknown): error is Error {
  return error instanceof ConfigError || error instanceof GatewayError || isSystemError(error)
}

/** What the operating system refused, in its own words: a port in use, a folder not ours. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'code' in error
}
