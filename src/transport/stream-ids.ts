/**
 * The names of streams and of the events in them, as clients bring them back in `Last-Event-ID`.
 *
 * The stream of a POST is named by chance, and holds the id of its request when that is short: so
 * the request can be answered even when nothing of the stream is left.
 */
import { randomBytes } from 'node:crypto'
import { GatewayError } from '../domain/errors.js'
import type { EventId } from '../events/events.js'
import { isRequestId, type RequestId } from '../protocol/protocol.js'

/** The stream of a session outside of its requests. */
export const STANDING_STREAM = '~'

/** One event as its client knows it. */
export interface EventName {
  readonly streamId: string
  readonly eventId: EventId
  /** Nothing follows it in its stream. */
  readonly isLast?: boolean | undefined
}

const RANDOM_BYTES = 9
/** Of a request id as JSON; a longer one is left out. */
const MAX_REQUEST_ID_CHARS = 64

/** 9 random bytes are 12 characters; 64 characters of JSON are at most 256 in base64url. */
const SSE_ID = /^(~|[\w-]{12}(?:~[\w-]{1,256})?)\.([^\s.]{1,64})(\.last)?$/

/** @param requestId absent when the stream answers several requests */
export function createStreamId(requestId: RequestId | undefined): string {
  const name = randomName()
  const json = JSON.stringify(requestId)
  if (requestId === undefined || json.length > MAX_REQUEST_ID_CHARS) return name
  return `${name}~${Buffer.from(json).toString('base64url')}`
}

/** Unguessable, of letters, digits, `-` and `_`. */
export function randomName(): string {
  return randomBytes(RANDOM_BYTES).toString('base64url')
}

/** The request that a stream answers, when its name says so. */
export function requestIdOf(streamId: string): RequestId | undefined {
  const [, encoded = ''] = streamId.split('~')
  try {
    const id: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString())
    return isRequestId(id) ? id : undefined
  } catch {
    return undefined
  }
}

export function toSseId({ streamId, eventId, isLast }: EventName): string {
  return `${streamId}.${eventId}${isLast ? '.last' : ''}`
}

/** @throws GatewayError `INVALID_REQUEST` for what this gateway has never sent */
export function readSseId(id: string): EventName {
  const [, streamId = '', eventId = '', last] = SSE_ID.exec(id) ?? []
  if (streamId === '')
    throw new GatewayError('INVALID_REQUEST', 'Last-Event-ID: not an event id of this server')
  return { streamId, eventId, isLast: last !== undefined }
}
