import { createHash } from 'node:crypto'

/** The lower-case hex SHA-256 that is the name of a version. */
export function sha256Of(zip: Buffer): string {
  return createHash('sha256').update(zip).digest('hex')
}
