/** The operator's bootstrap token. */
import { hash, timingSafeEqual } from 'node:crypto'

/** A token's SHA-256: what is compared and remembered in place of the token. */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}

/** Compares hashes in constant time, so that not even the length of the token shows. */
export function createStaticTokenCheck(expected: string): (tokenHash: Buffer) => boolean {
  const expectedHash = hashToken(expected)
  return (tokenHash) => timingSafeEqual(tokenHash, expectedHash)
}
