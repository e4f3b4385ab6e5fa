import { EventEmitter } from 'node:events'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Log } from '../telemetry/telemetry.js'
import { readBody } from './request-body.js'

/** As in DynamoDB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024

/**
 * Guards dynalite's request listener. It is given a finished body instead of the connection,
 * because it throws where nobody can catch when a client hangs up or a value is malformed.
 */
export function guardDynalite(listener: RequestListener, log: Log) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request, MAX_BODY_BYTES)
    if (body === undefined) return answer(response, 413, 'RequestTooLarge')
    if (holdsNullElement(body)) return answer(response, 400, 'SerializationException')
    try {
      replay(listener, { request, response, body })
    } catch (error) {
      log.error({ err: error, target: request.headers['x-amz-target'] }, 'dynalite failed')
      if (!response.headersSent) answer(response, 500, 'InternalServerError')
    }
  }
}

interface Replay {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: Buffer
}

/** Emitting by hand, so that what the listener throws arrives here. */
function replay(listener: RequestListener, { request, response, body }: Replay): void {
  const { method, url, headers } = request
  const replayed = Object.assign(new EventEmitter(), { method, url, headers })
  // dynalite reads these three and the events `data` and `end`, nothing else of a request.
  listener(replayed as unknown as IncomingMessage, response as Parameters<RequestListener>[1])
  replayed.emit('data', body)
  replayed.emit('end')
}

/** A null in a set makes dynalite throw inside a lock that is then never released. */
function holdsNullElement(body: Buffer): boolean {
  if (!body.includes('null')) return false
  let found = false
  try {
    JSON.parse(body.toString(), (_key, value: unknown) => {
      found ||= Array.isArray(value) && value.includes(null)
      return value
    })
  } catch {
    // What is not JSON is answered by dynalite.
    return false
  }
  return found
}

function answer(response: ServerResponse, status: number, type: string): void {
  const body = JSON.stringify({ __type: `com.amazon.coral.service#${type}` })
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body)
}
