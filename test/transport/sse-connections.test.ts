import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { fastify, type FastifyInstance, type FastifyReply } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createSseConnections,
  type SseConnection,
  type SseConnections,
} from '../../src/transport/sse-connections.js'

const MIB = 1024 * 1024

let server: FastifyInstance
let url: string
let answer: (reply: FastifyReply) => void
beforeEach(async () => {
  server = fastify()
  server.get('/', (_request, reply) => {
    void reply.header('access-control-allow-origin', 'https://app.example.com')
    answer(reply)
  })
  url = await server.listen({ host: '127.0.0.1', port: 0 })
})
afterEach(async () => {
  server.server.closeAllConnections()
  await server.close()
})

/** A stream whose client reads nothing of it until it is told to. */
const openUnread = async (connections: SseConnections) => {
  const opened = new Promise<{ raw: FastifyReply['raw']; connection: SseConnection }>((resolve) => {
    answer = (reply) => resolve({ raw: reply.raw, connection: connections.open(reply) })
  })
  const request = httpRequest(url).on('error', () => undefined)
  request.end()
  const [response]: IncomingMessage[] = await once(request, 'response')
  if (response === undefined) throw new Error('no answer')
  response.pause()
  const stream = await opened
  answer = (reply) => void connections.open(reply)
  return { response, ...stream }
}

const sendUntil = async (connection: SseConnection, isDone: () => boolean, bytes = MIB / 4) => {
  while (!isDone()) {
    connection.send({ message: { text: 'x'.repeat(bytes) } })
    await new Promise(setImmediate)
  }
}

describe('an event stream', () => {
  it('begins at once, with what hooks have set on the reply', async () => {
    const connections = createSseConnections()
    answer = (reply) => void connections.open(reply)
    const response = await fetch(url)
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'access-control-allow-origin': 'https://app.example.com',
    })
    connections.stop()
  })

  it('shows that it lives with a comment, again and again [M4]', async () => {
    const connections = createSseConnections({ heartbeatMs: 5 })
    let connection: SseConnection | undefined
    answer = (reply) => (connection = connections.open(reply))
    const response = await fetch(url)
    let body = ''
    for await (const chunk of response.body ?? []) {
      body += Buffer.from(chunk).toString()
      if (body.length >= 9) connection?.end()
    }
    expect(body).toMatch(/^(:\n\n){3,}$/)
    connections.stop()
  })

  it('that its client leaves unread is cut off in the end', async () => {
    const connections = createSseConnections()
    const { response, connection } = await openUnread(connections)
    let sent = 0
    await sendUntil(connection, () => !connection.isOpen || ++sent > 64, MIB)
    expect(sent).toBeLessThan(64)
    response.resume()
    await expect(once(response, 'end')).rejects.toThrow('aborted')
    connections.stop()
  })

  it('takes an answer, however much is unread', async () => {
    const connections = createSseConnections()
    const { response, connection } = await openUnread(connections)
    for (let n = 0; n < 16; n++) connection.answer({ message: { text: 'x'.repeat(MIB) } })
    connection.end()
    expect((await text(response)).length).toBeGreaterThan(16 * MIB)
    connections.stop()
  })

  it('that its client leaves unread gets no comments, unlike the others', async () => {
    const connections = createSseConnections({ heartbeatMs: 5 })
    const { response, connection, raw } = await openUnread(connections)
    await sendUntil(connection, () => connection.isCrowded)
    const waiting = raw.writableLength
    const reader = (await fetch(url)).body?.getReader()
    for (let comments = 0; comments < 4; comments++) await reader?.read()
    expect(raw.writableLength).toBe(waiting)
    response.on('error', () => undefined).destroy()
    connections.stop()
  })

  it('tells when its client has caught up, and when it never will', async () => {
    const connections = createSseConnections()
    const { response, connection } = await openUnread(connections)
    await sendUntil(connection, () => connection.isCrowded)
    const drained = connection.drained()
    response.resume()
    await drained
    expect(connection.isCrowded).toBe(false)
    response.pause()
    await sendUntil(connection, () => connection.isCrowded)
    const never = connection.drained()
    response.on('error', () => undefined).destroy()
    await never
    expect(connection.isOpen).toBe(false)
    await connection.drained()
    connections.stop()
  })

  it('takes nothing after its end', async () => {
    const connections = createSseConnections({ heartbeatMs: 1 })
    answer = (reply) => {
      const connection = connections.open(reply)
      connection.send({ id: '1', retryMs: 7 })
      connection.send({ id: '2', message: { said: true } })
      connection.end()
      connection.end()
      connection.send({ message: { late: true } })
    }
    expect(await (await fetch(url)).text()).toBe(
      'id: 1\nretry: 7\ndata: \n\nevent: message\nid: 2\ndata: {"said":true}\n\n',
    )
    connections.stop()
  })
})
