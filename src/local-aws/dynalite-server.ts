import { EventEmitter } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { ClassicLevel } from 'classic-level'
import dynalite from 'dynalite'
import { readBody } from '../local-s3/local-s3.js'
import type { Log } from '../telemetry/telemetry.js'

/** As in DynamoDB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024

/** Tables change state at once: nobody on a laptop waits for a simulated delay. */
const NO_DELAYS = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 }

export interface DynamoServer {
  /** Its `close` also closes the store; what it answers is for the caller to decide. */
  readonly server: Server
  /** Settles when the store has done its part, whether or not the client is still there. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>
}

/**
 * DynamoDB in a folder. dynalite is given finished bodies instead of the connection, because it
 * throws where nobody can catch when a client hangs up or a value is malformed.
 */
export async function createDynamoServer(folder: string, log: Log): Promise<DynamoServer> {
  await checkStore(folder)
  const server = dynalite({ path: folder, ...NO_DELAYS })
  const [listener] = server.listeners('request')
  server.removeAllListeners('request')
  if (!listener) throw new Error('dynalite put no listener on its server')
  const listen: Listener = (replayed, response) =>
    void Reflect.apply(listener, server, [replayed, response])
  return { server, answer: guard(listen, log) }
}

/** dynalite shows a store that cannot be opened only by crashing at the first request. */
async function checkStore(folder: string): Promise<void> {
  const level = new ClassicLevel(folder)
  try {
    await level.open()
    await level.close()
  } catch (error) {
    throw new Error(`cannot open the DynamoDB data in ${folder}`, { cause: error })
  }
}

/** Takes what dynalite reads of a request: method, url, headers and the events of its body. */
type Listener = (replayed: object, response: ServerResponse) => void

function guard(listener: Listener, log: Log): DynamoServer['answer'] {
  return async (request, response) => {
    const body = await readBody(request, MAX_BODY_BYTES)
    if (body === undefined) return answer(response, 413, 'RequestTooLarge')
    if (holdsNullElement(body)) return answer(response, 400, 'SerializationException')
    try {
      const { method, url, headers } = request
      const replayed = Object.assign(new EventEmitter(), { method, url, headers })
      const answered = whenEnded(response)
      listener(replayed, response)
      // By hand, so that what dynalite throws meanwhile arrives here.
      replayed.emit('data', body)
      replayed.emit('end')
      await answered
    } catch (error) {
      log.error({ err: error, target: request.headers['x-amz-target'] }, 'dynalite failed')
      if (!response.headersSent) answer(response, 500, 'InternalServerError')
    }
  }
}

/** A response whose client has gone is ended too, but does not say so. */
function whenEnded(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const end = response.end.bind(response)
    const endAndTell = (...args: unknown[]) => {
      resolve()
      return Reflect.apply(end, response, args)
    }
    Object.assign(response, { end: endAndTell })
  })
}

/** A quick test; it is also true of text that merely looks like a list with a null. */
const NULL_ELEMENT = /[[,]\s*null\s*[\],]/

/** A null in a set makes dynalite throw inside a lock that is then never released. */
function holdsNullElement(body: Buffer): boolean {
  if (!body.includes('null')) return false
  const text = body.toString()
  if (!NULL_ELEMENT.test(text)) return false
  let found = false
  try {
    JSON.parse(text, (_key, value: unknown) => {
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
