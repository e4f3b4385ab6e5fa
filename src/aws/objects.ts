/** Whole objects of the bucket. The S3 client is imported when first used: it costs 100 ms. */
import type { PutObjectCommandInput } from '@aws-sdk/client-s3'
import { Readable } from 'node:stream'
import type { Aws } from './aws.js'

/** What a bucket operation needs of `Aws`. */
type Bucket = Pick<Aws, 's3' | 'bucket'>

/** Conditional puts that met another writer (409) are sent again at most this often. */
const MAX_ATTEMPTS = 3

/** Writes an object, over what was there. */
export async function putObject(
  bucket: Bucket,
  key: string,
  body: Buffer,
  signal?: AbortSignal,
): Promise<void> {
  await put(bucket, { Key: key, Body: body }, signal)
}

/**
 * Writes an object that is never changed again.
 *
 * @returns false when it was there already
 */
export async function putObjectOnce(bucket: Bucket, key: string, body: Buffer): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await put(bucket, { Key: key, Body: body, IfNoneMatch: '*' })
      return true
    } catch (error) {
      const status = httpStatusOf(error)
      if (status === 412) return false
      if (status !== 409 || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

/**
 * Reads an object whole.
 *
 * @param maxBytes more than this is not read into memory
 * @returns undefined when there is none
 * @throws RangeError when it is larger than `maxBytes`
 */
export async function getObject(
  bucket: Bucket,
  key: string,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Buffer | undefined> {
  const [client, { GetObjectCommand }] = await Promise.all([
    bucket.s3(),
    import('@aws-sdk/client-s3'),
  ])
  try {
    const answer = await client.send(new GetObjectCommand({ Bucket: bucket.bucket, Key: key }), {
      ...(signal && { abortSignal: signal }),
    })
    return await collect(answer.Body, key, maxBytes)
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined
    throw error
  }
}

export interface StreamedObject {
  readonly key: string
  readonly body: Readable
  /** What the stream holds: one that ends earlier or goes on is refused. */
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
  /** Breaks the write off. */
  readonly signal: AbortSignal
}

/** Writes an object from a stream. One that breaks off leaves none. */
export async function putObjectStream(
  bucket: Bucket,
  { key, body, bytes, sha256, signal }: StreamedObject,
): Promise<void> {
  const checksum = Buffer.from(sha256, 'hex').toString('base64')
  const input = { Key: key, Body: body, ContentLength: bytes, ChecksumSHA256: checksum }
  await put(bucket, input, signal)
}

/** Whether there is one, whatever it holds. */
export async function hasObject(bucket: Bucket, key: string): Promise<boolean> {
  const [client, { HeadObjectCommand }] = await Promise.all([
    bucket.s3(),
    import('@aws-sdk/client-s3'),
  ])
  try {
    await client.send(new HeadObjectCommand({ Bucket: bucket.bucket, Key: key }))
    return true
  } catch (error) {
    if (httpStatusOf(error) === 404) return false
    throw error
  }
}

/** Of no effect when there is none. */
export async function deleteObject(bucket: Bucket, key: string): Promise<void> {
  const [client, { DeleteObjectCommand }] = await Promise.all([
    bucket.s3(),
    import('@aws-sdk/client-s3'),
  ])
  await client.send(new DeleteObjectCommand({ Bucket: bucket.bucket, Key: key }))
}

export interface ListedObject {
  readonly key: string
  /** Milliseconds since 1970. */
  readonly modifiedAt: number
}

/** Every object whose key begins with the prefix. */
export async function* listObjects(bucket: Bucket, prefix: string): AsyncGenerator<ListedObject> {
  const [client, { paginateListObjectsV2 }] = await Promise.all([
    bucket.s3(),
    import('@aws-sdk/client-s3'),
  ])
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket.bucket, Prefix: prefix })
  for await (const { Contents: objects = [] } of pages)
    for (const { Key: key, LastModified: modified } of objects)
      if (key !== undefined && modified !== undefined) yield { key, modifiedAt: modified.getTime() }
}

async function put(
  bucket: Bucket,
  input: Omit<PutObjectCommandInput, 'Bucket'>,
  signal?: AbortSignal,
): Promise<void> {
  const [client, { PutObjectCommand }] = await Promise.all([
    bucket.s3(),
    import('@aws-sdk/client-s3'),
  ])
  await client.send(new PutObjectCommand({ ...input, Bucket: bucket.bucket }), {
    ...(signal && { abortSignal: signal }),
  })
}

async function collect(body: unknown, key: string, maxBytes: number): Promise<Buffer> {
  if (!(body instanceof Readable)) throw new TypeError(`object ${key} came without a stream`)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new RangeError(`object ${key} is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, bytes)
}

function httpStatusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined
  const { $metadata: metadata } = error
  if (typeof metadata !== 'object' || metadata === null) return undefined
  return 'httpStatusCode' in metadata && typeof metadata.httpStatusCode === 'number'
    ? metadata.httpStatusCode
    : undefined
}
