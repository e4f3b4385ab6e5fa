import { request as httpRequest } from 'node:http'
import { once } from 'node:events'
import { fastify } from 'fastify'
import { expect, it } from 'vitest'
import { createReplyStream } from '../../src/transport/reply-stream.js'
import { createSseConnections } from '../../src/transport/sse-connections.js'

const MIB = 1024 * 1024
const parts = { connections: createSseConnections(), closing: new AbortController().signal }

it('a client that reads slower than its function talks is cut off, and its call cancelled', async () => {
  const server = fastify()
  let sent = 0
  let isCancelled = false
  server.post('/', async (_request, reply) => {
    const { exchange } = createReplyStream(reply, { ...parts, cancelsOnClose: true })
    exchange.signal.addEventListener('abort', () => (isCancelled = true))
    while (!exchange.signal.aborted && sent < 64) {
      exchange.notify({ jsonrpc: '2.0', method: 'notifications/message', params: 'x'.repeat(MIB) })
      sent++
      await new Promise(setImmediate)
    }
    return reply
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  const request = httpRequest(url, { method: 'POST' })
  request.on('error', () => undefined)
  request.end()
  const [response] = await once(request, 'response')
  response.pause()
  await expect.poll(() => isCancelled).toBe(true)
  expect(sent).toBeLessThan(64)
  response.resume()
  await expect(once(response, 'end')).rejects.toThrow('aborted')
  await server.close()
})

it('after the answer nothing more is sent [M4]', async () => {
  const server = fastify()
  server.post('/', async (_request, reply) => {
    const stream = createReplyStream(reply, { ...parts, cancelsOnClose: false })
    stream.exchange.notify({ first: true })
    const finished = stream.finish(200, { answer: true })
    stream.exchange.notify({ late: true })
    return finished
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  const response = await fetch(url, { method: 'POST' })
  expect(await response.text()).toBe(
    'event: message\ndata: {"first":true}\n\nevent: message\ndata: {"answer":true}\n\n',
  )
  await server.close()
})
