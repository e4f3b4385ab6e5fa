/**
 * What a refresh token looks like: `mcpr_`, then 16 bytes that are the same for all of one sign-in
 * and 32 that are another secret each time. The sign-in is named by the hash of the former, so who
 * knows its name from an access token cannot make up one of its old refresh tokens.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

export interface RefreshToken {
  readonly handle: Buffer
  readonly secret: Buffer
}

const PREFIX = 'mcpr_'
const HANDLE_BYTES = 16
const SECRET_BYTES = 32
const FORM = /^mcpr_([A-Za-z0-9_-]{64})$/

/** @param handle of the sign-in, absent for a new one */
export function newRefreshToken(handle: Buffer = randomBytes(HANDLE_BYTES)): RefreshToken {
  return { handle, secret: randomBytes(SECRET_BYTES) }
}

export function writeRefreshToken({ handle, secret }: RefreshToken): string {
  return PREFIX + Buffer.concat([handle, secret]).toString('base64url')
}

/** @returns undefined for what has another form */
export function readRefreshToken(text: string): RefreshToken | undefined {
  const [, encoded] = FORM.exec(text) ?? []
  if (encoded === undefined) return undefined
  const bytes = Buffer.from(encoded, 'base64url')
  return { handle: bytes.subarray(0, HANDLE_BYTES), secret: bytes.subarray(HANDLE_BYTES) }
}

/** What access tokens and rows call it by. */
export function signInIdOf({ handle }: RefreshToken): string {
  return createHash('sha256').update(handle).digest('base64url').slice(0, 22)
}

/** What is stored of it. */
export function hashOf({ secret }: RefreshToken): string {
  return createHash('sha256').update(secret).digest('base64url')
}

/** In constant time. */
export function hasHash(token: RefreshToken, hash: string): boolean {
  const [own, other] = [Buffer.from(hashOf(token)), Buffer.from(hash)]
  return own.length === other.length && timingSafeEqual(own, other)
}
