import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ObjectFolder, ObjectId } from './object-folder.js'
import { StorageError } from './storage-error.js'

/** What a path-style request is about. The key is empty where it is about the bucket. */
export interface ObjectTarget extends ObjectId {
  readonly query: URLSearchParams
}

/** One request for an object or a bucket, and what it takes to answer it. */
export interface ObjectExchange {
  readonly objects: ObjectFolder
  readonly target: ObjectTarget
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Every other parameter asks for an operation that is not here, such as `?acl`. */
const KNOWN = new Set([
  'continuation-token',
  'delimiter',
  'encoding-type',
  'fetch-owner',
  'list-type',
  'max-keys',
  'prefix',
  'start-after',
  'x-id',
])

/** Not through `URL`, which takes `a/../b` for `b`: to S3 that is a key like any other. */
export function readTarget(request: IncomingMessage): ObjectTarget {
  const [path, query] = splitOnce(request.url ?? '/', '?')
  const [bucket, key] = splitOnce(path.slice(1), '/')
  const target = { bucket: decode(bucket), key: decode(key), query: new URLSearchParams(query) }
  for (const name of target.query.keys())
    if (!KNOWN.has(name) && !isAuthentication(name))
      throw new StorageError('NotImplemented', `The parameter ${name} is not implemented here`)
  return target
}

/** Of a presigned URL; who reaches this socket is already trusted. */
const isAuthentication = (name: string) => name.toLowerCase().startsWith('x-amz-')

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch (error) {
    throw new StorageError('InvalidURI', 'The path must be percent-encoded UTF-8', { cause: error })
  }
}
