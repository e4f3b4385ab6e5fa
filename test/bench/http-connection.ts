/**
 * One keep-alive HTTP/1.1 connection on a bare socket: `node:http` as a client costs more than
 * most of the servers that are measured, so they would never be busy.
 */
import { once } from 'node:events'
import { connect } from 'node:net'

export interface HttpAnswer {
  readonly status: number
  readonly head: string
  readonly body: string
}

export interface HttpConnection {
  /** Sends one request; the answer to the last one has been read. */
  send(bytes: string): Promise<HttpAnswer>
  close(): void
}

export async function openConnection(port: number): Promise<HttpConnection> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  let waiting: Waiting | undefined
  let failure: Error | undefined
  let pending: Buffer = Buffer.alloc(0)

  const fail = (error: Error) => {
    failure ??= error
    waiting?.reject(failure)
  }
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the server closed the connection')))
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    const answer = readAnswer(pending)
    if (answer === undefined) return
    pending = Buffer.alloc(0)
    waiting?.resolve(answer)
  })
  await once(socket, 'connect')
  return {
    send: (bytes) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        if (failure === undefined) socket.write(bytes)
        else reject(failure)
      }),
    close: () => socket.destroy(),
  }
}

interface Waiting {
  resolve(answer: HttpAnswer): void
  reject(error: Error): void
}

const HEAD_END = '\r\n\r\n'

/** @returns undefined while a part is missing; the whole buffer is one answer, nothing follows it */
function readAnswer(bytes: Buffer): HttpAnswer | undefined {
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd === -1) return undefined
  const head = bytes.toString('latin1', 0, headEnd)
  const rest = bytes.subarray(headEnd + HEAD_END.length)
  const body = readBody(head, rest)
  if (body === undefined) return undefined
  return { status: Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)), head, body }
}

const CONTENT_LENGTH = /^content-length: *(\d+)/im
const CHUNKED = /^transfer-encoding: *chunked/im

function readBody(head: string, rest: Buffer): string | undefined {
  if (CHUNKED.test(head)) return readChunks(rest)
  const length = Number(CONTENT_LENGTH.exec(head)?.[1] ?? 0)
  return rest.length < length ? undefined : rest.toString('utf8', 0, length)
}

function readChunks(bytes: Buffer): string | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd === -1) return undefined
    const length = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    const start = lineEnd + 2
    if (bytes.length < start + length + 2) return undefined
    if (length === 0) return Buffer.concat(chunks).toString('utf8')
    chunks.push(bytes.subarray(start, start + length))
    at = start + length + 2
  }
}
