import { createHash } from 'node:crypto'
import { StorageError } from './storage-error.js'

/** As in S3. */
const MAX_KEY_BYTES = 1024
/** File systems end names at 255 bytes. */
const MAX_NAME_LENGTH = 250
/** How much of a long key its file name still shows. */
const SHOWN_LENGTH = 100

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

/** A bucket is a folder: S3's rule for names also keeps it from being a path. */
export function checkBucketName(bucket: string): void {
  if (!BUCKET.test(bucket))
    throw new StorageError(
      'InvalidBucketName',
      'A bucket is named with 3 to 63 of a-z, 0-9, - and ., beginning and ending with a letter or digit',
    )
}

/**
 * One flat file name for a key. Upper case is encoded too, because macOS takes `A` and `a` for
 * the same file. A long key is cut and told apart by its hash; then the object itself knows it.
 */
export function toFileName(key: string): string {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new StorageError('KeyTooLongError', `A key has at most ${MAX_KEY_BYTES} bytes`)
  const encoded = encodeKey(key)
  if (encoded.length <= MAX_NAME_LENGTH) return encoded
  const hash = createHash('sha256').update(key).digest('hex')
  return `~${encoded.slice(0, SHOWN_LENGTH)}~${hash}`
}

/** The key of a file name, or undefined where only the object itself knows it. */
export function toKey(fileName: string): string | undefined {
  return fileName.startsWith('~') ? undefined : decodeURIComponent(fileName)
}

/** A quick test on names alone; true is certain only for names that are not cut. */
export function createPrefixTest(prefix: string): (fileName: string) => boolean {
  const encoded = encodeKey(prefix)
  const cut = `~${encoded.slice(0, SHOWN_LENGTH)}`
  return (fileName) => fileName.startsWith(fileName.startsWith('~') ? cut : encoded)
}

function encodeKey(key: string): string {
  return Array.from(Buffer.from(key), (byte, index) => encodeByte(byte, index === 0)).join('')
}

/** The first byte is never a dot, so no name is hidden, `.` or `..`. */
function encodeByte(byte: number, isFirst: boolean): string {
  const letter = String.fromCharCode(byte)
  if (/[a-z0-9_-]/.test(letter) || (letter === '.' && !isFirst)) return letter
  return `%${byte.toString(16).padStart(2, '0')}`
}
