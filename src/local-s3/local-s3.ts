/**
 * The part of S3's HTTP API that this product uses, answered from a folder. The front door of the
 * room.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '../telemetry/telemetry.js'
import { listObjects } from './list-objects.js'
import { isOutOfSpace } from './object-file.js'
import { createObjectFolder } from './object-folder.js'
import { getObject } from './get-object.js'
import { putObject } from './put-object.js'
import { readTarget, type ObjectExchange } from './object-target.js'
import { StorageError } from './storage-error.js'
import { element, toDocument } from './xml.js'

/** The engine reads every body so, whoever answers. */
export { readBody } from './request-body.js'

export interface LocalS3Options {
  readonly folder: string
  readonly maxObjectBytes: number
  readonly log: Log
}

/** Answers one request; a refusal is an answer too. */
export type LocalS3 = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export async function createLocalS3(options: LocalS3Options): Promise<LocalS3> {
  const { folder, maxObjectBytes, log } = options
  const objects = await createObjectFolder({ folder, maxObjectBytes })
  return async (request, response) => {
    const requestId = randomUUID()
    response.setHeader('x-amz-request-id', requestId)
    try {
      await answer({ objects, target: readTarget(request), request, response })
    } catch (error) {
      // A client that hung up is told nothing.
      if (response.destroyed || request.errored) return
      const refusal = toRefusal(error)
      if (refusal !== error) log.error({ err: error, requestId }, 'folder S3 failed')
      sendRefusal(request, response, refusal)
    }
  }
}

async function answer(exchange: ObjectExchange): Promise<void> {
  const { target, request } = exchange
  const isBucket = target.key === ''
  switch (request.method ?? '') {
    case 'GET':
      return isBucket ? sendList(exchange) : getObject(exchange)
    case 'HEAD':
      return isBucket ? sendNothing(exchange, 200) : getObject(exchange)
    case 'PUT':
      if (isBucket) throw notImplemented('Buckets are made with their first object: CreateBucket')
      return putObject(exchange)
    case 'DELETE':
      if (isBucket) throw notImplemented('DeleteBucket')
      await exchange.objects.remove(target)
      return sendNothing(exchange, 204)
    default:
      throw new StorageError('MethodNotAllowed', `${request.method} is not answered here`)
  }
}

async function sendList({ objects, target, response }: ObjectExchange): Promise<void> {
  if (target.query.get('list-type') !== '2') throw notImplemented('Of lists, only ListObjectsV2')
  const list = toDocument(await listObjects(objects, target.bucket, target.query))
  response.writeHead(200, { 'content-type': 'application/xml' }).end(list)
}

function sendNothing({ response }: ObjectExchange, status: number): void {
  response.writeHead(status).end()
}

const notImplemented = (what: string) =>
  new StorageError('NotImplemented', `${what} is not implemented here`)

function toRefusal(error: unknown): StorageError {
  if (error instanceof StorageError) return error
  if (isOutOfSpace(error))
    return new StorageError('ServiceUnavailable', 'The disk takes no more', { cause: error })
  return new StorageError('InternalError', 'Something failed here; the log says what', {
    cause: error,
  })
}

function sendRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  { code, message, status }: StorageError,
): void {
  // Half an object has been sent: only the end of the connection tells that the rest is missing.
  if (response.headersSent) return void response.destroy()
  const body = element('Error', [
    element('Code', code),
    element('Message', message),
    element('Resource', request.url ?? ''),
    element('RequestId', String(response.getHeader('x-amz-request-id'))),
  ])
  response.writeHead(status, { 'content-type': 'application/xml' }).end(toDocument(body))
}
