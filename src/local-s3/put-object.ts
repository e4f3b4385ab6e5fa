import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { decodeAwsChunked, type ChunkedBody } from './aws-chunked.js'
import type { ObjectExchange } from './object-target.js'
import type { StoredObject } from './object-file.js'
import type { Received } from './object-folder.js'
import { bodyPieces } from './request-body.js'
import { StorageError } from './storage-error.js'

/** Given back with the object, as in S3. */
const STORED_HEADERS = [
  'content-type',
  'content-language',
  'content-disposition',
  'content-encoding',
  'cache-control',
] as const

const METADATA = 'x-amz-meta-'
/** As in S3: names and values of user metadata together. */
const MAX_METADATA_BYTES = 2048

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export async function putObject({
  objects,
  target,
  request,
  response,
}: ObjectExchange): Promise<void> {
  const { headers } = request
  if (headers['x-amz-copy-source'] !== undefined)
    throw new StorageError('NotImplemented', 'CopyObject is not implemented here')
  const body = readBody(request)
  const { md5 } = await objects.put(target, {
    pieces: body.pieces,
    announcedBytes: readAnnouncedBytes(headers),
    headers: readStoredHeaders(headers),
    metadata: readMetadata(headers, target.query),
    checkReceived: (received) => checkReceived(received, headers, body.trailers),
    checkExisting: readCondition(headers),
  })
  response.writeHead(200, { etag: `"${md5}"` }).end()
}

function readBody(request: IncomingMessage): ChunkedBody {
  const pieces = bodyPieces(request)
  const isChunked =
    encodings(request.headers).includes('aws-chunked') ||
    request.headers['x-amz-content-sha256']?.toString().startsWith('STREAMING-') === true
  return isChunked ? decodeAwsChunked(pieces) : { pieces, trailers: new Map() }
}

/** With framing, `content-length` is a little more than the object. */
function readAnnouncedBytes(headers: IncomingHttpHeaders): number | undefined {
  const bytes = headers['x-amz-decoded-content-length'] ?? headers['content-length']
  return bytes === undefined ? undefined : Number(bytes)
}

const encodings = (headers: IncomingHttpHeaders) =>
  (headers['content-encoding'] ?? '').split(',').map((encoding) => encoding.trim())

/** The framing is off, so its encoding is not the object's. */
function readStoredHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const encoding = encodings(headers).filter((name) => name !== '' && name !== 'aws-chunked')
  const sent = { ...headers, 'content-encoding': encoding.join(', ') || undefined }
  const type = sent['content-type'] ?? 'application/octet-stream'
  return Object.fromEntries(
    STORED_HEADERS.flatMap((name) => {
      const value = name === 'content-type' ? type : sent[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** A presigned URL carries metadata among its parameters. */
function readMetadata(headers: IncomingHttpHeaders, query: URLSearchParams) {
  const sent = [...query, ...Object.entries(headers)].flatMap(([name, value]) =>
    name.toLowerCase().startsWith(METADATA)
      ? [[name.slice(METADATA.length).toLowerCase(), String(value)] as const]
      : [],
  )
  if (Buffer.byteLength(sent.flat().join('')) > MAX_METADATA_BYTES)
    throw new StorageError('MetadataTooLarge', `Metadata has at most ${MAX_METADATA_BYTES} bytes`)
  return Object.fromEntries(sent)
}

/** Headers first: a presigned URL's parameters may hold the checksum of another body. */
function checkReceived(
  received: Received,
  headers: IncomingHttpHeaders,
  trailers: ReadonlyMap<string, string>,
): void {
  const sentBytes = headers['x-amz-decoded-content-length']
  if (sentBytes !== undefined && Number(sentBytes) !== received.bytes)
    throw new StorageError(
      'IncompleteBody',
      `${received.bytes} bytes came, x-amz-decoded-content-length says ${sentBytes.toString()}`,
    )
  const crc32 = Buffer.alloc(4)
  crc32.writeUInt32BE(received.crc32)
  const name = 'x-amz-checksum-crc32'
  checkDigest(name, headers[name] ?? trailers.get(name), crc32)
  checkDigest('content-md5', headers['content-md5'], Buffer.from(received.md5, 'hex'))
}

function checkDigest(name: string, sent: string | string[] | undefined, actual: Buffer): void {
  if (sent !== undefined && sent !== actual.toString('base64'))
    throw new StorageError('BadDigest', `The body does not have the ${name} that was sent with it`)
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
function readCondition(headers: IncomingHttpHeaders) {
  const ifNoneMatch = headers['if-none-match']
  const ifMatch = headers['if-match']
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*')
    throw new StorageError('NotImplemented', 'If-None-Match of a PutObject must be *')
  if (ifNoneMatch === undefined && ifMatch === undefined) return undefined
  return (existing: StoredObject | undefined) => {
    if (ifMatch !== undefined && existing === undefined)
      throw new StorageError('NoSuchKey', 'If-Match was sent, and there is no object')
    if (ifMatch === undefined ? existing !== undefined : !matches(ifMatch, existing))
      throw preconditionFailed(ifMatch === undefined ? 'If-None-Match' : 'If-Match')
  }
}

/** True when a header such as `If-Match` names this object's ETag, or any. */
export function matches(header: string, object: StoredObject | undefined): boolean {
  if (object === undefined) return false
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, '').replaceAll('"', ''))
  return tags.some((tag) => tag === '*' || tag === object.md5)
}

export const preconditionFailed = (header: string) =>
  new StorageError('PreconditionFailed', `The condition of ${header} does not hold`)
