import { ConfigError } from '../config/config.js'
import { GatewayError } from '../domain/errors.js'

/** True for what is said in one line; everything else is a fault of the product. */
export function isExpected(error: unknown): error is Error {
  if (error instanceof ConfigError || error instanceof GatewayError) return true
  return isSystemError(error) || isStoreError(error)
}

/** What the operating system refused, in its own words: a port in use, a folder not ours. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'code' in error
}

/** What AWS, or the engine in its place, refused or did not answer: the SDK marks it so. */
function isStoreError(error: unknown): error is Error {
  return error instanceof Error && '$metadata' in error
}
