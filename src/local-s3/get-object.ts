import type { IncomingHttpHeaders } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { ObjectExchange } from './object-target.js'
import type { StoredObject } from './object-file.js'
import { matches, preconditionFailed } from './put-object.js'
import { StorageError } from './storage-error.js'

/**
 * GetObject and HeadObject.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export async function getObject({
  objects,
  target,
  request,
  response,
}: ObjectExchange): Promise<void> {
  const opened = await objects.open(target)
  if (opened === undefined) throw new StorageError('NoSuchKey', 'There is no object of this key')
  const { object, file } = opened
  try {
    const { headers } = request
    if (headers['if-match'] !== undefined && !matches(headers['if-match'], object))
      throw preconditionFailed('If-Match')
    if (headers['if-none-match'] !== undefined && matches(headers['if-none-match'], object))
      return void response.writeHead(304, { etag: `"${object.md5}"` }).end()
    const range = readRange(headers, object.bytes)
    response.writeHead(range ? 206 : 200, toHeaders(object, range))
    const { start, end } = range ?? { start: 0, end: object.bytes - 1 }
    if (request.method === 'HEAD' || end < start) return void response.end()
    await pipeline(file.createReadStream({ start, end, autoClose: false }), response)
  } finally {
    await file.close()
  }
}

interface Range {
  readonly start: number
  /** Inclusive, as in HTTP. */
  readonly end: number
}

function toHeaders(object: StoredObject, range: Range | undefined): Record<string, string> {
  const metadata = Object.entries(object.metadata).map(([name, value]) => [
    `x-amz-meta-${name}`,
    value,
  ])
  const bytes = range ? range.end - range.start + 1 : object.bytes
  return {
    ...object.headers,
    ...Object.fromEntries(metadata),
    ...(range && { 'content-range': `bytes ${range.start}-${range.end}/${object.bytes}` }),
    'accept-ranges': 'bytes',
    'content-length': String(bytes),
    etag: `"${object.md5}"`,
    'last-modified': new Date(object.modifiedAt).toUTCString(),
  }
}

/** One range; like S3, a header of another form is ignored and the whole object sent. */
function readRange({ range = '' }: IncomingHttpHeaders, bytes: number): Range | undefined {
  const match = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/.exec(range)
  if (!match) return undefined
  const [, first, last, suffix] = match
  const start = suffix === undefined ? Number(first) : Math.max(0, bytes - Number(suffix))
  const end = last ? Number(last) : bytes - 1
  if (last && end < start) return undefined
  if (start >= bytes)
    throw new StorageError('InvalidRange', `The range lies outside of ${bytes} bytes`)
  return { start, end: Math.min(end, bytes - 1) }
}
