import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HttpOptions, HttpServer } from '../../src/transport/http-server.js'
import { ADMIN_TOKEN, startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernPost, modernRequest } from '../support/modern-post.js'

const MAX_FAILURES = 10

let test: TestGateway
const servers: HttpServer[] = []
beforeAll(async () => {
  test = await startTestGateway({
    env: {
      ALLOWED_HOSTS: 'gateway.lan,other.lan:9',
      RATE_FAILURES_PER_MINUTE: String(MAX_FAILURES),
    },
  })
  await test.publish('journey_tools')
})
afterAll(async () => {
  for (const server of servers) await server.close(0)
  await test.stop()
})

/** Another server of the same gateway, on a port of its own. */
async function listen(options: Partial<HttpOptions>): Promise<number> {
  const common = { isLoopback: true, allowedOrigins: [], maxBodyBytes: 65_536 }
  const http = await test.gateway.openHttp({ ...common, ...options })
  servers.push(http)
  return Number(new URL(await http.listen({ host: '127.0.0.1', port: 0 })).port)
}

const send = (init: RequestInit, path = '/default/mcp') => fetch(`${test.url}${path}`, init)

const NOWHERE = 'GET /nowhere HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n'

/** What is sent as it is; its answer, until the server closes. */
async function exchange(port: number | string, request: string): Promise<string> {
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(request)
  return text(socket)
}

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
}

describe('every answer tells browsers how little may be done with it', () => {
  const streamed = modernRequest(
    'tools/call',
    { name: 'steps', arguments: {} },
    { token: ADMIN_TOKEN, meta: { progressToken: 1 } },
  )

  it.each([
    ['a result', '/default/mcp', modernPost('tools/list', {}, ADMIN_TOKEN), 200],
    ['a stream', '/default/mcp', streamed, 200],
    ['a page', '/default/live', {}, 200],
    ['events', '/default/events?access_token=x', {}, 400],
    ['a refusal', '/default/mcp', modernPost('tools/list', {}, 'wrong'), 401],
    ['a route that there is none of', '/nowhere', {}, 404],
    ['a method that there is none of', '/default/mcp', { method: 'PUT' }, 405],
    ['a URL that is none', '/%zz', {}, 400],
    ['a URL with a part that is too long', `/${'x'.repeat(200)}/mcp`, {}, 414],
  ])('%s', async (_what, path, init, status) => {
    const response = await send(init, path)
    await response.text()
    expect(response.status).toBe(status)
    expect(Object.fromEntries(response.headers)).toMatchObject(HEADERS)
    expect(response.headers.has('strict-transport-security')).toBe(false)
  })

  it('what is no HTTP at all', async () => {
    const answer = await exchange(new URL(test.url).port, 'HELO gateway\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    for (const [name, value] of Object.entries(HEADERS))
      expect(answer).toContain(`${name}: ${value}\r\n`)
    expect(answer).toContain('{"jsonrpc":"2.0","error":{"code":-32600,')
  })

  it('browsers that have come over the TLS of a proxy come back over TLS', async () => {
    const port = await listen({ publicUrl: 'https://mcp.example.com' })
    const { headers } = await fetch(`http://127.0.0.1:${port}/default/live`)
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000')
  })
})

describe('a request may be so large', () => {
  it('its URL: up to 8 KiB', async () => {
    const path = (length: number) => `/default/live?${'x'.repeat(length - '/default/live?'.length)}`
    expect((await send({}, path(8192))).status).toBe(200)
    const response = await send({}, path(8193))
    expect(response.status).toBe(414)
    expect(await response.json()).toMatchObject({
      error: { message: 'The URL is longer than 8192 bytes' },
    })
  })

  it('its headers: up to 16 KiB with the URL', async () => {
    const port = new URL(test.url).port
    const request = `GET /default/live HTTP/1.1\r\nhost: localhost\r\nx-large: ${'x'.repeat(16_384)}\r\n\r\n`
    const answer = await exchange(port, request)
    expect(answer).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/)
    expect(answer).toContain('The headers of the request are too large')
  })

  it('its JSON: up to 64 levels', async () => {
    const nested = (levels: number) => {
      const args = JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)
      // The message, its params and their arguments are three.
      return modernRequest(
        'tools/call',
        { name: 'echo', arguments: { text: 'tea', args } },
        { token: ADMIN_TOKEN },
      )
    }
    expect(await (await send(nested(61))).json()).not.toMatchObject({ error: {} })
    const response = await send(nested(62))
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      jsonrpc: '2.0',
      error: { code: -32600, message: 'JSON nested deeper than 64 levels' },
    })
  })
})

describe('a client that takes its time', () => {
  const HEAD = `POST /default/mcp HTTP/1.1\r\nhost: localhost\r\n`

  it('with its headers is cut off', async () => {
    const port = await listen({ headersTimeoutMs: 100, requestTimeoutMs: 60_000 })
    const answer = await exchange(port, `${HEAD}x-slow:`)
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
    expect(answer).toContain('The request took too long to arrive')
  })

  it('with its body is cut off, while others are served', async () => {
    const port = await listen({ headersTimeoutMs: 100, requestTimeoutMs: 200 })
    const auth = `authorization: Bearer ${ADMIN_TOKEN}\r\ncontent-type: application/json\r\n`
    const slow = exchange(port, `${HEAD}${auth}content-length: 1000\r\n\r\n{"jsonrpc"`)
    const init = modernPost('tools/list', {}, ADMIN_TOKEN)
    expect((await fetch(`http://127.0.0.1:${port}/default/mcp`, init)).status).toBe(200)
    expect(await slow).toMatch(/^HTTP\/1\.1 408 /)
  })
})

it('a client that does not close its side keeps no connection', async () => {
  const port = await listen({ headersTimeoutMs: 1000, maxConnections: 1 })
  for (const [request, status] of [
    ['HELO gateway\r\n\r\n', 400],
    ['', 408],
  ] as const) {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.write(request)
    const ended = once(socket, 'end')
    expect(String((await once(socket, 'data'))[0])).toContain(`HTTP/1.1 ${status} `)
    await ended
    await expect
      .poll(() => exchange(port, NOWHERE).catch(String), { timeout: 5000 })
      .toMatch(/^HTTP\/1\.1 404 /)
    socket.destroy()
  }
})

it('more connections than are allowed are closed at once', async () => {
  const port = await listen({ maxConnections: 2 })
  const open: Socket[] = []
  for (let count = 0; count < 2; count++) {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    open.push(socket)
  }
  // The server has taken both when it has answered on both.
  for (const socket of open) {
    socket.write('GET /nowhere HTTP/1.1\r\nhost: localhost\r\n\r\n')
    await once(socket, 'data')
  }
  expect(await exchange(port, '').catch(() => '')).toBe('')
  open[0]?.destroy()
  await expect
    .poll(() => fetch(`http://127.0.0.1:${port}/nowhere`).then(({ status }) => status, String))
    .toBe(404)
  open[1]?.destroy()
})

describe('a name that the server is called by', () => {
  const statusOf = async (port: number | string, host: string): Promise<number | undefined> => {
    const outgoing = httpRequest({
      port,
      host: '127.0.0.1',
      path: '/default/live',
      headers: { host },
    })
    outgoing.end()
    const [response] = await once(outgoing, 'response')
    response.resume()
    return response.statusCode
  }

  it.each([
    ['localhost', 200],
    ['127.0.0.1:8000', 200],
    ['[::1]', 200],
    ['gateway.lan', 200],
    ['GATEWAY.lan:8443', 200],
    ['other.lan:9', 200],
    ['other.lan:10', 403],
    ['other.lan', 403],
    ['evil.example', 403],
    ['gateway.lan.evil.example', 403],
    ['gateway.lan@evil.example', 403],
    ['127.0.0.1.evil.example', 403],
  ])('on loopback: %s is answered with %i', async (host, status) => {
    expect(await statusOf(new URL(test.url).port, host)).toBe(status)
  })

  it('is any on another address, unless some are named', async () => {
    const any = await listen({ isLoopback: false })
    expect(await statusOf(any, 'whatever.example')).toBe(200)
    const named = { allowedHosts: ['gateway.lan'], publicUrl: 'https://mcp.example.com' }
    const some = await listen({ isLoopback: false, ...named })
    expect(await statusOf(some, 'gateway.lan')).toBe(200)
    expect(await statusOf(some, 'mcp.example.com')).toBe(200)
    expect(await statusOf(some, 'localhost')).toBe(403)
    expect(await statusOf(some, 'whatever.example')).toBe(403)
  })

  it('is never that of X-Forwarded-Host', async () => {
    const port = await listen({ trustProxy: ['127.0.0.1'] })
    const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
    const response = await fetch(`http://127.0.0.1:${port}/default/live`, { headers })
    expect(response.status).toBe(200)
  })
})

describe('the address that a request comes from', () => {
  const guess = async (port: number, forwardedFor: string): Promise<number> => {
    const { headers, ...init } = modernPost('tools/list', {}, 'guess')
    const sent = { ...(headers as Record<string, string>), 'x-forwarded-for': forwardedFor }
    const response = await fetch(`http://127.0.0.1:${port}/default/mcp`, { ...init, headers: sent })
    await response.text()
    return response.status
  }
  /** @returns how many guesses were heard before one was refused unheard */
  const guessOften = async (port: number, addressOf: (n: number) => string): Promise<number> => {
    for (let sent = 0; sent <= MAX_FAILURES; sent++)
      if ((await guess(port, addressOf(sent))) === 429) return sent
    throw new Error('no guess was refused')
  }

  it('is what a proxy says that is trusted, and never what anybody else says', async () => {
    const trusting = await listen({ trustProxy: 1 })
    const listed = await listen({ trustProxy: ['127.0.0.0/8'] })
    expect(await guessOften(trusting, () => '192.0.2.1')).toBe(MAX_FAILURES)
    // Who is behind the proxy may write more in front of what the proxy says.
    expect(await guess(trusting, '192.0.2.9, 192.0.2.1')).toBe(429)
    expect(await guess(listed, '192.0.2.1')).toBe(429)
    expect(await guess(listed, '192.0.2.2')).toBe(401)
    const plain = await listen({})
    expect(await guessOften(plain, (n) => `192.0.2.${n + 10}`)).toBeGreaterThan(0)
    expect(await guess(plain, '192.0.2.251')).toBe(429)
  })
})
