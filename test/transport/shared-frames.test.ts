import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSharedFrames, writeFrame } from '../../src/transport/shared-frames.js'

describe('frames that many connections share', () => {
  const server = createServer()
  const event = { id: '1-1.2-2', name: 'call.completed', json: '{"text":"Grüße, 你好"}' }
  const frame = `event: call.completed\nid: 1-1.2-2\ndata: ${event.json}\n\n`

  beforeEach(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })

  afterEach(async () => {
    server.removeAllListeners('request')
    server.close()
    await once(server, 'close')
  })

  const baseUrl = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  /** @returns everything that the server answers to these bytes */
  const send = (bytes: string) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.write(bytes)
    return text(socket)
  }

  it('an event is made into bytes once, however many are told it', () => {
    const frameOf = createSharedFrames()

    const first = frameOf({ ...event })

    expect(frameOf({ ...event })).toBe(first)
    expect(frameOf({ ...event, id: '1-2.2-2' })).not.toBe(first)
    expect(first.frame.toString()).toBe(frame)
  })

  it('a client reads what was written through the answer and what was shared, in order', async () => {
    const frameOf = createSharedFrames()
    server.on('request', (_request, raw: ServerResponse) => {
      raw.writeHead(200).flushHeaders()
      raw.write(': before\n\n')
      writeFrame(raw, frameOf(event))
      raw.write(': between\n\n')
      writeFrame(raw, frameOf(event))
      raw.end()
    })

    const answers = await Promise.all([1, 2, 3].map(async () => (await fetch(baseUrl())).text()))

    expect(new Set(answers)).toEqual(new Set([`: before\n\n${frame}: between\n\n${frame}`]))
  })

  it('a client of HTTP/1.0, which knows no chunks, reads the same', async () => {
    server.on('request', (_request, raw: ServerResponse) => {
      raw.writeHead(200).flushHeaders()
      writeFrame(raw, createSharedFrames()(event))
      raw.end()
    })

    const [, body] = (await send('GET / HTTP/1.0\r\n\r\n')).split('\r\n\r\n')

    expect(body).toBe(frame)
  })

  it('an answer that has to wait for the one before it on its connection gets into no other', async () => {
    const waiting: ServerResponse[] = []
    server.on('request', (_request, raw: ServerResponse) => {
      waiting.push(raw)
      const [first, second] = waiting
      if (first === undefined || second === undefined) return
      second.writeHead(200, { 'x-answer': 'second' }).flushHeaders()
      writeFrame(second, createSharedFrames()(event))
      second.end()
      first.writeHead(200, { 'x-answer': 'first', 'content-length': 2 }).end('ok')
    })

    const answers = await send(
      'GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    )

    const [first = '', second = ''] = answers.split(/(?=HTTP\/1.1 200)/)
    expect(first).toMatch(/x-answer: first[^]*\r\n\r\nok$/)
    const chunk = `${Buffer.byteLength(frame).toString(16)}\r\n${frame}\r\n0\r\n\r\n`
    expect(second.slice(second.indexOf('\r\n\r\n') + 4)).toBe(chunk)
  })
})
