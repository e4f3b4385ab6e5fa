/** Uploads in S3, beside the versions: under a prefix of their own, one object each. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Aws } from '../aws/aws.js'
import { deleteObject, getObject, listObjects, putObjectStream } from '../aws/objects.js'
import { presignPut } from '../aws/presigned-put.js'
import { UPLOAD_PREFIX, uploadObjectKey } from '../aws/table-keys.js'
import { type Clock, systemClock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import { reasonOf } from './reason-of.js'
import type { UploadArea, UploadContent } from './uploads.js'

export interface S3UploadsOptions {
  readonly aws: Pick<Aws, 's3' | 'bucket'>
  /** False on a laptop, whose S3 only the gateway reaches. */
  readonly isReachable: boolean
  readonly clock?: Clock | undefined
}

export function createS3Uploads({
  aws,
  isReachable,
  clock = systemClock,
}: S3UploadsOptions): UploadArea {
  return {
    async target({ endpointId, uploadId }, { bytes, sha256, lifetimeMs }) {
      if (!isReachable) return undefined
      const key = uploadObjectKey(endpointId, uploadId)
      const expiresInSeconds = Math.floor(lifetimeMs / 1000)
      const now = new Date(clock.now())
      const signed = await presignPut(aws, { key, bytes, sha256, expiresInSeconds, now })
      return { ...signed, method: 'PUT' }
    },
    receive: ({ endpointId, uploadId }, content, body) =>
      storeChecked(aws, { key: uploadObjectKey(endpointId, uploadId), content, body }),
    read: ({ endpointId, uploadId }, maxBytes) =>
      getObject(aws, uploadObjectKey(endpointId, uploadId), maxBytes),
    remove: ({ endpointId, uploadId }) => deleteObject(aws, uploadObjectKey(endpointId, uploadId)),
    async removeOlder(beforeMs) {
      let removed = 0
      for await (const { key, modifiedAt } of listObjects(aws, UPLOAD_PREFIX)) {
        if (modifiedAt >= beforeMs) continue
        await deleteObject(aws, key)
        removed += 1
      }
      return removed
    },
  }
}

interface Incoming {
  readonly key: string
  readonly content: UploadContent
  readonly body: Readable
}

/** Counted and hashed on the way; a body that is not what was said breaks the write off. */
async function storeChecked(
  aws: S3UploadsOptions['aws'],
  { key, content, body }: Incoming,
): Promise<void> {
  const breaking = new AbortController()
  const { signal } = breaking
  const pieces = Readable.from(checkedPieces(body, content), { objectMode: false })
  // The SDK does not notice when its body fails, and would wait for the rest.
  pieces.once('error', (error) => breaking.abort(error))
  try {
    await putObjectStream(aws, { key, body: pieces, ...content, signal })
  } catch (error) {
    const cause: unknown = signal.aborted ? signal.reason : error
    throw cause instanceof GatewayError ? cause : notStored(cause)
  } finally {
    pieces.destroy()
  }
}

/** The last piece is held back until all is known to be right: without it nothing is stored. */
async function* checkedPieces(
  body: Readable,
  { bytes: expected, sha256 }: UploadContent,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  let bytes = 0
  let last: Buffer | undefined
  for await (const piece of wholeBody(body)) {
    bytes += piece.length
    if (bytes > expected) throw tooLarge(expected)
    hash.update(piece)
    if (last !== undefined) yield last
    last = piece
  }
  if (bytes < expected) throw broken(`${bytes} bytes came, ${expected} were announced`)
  const found = hash.digest('hex')
  if (found !== sha256) throw broken(`what came has the SHA-256 ${found}, not ${sha256}`)
  if (last !== undefined) yield last
}

/** Leaving early keeps the connection and reads the rest away, so that a refusal arrives. */
async function* wholeBody(body: Readable): AsyncGenerator<Buffer> {
  try {
    const pieces: AsyncIterable<Buffer> = body.iterator({ destroyOnReturn: false })
    yield* pieces
  } catch (cause) {
    throw broken('it broke off', cause)
  } finally {
    body.resume()
  }
}

function notStored(cause: unknown): GatewayError {
  const message = `The upload cannot be stored now (${reasonOf(cause)}): send it again`
  return new GatewayError('BUNDLE_UNAVAILABLE', message, { cause })
}

function tooLarge(expected: number): GatewayError {
  return new GatewayError(
    'BODY_TOO_LARGE',
    `The upload is larger than the ${expected} bytes that were announced`,
  )
}

function broken(reason: string, cause?: unknown): GatewayError {
  const message = `The upload is not what was announced: ${reason}`
  return new GatewayError('INVALID_REQUEST', message, { cause })
}
