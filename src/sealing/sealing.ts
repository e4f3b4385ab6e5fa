/**
 * Text that only we can read and nobody can change, for keeping in the hands of others. The front
 * door of the room.
 *
 * AES-256-GCM. `{layout}.{key id}.{nonce, ciphertext and tag in base64url}`; the context is
 * authenticated without being in the text.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

export interface Sealer {
  /** Of the key that seals. */
  readonly keyId: string
  /** @param context what the seal is for: with any other one it does not open */
  seal(text: string, context: string): string
  /** @returns undefined for whatever we have not sealed, in this very context */
  open(sealed: string, context: string): string | undefined
}

export interface SealingSecret {
  /** 1 to 16 of A-Z, a-z, 0-9, _ and -; part of everything that its key seals. */
  readonly id: string
  /** 32 characters or more; never used as a key itself. */
  readonly secret: string
}

export interface SealerOptions {
  /** The first one seals, all of them open. */
  readonly secrets: readonly SealingSecret[]
  /** Keeps the keys apart from others that are derived from the same secrets. */
  readonly purpose: string
}

const ALGORITHM = 'aes-256-gcm'
const LAYOUT = 'v1'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

export function createSealer({ secrets, purpose }: SealerOptions): Sealer {
  const keys = new Map(secrets.map(({ id, secret }) => [id, deriveKey(secret, purpose)]))
  const [sealing] = keys
  if (sealing === undefined) throw new Error('sealing needs a secret')
  const [sealingId, sealingKey] = sealing
  return {
    keyId: sealingId,
    seal: (text, context) => {
      const head = `${LAYOUT}.${sealingId}`
      return `${head}.${encrypt(text, sealingKey, `${head}\n${context}`).toString('base64url')}`
    },
    open: (sealed, context) => {
      const [layout, id = '', body = '', ...more] = sealed.split('.', 4)
      const key = keys.get(id)
      if (layout !== LAYOUT || key === undefined || more.length > 0) return undefined
      const bytes = Buffer.from(body, 'base64url')
      // Several texts can stand for the same bytes: only ours is taken.
      if (bytes.toString('base64url') !== body) return undefined
      return decrypt(bytes, key, `${layout}.${id}\n${context}`)
    },
  }
}

/** Which key has sealed a text; undefined for a text that is not sealed. */
export function keyIdOf(text: string): string | undefined {
  return /^v1\.([A-Za-z0-9_-]{1,16})\.[A-Za-z0-9_-]+$/.exec(text)?.[1]
}

/** A secret that no other process knows and that is gone with this one. */
export function randomSecret(): SealingSecret {
  return { id: 'process', secret: randomBytes(KEY_BYTES).toString('base64url') }
}

function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `mcp-daemon-engine/${purpose}`, KEY_BYTES))
}

function encrypt(text: string, key: Buffer, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(context))
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, ciphertext, cipher.getAuthTag()])
}

function decrypt(bytes: Buffer, key: Buffer, context: string): string | undefined {
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined
  const nonce = bytes.subarray(0, NONCE_BYTES)
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-TAG_BYTES))
  const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES))
  try {
    return Buffer.concat([text, decipher.final()]).toString('utf8')
  } catch {
    // The only thing that `final` throws for: the tag does not fit.
    return undefined
  }
}
