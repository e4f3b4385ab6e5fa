/** The operator's bootstrap token. */
import { createHash, timingSafeEqual } from 'node:crypto'

/** A token's SHA-256: what is compared and remembered in place of the token. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** Compares hashes in constant time, so that not even the length of the token shows. */
export function createStaticTokenCheck(expected: string): (tokenHash: Buffer) => boolean {
  const expectedHash = hashToken(expected)
  return (tokenHash) => timingSafeEqual(tokenHash, expectedHash)
}
