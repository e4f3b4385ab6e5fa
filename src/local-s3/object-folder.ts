import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { codeOf } from '../domain/code-of.js'
import { createKeyedTurns } from '../domain/turns.js'
import {
  isMissing,
  openObject,
  readObject,
  toFooter,
  type OpenObject,
  type StoredObject,
} from './object-file.js'
import { checkBucketName, createPrefixTest, toFileName, toKey } from './object-names.js'
import { StorageError } from './storage-error.js'

/** Objects as files: `{bucket}/{encoded key}`. One process at a time may use such a folder. */
export interface ObjectFolder {
  /** Durable when it resolves; until then, readers see what was there before. */
  put(id: ObjectId, upload: Upload): Promise<{ md5: string }>
  open(id: ObjectId): Promise<OpenObject | undefined>
  read(id: ObjectId): Promise<StoredObject | undefined>
  remove(id: ObjectId): Promise<void>
  /** Unordered; nothing for a bucket that is not there. */
  keys(bucket: string, prefix: string): Promise<string[]>
}

export interface ObjectId {
  readonly bucket: string
  readonly key: string
}

export interface Upload extends Pick<StoredObject, 'headers' | 'metadata'> {
  readonly pieces: AsyncIterable<Buffer>
  /** How many bytes the client says will come, where it says so. */
  readonly announcedBytes?: number | undefined
  /** Throws when this is not what the client sent. */
  checkReceived(received: Received): void
  /** Throws when this must not take the place of what is there. */
  checkExisting?: ((existing: StoredObject | undefined) => void) | undefined
}

export interface Received {
  readonly bytes: number
  /** Lower-case hex. */
  readonly md5: string
  readonly crc32: number
}

export interface ObjectFolderOptions {
  readonly folder: string
  readonly maxObjectBytes: number
}

/** Outside every bucket: no bucket's name begins with a dot. */
const UPLOADS = '.uploads'

export async function createObjectFolder(options: ObjectFolderOptions): Promise<ObjectFolder> {
  const uploads = join(options.folder, UPLOADS)
  // What a killed process left behind.
  await rm(uploads, { recursive: true, force: true })
  await mkdir(uploads, { mode: 0o700 })
  const bucketPath = (bucket: string) => {
    checkBucketName(bucket)
    return join(options.folder, bucket)
  }
  const objectPath = ({ bucket, key }: ObjectId) => join(bucketPath(bucket), toFileName(key))
  /** By path, so that a check still holds at the rename. */
  const inTurn = createKeyedTurns()

  return {
    async put(id, upload) {
      if ((upload.announcedBytes ?? 0) > options.maxObjectBytes) throw tooLarge(options)
      const path = objectPath(id)
      const temporary = join(uploads, randomUUID())
      try {
        const { md5 } = await writeUpload(temporary, id.key, { ...options, upload })
        await mkdir(bucketPath(id.bucket), { mode: 0o700 }).catch(ignoreExisting)
        await inTurn(path, async () => {
          if (upload.checkExisting) upload.checkExisting(await readObject(path))
          await rename(temporary, path)
        })
        await syncFolder(bucketPath(id.bucket))
        return { md5 }
      } finally {
        await rm(temporary, { force: true })
      }
    },
    open: async (id) => openObject(objectPath(id)),
    read: async (id) => readObject(objectPath(id)),
    async remove(id) {
      const path = objectPath(id)
      await inTurn(path, () => rm(path, { force: true }))
    },
    keys: async (bucket, prefix) => readKeys(bucketPath(bucket), prefix),
  }
}

interface WriteOptions extends ObjectFolderOptions {
  readonly upload: Upload
}

async function writeUpload(
  path: string,
  key: string,
  { upload, ...options }: WriteOptions,
): Promise<Received> {
  const file = await open(path, 'wx', 0o600)
  try {
    const received = await writePieces(file, upload.pieces, options)
    upload.checkReceived(received)
    const { headers, metadata } = upload
    const { bytes, md5 } = received
    await file.writeFile(toFooter({ key, bytes, md5, headers, metadata }))
    await file.sync()
    return received
  } finally {
    await file.close()
  }
}

async function writePieces(
  file: FileHandle,
  pieces: AsyncIterable<Buffer>,
  options: ObjectFolderOptions,
): Promise<Received> {
  const hash = createHash('md5')
  let bytes = 0
  let checksum = 0
  for await (const piece of pieces) {
    bytes += piece.length
    if (bytes > options.maxObjectBytes) throw tooLarge(options)
    hash.update(piece)
    checksum = crc32(piece, checksum)
    await file.writeFile(piece)
  }
  return { bytes, md5: hash.digest('hex'), crc32: checksum }
}

const tooLarge = ({ maxObjectBytes }: ObjectFolderOptions) =>
  new StorageError('EntityTooLarge', `An object has at most ${maxObjectBytes} bytes`)

async function readKeys(folder: string, prefix: string): Promise<string[]> {
  const mayMatch = createPrefixTest(prefix)
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  const keys: string[] = []
  for (const name of names.filter(mayMatch)) {
    const key = toKey(name) ?? (await readObject(join(folder, name)))?.key
    if (key?.startsWith(prefix) === true) keys.push(key)
  }
  return keys
}

/** Makes a rename survive a loss of power. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  await folder.sync().finally(() => folder.close())
}

function ignoreExisting(error: unknown): void {
  if (codeOf(error) !== 'EEXIST') throw error
}
