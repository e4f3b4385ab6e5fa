import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalTokens } from '../../src/auth/local-tokens.js'
import { ADMIN_TOKEN, SIGNING_KEY, startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernPost, modernRequest } from '../support/modern-post.js'
import { openSession } from '../support/session.js'

const RPC_CODE = -31429

let test: TestGateway
beforeAll(async () => {
  test = await startTestGateway({
    env: {
      RATE_USER_PER_MINUTE: '10',
      RATE_ENDPOINT_PER_MINUTE: '80',
      RATE_ENDPOINT_BYTES_PER_MINUTE: '65536',
      RATE_FUNCTION_PER_MINUTE: '6',
      MAX_ZIP_BYTES: '32768',
      RATE_FAILURES_PER_MINUTE: '3',
      MAX_CALLS_PER_USER: '1',
    },
  })
  for (const endpointId of ['default', 'crowd', 'heavy'])
    await test.publish('journey_tools', endpointId)
})
afterAll(() => test.stop())

const send = (init: RequestInit, endpointId = 'default') =>
  fetch(`${test.url}/${endpointId}/mcp`, init)

const ping = (token: string | undefined) => modernPost('tools/list', {}, token)

const call = (token: string, name: string, args: object = {}) =>
  modernRequest('tools/call', { name, arguments: args }, { token, id: 'mine' })

/** Until one is refused, which it is at the latest after as many as this. */
async function sendUntilRefused(next: () => Promise<Response>, most: number): Promise<number> {
  for (let sent = 0; sent < most; sent++) {
    const response = await next()
    await response.text()
    if (response.status === 429) return sent
  }
  throw new Error(`none of ${most} requests was refused`)
}

describe('every answer of POST /{endpoint_id}/mcp', () => {
  it('says what its user may ask, and what is left of it', async () => {
    const token = await test.tokenFor('told')
    const response = await send(ping(token))
    expect(response.headers.get('ratelimit-policy')).toBe('"user";q=10;w=60')
    expect(response.headers.get('ratelimit')).toMatch(/^"user";r=9;t=(59|60)$/)
    expect((await send(ping(token))).headers.get('ratelimit')).toMatch(/^"user";r=8;t=\d+$/)
  })

  it('does so when it is a stream, and in a session', async () => {
    const token = await test.tokenFor('streams')
    const stream = await send(
      modernRequest(
        'tools/call',
        { name: 'steps', arguments: {} },
        { token, meta: { progressToken: 5 } },
      ),
    )
    expect(stream.headers.get('content-type')).toContain('text/event-stream')
    expect(stream.headers.get('ratelimit')).toMatch(/^"user";r=9;/)
    await stream.text()
    const headers = await openSession(test.url, { token })
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })
    const inSession = await send({ method: 'POST', headers, body })
    expect(inSession.headers.get('ratelimit')).toMatch(/^"user";r=7;/)
  })
})

describe('a user who asks too much', () => {
  it('is told when to come back, in an answer to the very request', async () => {
    const token = await test.tokenFor('busy')
    expect(await sendUntilRefused(() => send(ping(token)), 11)).toBe(10)
    const response = await send(call(token, 'echo', { text: 'tea' }))
    expect(response.status).toBe(429)
    expect(response.headers.get('ratelimit')).toMatch(/^"user";r=0;t=\d+$/)
    const waitS = Number(response.headers.get('retry-after'))
    expect(waitS).toBeGreaterThan(0)
    expect(waitS).toBeLessThanOrEqual(60)
    expect(await response.json()).toEqual({
      jsonrpc: '2.0',
      id: 'mine',
      error: {
        code: RPC_CODE,
        message: `Too many requests of this user: at most 10 in a minute; try again in ${waitS} s`,
        data: { limit: 'user', retryAfterS: waitS },
      },
    })
  })

  it('keeps nobody else waiting, and is welcome at other endpoints', async () => {
    expect((await send(ping(await test.tokenFor('quiet')))).status).toBe(200)
    expect((await send(ping(await test.tokenFor('busy', 'crowd')), 'crowd')).status).toBe(200)
  })

  it('is counted by messages: a batch is no way around it', async () => {
    const token = await test.tokenFor('batches')
    const headers = await openSession(test.url, { token, version: '2025-03-26' })
    const batch = Array.from({ length: 10 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'ping' }))
    const response = await send({ method: 'POST', headers, body: JSON.stringify(batch) })
    expect(response.status).toBe(429)
    expect(await response.json()).toMatchObject({ error: { code: RPC_CODE } })
  })

  it('is told when his batch is more than any minute has room for', async () => {
    const token = await test.tokenFor('batch')
    const headers = await openSession(test.url, { token, version: '2025-03-26' })
    const batch = Array.from({ length: 11 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'ping' }))
    const response = await send({ method: 'POST', headers, body: JSON.stringify(batch) })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: -32600 } })
  })

  it('is counted at every route that asks who he is', async () => {
    const token = await test.tokenFor('routes')
    const headers = { authorization: `Bearer ${token}` }
    const ticket = () => fetch(`${test.url}/default/events/ticket`, { method: 'POST', headers })
    expect(await sendUntilRefused(ticket, 11)).toBe(10)
    for (const [method, path] of [
      ['GET', 'default/events'],
      ['GET', 'default/mcp'],
      ['DELETE', 'default/mcp'],
      ['PUT', 'default/uploads/any'],
    ] as const) {
      const response = await fetch(`${test.url}/${path}`, { method, headers })
      expect([path, response.status]).toEqual([path, 429])
      expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    }
  })
})

describe('an endpoint', () => {
  it('has a limit for all of its users together', async () => {
    const tokens = await Promise.all(
      Array.from({ length: 9 }, (_, n) => test.tokenFor(`c${n}`, 'crowd')),
    )
    let sent = 0
    const next = () => send(ping(tokens[Math.floor(sent++ / 9)]), 'crowd')
    // One request of another test was the first.
    expect(await sendUntilRefused(next, 81)).toBe(79)
    const response = await next()
    expect(await response.json()).toMatchObject({ error: { data: { limit: 'endpoint' } } })
    expect((await send(ping(await test.tokenFor('c1')))).status).toBe(200)
  })

  it('has a limit for what is sent to it', async () => {
    const token = await test.tokenFor('writer', 'heavy')
    const large = () => send(call(token, 'echo', { text: 'x'.repeat(30_000) }), 'heavy')
    expect(await sendUntilRefused(large, 3)).toBe(2)
    expect(await (await large()).json()).toMatchObject({ error: { data: { limit: 'bytes' } } })
  })
})

describe('what is sent to an endpoint', () => {
  it('is counted in bytes where its length is not announced', async () => {
    const token = await test.tokenFor('writer', 'chunks')
    const { body, ...init } = call(token, 'echo', { text: '茶'.repeat(10_000) })
    const large = () => {
      const chunks = new Response(body).body
      const streamed: RequestInit & { readonly duplex: 'half' } = {
        ...init,
        body: chunks,
        duplex: 'half',
      }
      return send(streamed, 'chunks')
    }
    expect(await sendUntilRefused(large, 3)).toBe(2)
  })

  it('is not what one has announced who may not send it', async () => {
    const forbidden = await test.tokenFor('loud', 'announced')
    const { hostname, port } = new URL(test.url)
    for (let sent = 0; sent < 2; sent++) {
      const socket = connect(Number(port), hostname)
      socket.write(
        'PUT /announced/uploads/any HTTP/1.1\r\nhost: localhost\r\ncontent-length: 65536\r\n' +
          `authorization: Bearer ${forbidden}\r\n\r\n`,
      )
      expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 403 /)
      socket.destroy()
    }
    const token = await test.tokenFor('quiet', 'announced')
    expect((await send(ping(token), 'announced')).status).toBe(200)
  })

  it('is no more of an upload than is ever read', async () => {
    const token = await createLocalTokens(SIGNING_KEY).sign({
      userId: 'ann',
      endpointId: 'published',
      roles: ['publisher'],
      expiresAt: Date.now() + 600_000,
    })
    const { hostname, port } = new URL(test.url)
    const socket = connect(Number(port), hostname)
    socket.write(
      'PUT /published/uploads/any HTTP/1.1\r\nhost: localhost\r\ncontent-length: 999999999\r\n' +
        `authorization: Bearer ${token}\r\n\r\n`,
    )
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 404 /)
    socket.destroy()
    expect((await send(ping(token), 'published')).status).toBe(200)
  })
})

describe('calls', () => {
  it('of one function are limited, whoever calls it', async () => {
    const first = await test.tokenFor('f1')
    const second = await test.tokenFor('f2')
    for (const token of [first, second, first, second, first, second])
      expect((await send(call(token, 'whoami'))).status).toBe(200)
    const response = await send(call(first, 'whoami'))
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await response.json()).toMatchObject({
      id: 'mine',
      error: { code: RPC_CODE, data: { limit: 'function' } },
    })
    expect((await send(call(second, 'echo', { text: 'tea' }))).status).toBe(200)
  })

  it('of one user have so many places at a time', async () => {
    const token = await test.tokenFor('parallel')
    const controller = new AbortController()
    const waits = { ...call(token, 'wait'), signal: controller.signal }
    const running = send(waits).catch(() => 'cancelled')
    await expect.poll(async () => (await send(call(token, 'echo', { text: 'a' }))).status).toBe(429)
    controller.abort()
    expect(await running).toBe('cancelled')
  })
})

it('a call in the background keeps its place when its caller has an answer', async () => {
  const token = await test.tokenFor('patient')
  const begun = await send(call(token, 'background', { ms: 60_000 }))
  expect(begun.status).toBe(200)
  expect(await begun.text()).toContain('goes on in the background')
  const response = await send(call(token, 'echo', { text: 'tea' }))
  expect(response.status).toBe(429)
  expect(await response.json()).toMatchObject({
    error: { data: { limit: 'user' }, message: expect.stringContaining('at most 1 at a time') },
  })
})

describe('tokens that are not valid', () => {
  const forged = (n: number) => {
    const text = `{"alg":"HS256"}.{"sub":"${n}"}`.split('.').map((part) => toBase64(part))
    return `${text.join('.')}.${createHmac('sha256', 'guessed').update(text.join('.')).digest('base64url')}`
  }
  const toBase64 = (text: string) => Buffer.from(text).toString('base64url')

  it('are refused unread after so many, while what is known goes on', async () => {
    const known = await test.tokenFor('known')
    expect((await send(ping(known))).status).toBe(200)
    let sent = 0
    const guess = () => send(ping(forged(sent++)))
    expect(await sendUntilRefused(guess, 4)).toBe(3)
    const response = await guess()
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await response.json()).toMatchObject({
      error: { code: RPC_CODE, data: { limit: 'address' } },
    })
    expect((await send(ping(known))).status).toBe(200)
    expect((await send(ping(ADMIN_TOKEN))).status).toBe(200)
  })
})
