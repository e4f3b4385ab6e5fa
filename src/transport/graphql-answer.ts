/** What the management API answers → HTTP: JSON at once, or a stream for as long as it may be heard. */
import type { FastifyReply } from 'fastify'
import type { Caller } from '../domain/caller.js'
import type { Log } from '../telemetry/telemetry.js'
import type { SseConnection, SseConnections } from './sse-connections.js'
import type { Place, StandingPlaces } from './standing-places.js'

export interface GraphqlAnswerParts {
  readonly connections: SseConnections
  readonly places: StandingPlaces
  readonly log: Log
}

export interface Managed {
  readonly caller: Caller
  readonly response: Response
  /** Tells who answers that nobody hears any longer. */
  readonly stop: () => void
}

/** Of an answer in JSON; everything else is this server's to say. */
const PASSED_HEADERS = ['content-type', 'allow']

/**
 * Settles when the answer, or the head of a stream, was sent.
 *
 * @throws GatewayError `BUSY` when no other stream may stand open; `SHUTTING_DOWN`
 */
export async function sendManaged(
  parts: GraphqlAnswerParts,
  managed: Managed,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { response } = managed
  if (!isStream(response) || response.body === null) return sendWhole(response, reply)
  try {
    beginStream(parts, { ...managed, body: response.body }, reply)
    return reply
  } catch (error) {
    managed.stop()
    await response.body.cancel().catch(() => undefined)
    throw error
  }
}

function isStream({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/event-stream') === true
}

async function sendWhole(response: Response, reply: FastifyReply): Promise<FastifyReply> {
  const text = await response.text()
  for (const name of PASSED_HEADERS) {
    const value = response.headers.get(name)
    if (value !== null) void reply.header(name, value)
  }
  return reply.code(response.status).send(text)
}

interface Stream extends Managed {
  readonly body: ReadableStream<Uint8Array>
}

/** Its place is taken away when the server closes, and when its caller may not hear any longer. */
function beginStream(
  parts: GraphqlAnswerParts,
  { caller, body, stop }: Stream,
  reply: FastifyReply,
): void {
  const place = parts.places.take(caller)
  const { endpointId, userId } = caller
  const connection = parts.connections.open(reply, (backlogBytes) => {
    const cut = { endpointId, userId, backlogBytes }
    parts.log.warn(cut, 'a slow client of the management API was cut')
  })
  reply.raw.once('close', place.leave)
  if (reply.raw.destroyed) place.leave()
  void passOn(body, { connection, place })
    .catch((err: unknown) => {
      if (!place.signal.aborted)
        parts.log.warn({ err, endpointId }, 'a stream of the management API was cut')
    })
    .finally(() => {
      connection.end()
      place.leave()
      stop()
    })
}

/** Settles when the stream is over, from whichever side. What a client has not read yet is waited for. */
async function passOn(
  body: Stream['body'],
  { connection, place }: { connection: SseConnection; place: Place },
): Promise<void> {
  const reader = body.getReader()
  const end = () => {
    connection.end()
    void reader.cancel().catch(() => undefined)
  }
  place.signal.addEventListener('abort', end)
  if (place.signal.aborted) end()
  const wholeEvents = createEventSplitter()
  for (;;) {
    const { done, value } = await reader.read()
    if (done || !connection.isOpen) return
    const events = wholeEvents(value)
    if (events !== undefined) connection.pass(events)
    if (connection.isCrowded) await connection.drained()
  }
}

const EVENT_END = '\n\n'

/** Between whole events a sign of life does no harm; within one it would end it. */
function createEventSplitter(): (chunk: Uint8Array) => Uint8Array | undefined {
  let rest = Buffer.alloc(0)
  return (chunk) => {
    const all = Buffer.concat([rest, chunk])
    const end = all.lastIndexOf(EVENT_END)
    if (end === -1) {
      rest = all
      return undefined
    }
    rest = all.subarray(end + EVENT_END.length)
    return all.subarray(0, end + EVENT_END.length)
  }
}
