/** The operator's bootstrap token. */
import { createHash, timingSafeEqual } from 'node:crypto'

/** Compares in constant time: both sides are hashed, so not even the length shows. */
export function createStaticTokenCheck(expected: string): (token: string) => boolean {
  const expectedHash = sha256(expected)
  return (token) => timingSafeEqual(sha256(token), expectedHash)
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
