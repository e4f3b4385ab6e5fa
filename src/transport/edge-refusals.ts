/** What is refused before any route: URLs that are too long, and what is no HTTP request at all. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { codeOf } from '../domain/code-of.js'
import { GatewayError } from '../domain/errors.js'
import { toErrorAnswer } from '../protocol/protocol.js'
import type { SecurityHeaders } from './edge-headers.js'

const MAX_URL_BYTES = 8192

export function refuseLongUrl(
  { url }: FastifyRequest,
  _reply: FastifyReply,
  done: (error?: Error) => void,
): void {
  if (url.length <= MAX_URL_BYTES) done()
  else done(new GatewayError('URL_TOO_LONG', `The URL is longer than ${MAX_URL_BYTES} bytes`))
}

const BROKEN: Readonly<Record<string, [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers of the request are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive'],
}

/** What is wrong below HTTP, in TLS or with the connection, is answered to nobody. */
const HTTP_FAULT = /^HPE_|^ERR_HTTP_REQUEST_TIMEOUT$/

/** For a client to close its side too, in milliseconds; an earlier end could cost it the answer. */
const LINGER_MS = 1000

/** The server's own answer on a connection whose request never became one; then it is closed. */
export function createBrokenRequest(headers: SecurityHeaders) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return (error: Error, socket: Socket): void => {
    // A client that has gone, or that was answered already, hears nothing more.
    const code = codeOf(error) ?? ''
    const isAnswered = !socket.writable || socket.bytesWritten > 0
    if (isAnswered || !HTTP_FAULT.test(code)) return void socket.destroy()
    const [status, message] = BROKEN[code] ?? [400, 'The HTTP request is malformed']
    const { body } = toErrorAnswer(new GatewayError('INVALID_REQUEST', message), {})
    const text = JSON.stringify(body)
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}connection: close\r\n` +
        `content-type: application/json; charset=utf-8\r\ncache-control: no-store\r\n` +
        `content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    )
    const cut = setTimeout(() => socket.destroy(), LINGER_MS).unref()
    socket.once('close', () => clearTimeout(cut))
  }
}
