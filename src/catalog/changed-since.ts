/** Whether something still is as somebody saw it, by the time of its last change. */
import { GatewayError } from '../domain/errors.js'

/**
 * @param updatedAt ISO 8601; undefined for what is not there
 * @param ifUpdatedAt as it was seen; undefined: it does not matter
 * @throws GatewayError `CONFLICT`
 */
export function assertUnchanged(
  what: string,
  updatedAt: string | undefined,
  ifUpdatedAt: string | undefined,
): void {
  if (ifUpdatedAt === undefined) return
  if (updatedAt !== undefined && Date.parse(updatedAt) === Date.parse(ifUpdatedAt)) return
  throw new GatewayError('CONFLICT', `${what} was changed since you read it; read it and try again`)
}

/** The later one of two times in ISO 8601. */
export function laterOf(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return a > b ? a : b
}

/** Now, and later than the change before: what is changed twice in a millisecond differs too. */
export function laterThan(before: string | undefined, now: string): string {
  if (before === undefined || now > before) return now
  return new Date(Date.parse(before) + 1).toISOString()
}
