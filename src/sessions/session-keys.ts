/** The keys that sign sessions: the first one signs, all of them verify. */
import { hkdfSync } from 'node:crypto'

export interface SessionSecret {
  /** 1 to 16 of A-Z, a-z, 0-9, _ and -; part of every token that the key signs. */
  readonly id: string
  /** 32 characters or more; never used as a key itself. */
  readonly secret: string
}

export interface SessionKey {
  readonly id: string
  readonly bytes: Buffer
}

export interface SessionKeys {
  readonly signing: SessionKey
  readonly byId: ReadonlyMap<string, SessionKey>
}

/** Keeps these keys apart from others that are derived from the same secret. */
const PURPOSE = 'mcp-daemon-engine/session/v1'
const KEY_BYTES = 32

/** @param secrets the one that signs first; the others verify what they signed earlier */
export function deriveSessionKeys(secrets: readonly SessionSecret[]): SessionKeys {
  const keys = secrets.map(({ id, secret }) => ({ id, bytes: derive(secret) }))
  const [signing] = keys
  if (signing === undefined) throw new Error('sessions need a secret to sign with')
  return { signing, byId: new Map(keys.map((key) => [key.id, key])) }
}

function derive(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', PURPOSE, KEY_BYTES))
}
