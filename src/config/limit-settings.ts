/** How much may callers ask? Settings of limits; 0 for none. */
import { z } from 'zod'

const MIB = 1024 * 1024
const MAX_BYTES = 1024 * 1024 * MIB

const count = (max: number) => {
  const expected = `must be a whole number from 0 to ${max}`
  return z.coerce.number(expected).int(expected).min(0, expected).max(max, expected)
}
const perMinute = count(100_000_000)
const atATime = count(1_000_000)

/** In the order of `--help`. */
export const limitSettings = {
  RATE_USER_PER_MINUTE: perMinute
    .default(6000)
    .describe('requests of one user of an endpoint in a minute; 0 is no limit, here and below'),
  RATE_KEY_PER_MINUTE: perMinute.default(6000).describe('requests with one API key in a minute'),
  RATE_FUNCTION_PER_MINUTE: perMinute
    .default(0)
    .describe('calls of one function of an endpoint in a minute'),
  RATE_USER_BYTES_PER_MINUTE: count(MAX_BYTES)
    .default(256 * MIB)
    .describe('bytes that one user of an endpoint sends in a minute'),
  RATE_ENDPOINT_PER_MINUTE: perMinute
    .default(60_000)
    .describe('requests to one endpoint in a minute'),
  RATE_ENDPOINT_BYTES_PER_MINUTE: count(MAX_BYTES)
    .default(1024 * MIB)
    .describe('bytes that are sent to one endpoint in a minute'),
  RATE_FAILURES_PER_MINUTE: perMinute
    .default(300)
    .describe('tokens that are not valid, from one address in a minute'),
  MAX_CALLS_PER_USER: atATime
    .default(512)
    .describe('calls at a time of one user of an endpoint, in each instance'),
  MAX_CALLS_PER_ENDPOINT: atATime
    .default(4096)
    .describe('calls at a time of one endpoint, in each instance'),
} as const
