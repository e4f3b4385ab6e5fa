import { open, type FileHandle } from 'node:fs/promises'
import { z } from 'zod'
import { codeOf } from '../domain/code-of.js'

/** What is known of an object beside its bytes. */
const Description = z.object({
  key: z.string(),
  /** Lower-case hex of the body's MD5. */
  md5: z.string(),
  bytes: z.number(),
  /** Standard headers such as `content-type`, given back as they came. */
  headers: z.record(z.string(), z.string()),
  /** User metadata, without `x-amz-meta-`. */
  metadata: z.record(z.string(), z.string()),
})

export type ObjectDescription = Readonly<z.infer<typeof Description>>

export interface StoredObject extends ObjectDescription {
  /** Milliseconds since 1970. */
  readonly modifiedAt: number
}

/** An object that stays as it is while it is read, even when it is replaced meanwhile. */
export interface OpenObject {
  readonly object: StoredObject
  readonly file: FileHandle
}

/** The description's length, in the file's last four bytes. */
const LENGTH_BYTES = 4

/**
 * What stands behind the body in its file: the description and its length. In one file, so
 * that one rename publishes body and description together.
 */
export function toFooter(description: ObjectDescription): Buffer {
  const text = Buffer.from(JSON.stringify(description))
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32BE(text.length)
  return Buffer.concat([text, length])
}

/** Opens an object's file, or returns undefined where there is none. The caller closes it. */
export async function openObject(path: string): Promise<OpenObject | undefined> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (file === undefined) return undefined
  try {
    return { file, object: await readFooter(file) }
  } catch (error) {
    await file.close()
    throw new Error(`${path} is damaged: its end is not the description of an object`, {
      cause: error,
    })
  }
}

/** The object's description, or undefined where there is none. */
export async function readObject(path: string): Promise<StoredObject | undefined> {
  const opened = await openObject(path)
  await opened?.file.close()
  return opened?.object
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT'
}

/** A full disk, a used-up quota, and the largest file that the system lets this process write. */
const OUT_OF_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

export function isOutOfSpace(error: unknown): boolean {
  return OUT_OF_SPACE.has(codeOf(error) ?? '')
}

async function readFooter(file: FileHandle): Promise<StoredObject> {
  const { size, mtimeMs } = await file.stat()
  const end = size - LENGTH_BYTES
  const length = (await readAt(file, end, LENGTH_BYTES)).readUInt32BE()
  const text = await readAt(file, end - length, length)
  const description = Description.parse(JSON.parse(text.toString()))
  if (description.bytes !== end - length) throw new Error('the length of the body does not fit')
  return { ...description, modifiedAt: mtimeMs }
}

async function readAt(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  if (position < 0) throw new Error('the file is too short')
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, position)
  if (bytesRead < bytes) throw new Error('the file is too short')
  return buffer
}
