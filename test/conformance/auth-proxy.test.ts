import { once } from 'node:events'
import { Agent, createServer, request, type IncomingMessage, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AuthProxy, startAuthProxy } from '../support/auth-proxy.js'
import { startRoundRobinProxy } from '../support/round-robin-proxy.js'

describe('the proxy that adds a token', () => {
  let server: Server
  let proxy: AuthProxy

  beforeEach(async () => {
    server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const target = originOf(server)
    proxy = await startAuthProxy(() => target, 'secret')
  })

  afterEach(async () => {
    await proxy.close()
    server.closeAllConnections()
    server.close()
  })

  it('adds the token and leaves Host, the other headers and the body as they are', async () => {
    server.on('request', (incoming, outgoing) => {
      outgoing.writeHead(207, { 'x-seen': JSON.stringify(incoming.headers) })
      incoming.pipe(outgoing)
    })
    const headers = { host: 'evil.example', authorization: 'Bearer other', 'x-kept': 'yes' }
    const asked = request(`${proxy.url}/mcp?a=1`, { method: 'POST', headers }).end('body')
    const answer = await response(asked)

    expect(answer.statusCode).toBe(207)
    expect(JSON.parse(String(answer.headers['x-seen']))).toMatchObject({
      host: 'evil.example',
      authorization: 'Bearer secret',
      'x-kept': 'yes',
    })
    expect(await answer.setEncoding('utf8').toArray()).toEqual(['body'])
  })

  it('hands on each piece of an answer as it comes, and the end only when it ends', async () => {
    server.on('request', (_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
      server.once('go on', () => outgoing.end('data: 2\n\n'))
    })
    const answer = await response(request(proxy.url).end())
    answer.setEncoding('utf8')
    expect(await once(answer, 'data')).toEqual(['data: 1\n\n'])
    server.emit('go on')
    expect(await once(answer, 'data')).toEqual(['data: 2\n\n'])
  })

  it('tells the server when the client leaves, before the answer and in the middle of it', async () => {
    for (const hasBegun of [false, true]) {
      const arrived = once(server, 'request')
      const asked = request(proxy.url).on('error', () => {})
      asked.end()
      const [, outgoing] = await arrived
      const left = once(outgoing, 'close')
      if (hasBegun) {
        outgoing.write('data: 1\n\n')
        await response(asked)
      }
      asked.destroy()
      await left
      expect(outgoing.writableFinished).toBe(false)
    }
  })

  it('tells the client when the server breaks off', async () => {
    server.on('request', (_incoming, outgoing) => {
      outgoing.write('data: 1\n\n')
      server.once('break off', () => outgoing.destroy())
    })
    const answer = await response(request(proxy.url).end())
    answer.resume()
    server.emit('break off')
    const [error] = await once(answer, 'error')
    expect(error).toMatchObject({ code: 'ECONNRESET' })
  })

  it('answers 502 when there is no server', async () => {
    server.close()
    const answer = await response(request(proxy.url).end())
    expect(answer.statusCode).toBe(502)
    answer.resume()
  })
})

describe('the proxy in front of several servers', () => {
  it('sends each request to the next one, whatever connection it comes on', async () => {
    const servers = await Promise.all(
      ['first', 'second'].map(async (name) => {
        const server = createServer((asked, outgoing) =>
          outgoing.end(`${name} ${asked.headers.authorization}`),
        )
        await once(server.listen(0, '127.0.0.1'), 'listening')
        return server
      }),
    )
    const [first, second] = servers.map(originOf)
    if (first === undefined || second === undefined) throw new Error('no servers')
    const proxy = await startRoundRobinProxy([first, second], 'secret')
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const answers: string[] = []
    for (let count = 0; count < 4; count++)
      answers.push(await text(await response(request(proxy.url, { agent }).end())))
    expect(answers).toEqual([
      'first Bearer secret',
      'second Bearer secret',
      'first Bearer secret',
      'second Bearer secret',
    ])
    agent.destroy()
    await proxy.close()
    for (const server of servers) server.close()
  })
})

function originOf(server: Server): URL {
  const address = server.address()
  return new URL(
    `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
  )
}

async function response(asked: ReturnType<typeof request>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asked.once('response', resolve).once('error', reject)
  })
}
