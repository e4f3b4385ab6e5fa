/**
 * What an API key looks like: `mcp_`, its public id, `_`, its secret of 256 bits, and 6 characters
 * by which a typing error, or a key cut short, is told from a key without asking any store. All but
 * the prefix is base 62: one double click takes it whole, and scanners for leaked keys know it.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'

export interface KeyText {
  readonly keyId: string
  readonly secret: string
}

const PREFIX = 'mcp_'
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

const ID_BYTES = 12
const ID_CHARS = 17
const SECRET_BYTES = 32
const SECRET_CHARS = 43
const CHECK_CHARS = 6

const FORM = new RegExp(
  `^${PREFIX}([0-9A-Za-z]{${ID_CHARS}})_([0-9A-Za-z]{${SECRET_CHARS}})([0-9A-Za-z]{${CHECK_CHARS}})$`,
)

const KEY_ID = new RegExp(`^[0-9A-Za-z]{${ID_CHARS}}$`)

export function newKeyText(): KeyText {
  return {
    keyId: toBase62(randomBytes(ID_BYTES), ID_CHARS),
    secret: toBase62(randomBytes(SECRET_BYTES), SECRET_CHARS),
  }
}

export function writeKeyText({ keyId, secret }: KeyText): string {
  const text = `${PREFIX}${keyId}_${secret}`
  return text + checksumOf(text)
}

/** @returns undefined for what has another form, or another checksum than it says */
export function readKeyText(text: string): KeyText | undefined {
  const [, keyId, secret, checksum] = FORM.exec(text) ?? []
  if (keyId === undefined || secret === undefined) return undefined
  return checksumOf(text.slice(0, -CHECK_CHARS)) === checksum ? { keyId, secret } : undefined
}

/** Told by the prefix alone: no token of another kind begins so. */
export function looksLikeKey(text: string): boolean {
  return text.startsWith(PREFIX)
}

export function isKeyId(text: string): boolean {
  return KEY_ID.test(text)
}

/** What is stored of the secret; 256 random bits need no slower hash. */
export function hashOf({ secret }: Pick<KeyText, 'secret'>): string {
  return createHash('sha256').update(secret).digest('base64url')
}

/** In constant time. */
export function hasHash(key: Pick<KeyText, 'secret'>, hash: string): boolean {
  const [own, other] = [Buffer.from(hashOf(key)), Buffer.from(hash)]
  return own.length === other.length && timingSafeEqual(own, other)
}

function checksumOf(text: string): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(text))
  return toBase62(bytes, CHECK_CHARS)
}

/** Of a fixed width, which holds every number of so many bytes. */
function toBase62(bytes: Buffer, width: number): string {
  let rest = BigInt(`0x${bytes.toString('hex')}`)
  let text = ''
  while (rest > 0n) {
    text = DIGITS.charAt(Number(rest % 62n)) + text
    rest /= 62n
  }
  return text.padStart(width, '0')
}
