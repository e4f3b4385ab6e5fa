import { request as httpRequest } from 'node:http'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerOf, messagesOf, rest } from '../support/event-stream.js'
import { ADMIN_TOKEN, startTestGateway, type TestGateway } from '../support/gateway.js'
import { readStoredCalls } from '../support/records.js'
import { openSession } from '../support/session.js'

let test: TestGateway
beforeAll(async () => {
  test = await startTestGateway({
    env: { MAX_BODY_BYTES: '65536', ALLOWED_ORIGINS: 'https://app.example.com' },
  })
  await test.publish('journey_tools')
  session = await openSession(test.url, { token: ADMIN_TOKEN })
})
afterAll(() => test.stop())

const JSON_TYPE = { 'content-type': 'application/json' }
const admin = { ...JSON_TYPE, authorization: `Bearer ${ADMIN_TOKEN}` }
/** The same, in a session of 2025-11-25. */
let session: Record<string, string>

const rpc = (method: string, params: object = {}) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })

const call = (name: string, args: object = {}, meta: object = {}) =>
  rpc('tools/call', { name, arguments: args, _meta: meta })

const post = (body: string, headers = session, path = '/default/mcp') =>
  fetch(`${test.url}${path}`, { method: 'POST', headers, body })

const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
}
const modernHeaders = (name: string) => ({
  ...admin,
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': name,
})

describe('POST /{endpoint_id}/mcp', () => {
  it('answers in JSON when there is nothing to say before the answer [L4]', async () => {
    const early = await openSession(test.url, { token: ADMIN_TOKEN, version: '2025-06-18' })
    const response = await post(call('echo', { text: 'tea' }), early)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await response.json()).toMatchObject({ id: 1, result: { content: [{ text: 'tea' }] } })
  })

  it('answers in a stream when the function has something to say on the way [L4]', async () => {
    const response = await post(call('steps', {}, { progressToken: 5 }))
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    const messages = await rest(messagesOf(response))
    expect(messages.map(({ method = 'answer' }) => method)).toEqual([
      'notifications/message',
      'notifications/progress',
      'notifications/message',
      'notifications/progress',
      'notifications/message',
      'notifications/progress',
      'answer',
    ])
    expect(messages.at(-1)).toMatchObject({ id: 1, result: { content: [{ text: 'done' }] } })
  })

  it('serves the endpoint "default" at /mcp too', async () => {
    expect(await answerOf(await post(rpc('ping'), session, '/mcp'))).toMatchObject({ result: {} })
  })

  it('takes notifications and responses with 202 and no body [L3]', async () => {
    for (const body of [
      '{"jsonrpc":"2.0","method":"notifications/initialized"}',
      '{"jsonrpc":"2.0","id":4,"result":{}}',
    ]) {
      const response = await post(body)
      expect(response.status).toBe(202)
      expect(await response.text()).toBe('')
    }
  })

  it.each([
    ['GET', { 'mcp-protocol-version': '2026-07-28' }, 'POST'],
    ['HEAD', {}, 'GET, POST, DELETE'],
    ['PUT', {}, 'GET, POST, DELETE'],
    ['DELETE', { 'mcp-protocol-version': '2026-07-28' }, 'POST'],
  ])('is told of %s with %j that %s would do [M1]', async (method, more, allowed) => {
    const headers = { ...session, ...more }
    const response = await fetch(`${test.url}/default/mcp`, { method, headers })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe(allowed)
  })

  it('answers an unknown path with 404', async () => {
    expect((await post(rpc('ping'), admin, '/default/nope')).status).toBe(404)
  })
})

describe('wrong input', () => {
  it.each<[string, number, number, string, Record<string, string>]>([
    ['no JSON', 400, -32700, '{', admin],
    ['no body', 400, -32700, '', admin],
    ['a batch', 400, -32600, '[]', admin],
    ['another content type', 415, -32600, '{}', { ...admin, 'content-type': 'text/plain' }],
    ['a body above the limit', 413, -32600, JSON.stringify('x'.repeat(70_000)), admin],
    ['a client that takes no streams', 406, -32600, '{}', { ...admin, accept: 'application/json' }],
    ['a client that takes no JSON', 406, -32600, '{}', { ...admin, accept: 'text/event-stream' }],
    ['nesting without end', 400, -32600, '['.repeat(60_000), admin],
  ])('%s: %i and %i [L6, M8]', async (_what, status, code, body, headers) => {
    const response = await post(body, headers)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ jsonrpc: '2.0', error: { code } })
  })

  it('of a path that cannot be decoded is the client’s mistake', async () => {
    expect((await post(rpc('ping'), admin, '/%zz/mcp')).status).toBe(400)
  })

  it('of a modern request gets the status that its revision wants [M24]', async () => {
    const mismatch = await post(call('echo', { text: 'x' }, modernMeta), modernHeaders('other'))
    expect(mismatch.status).toBe(400)
    const unknown = await post(rpc('ping', { _meta: modernMeta }), {
      ...modernHeaders('x'),
      'mcp-method': 'ping',
    })
    expect(unknown.status).toBe(404)
    const param = await post(call('region', { region: 'eu' }, modernMeta), modernHeaders('region'))
    expect(param.status).toBe(400)
    expect(await param.json()).toMatchObject({ id: 1, error: { code: -32020 } })
  })
})

describe('who may call', () => {
  it('nobody without a token: 401 and a challenge', async () => {
    const response = await post(rpc('ping'), JSON_TYPE)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer realm="mcp", scope="mcp:read mcp:call"',
    )
  })

  it('nobody with a wrong token: 401, and the challenge says that it is invalid', async () => {
    const response = await post(rpc('ping'), { ...JSON_TYPE, authorization: 'Bearer wrong' })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"')
  })

  it('a user of the endpoint, and of no other: 403', async () => {
    const headers = await openSession(test.url, { token: await test.tokenFor('ann', 'default') })
    expect((await post(rpc('ping'), headers)).status).toBe(200)
    const other = await post(rpc('ping'), headers, '/acme/mcp')
    expect(other.status).toBe(403)
    expect(await other.text()).not.toContain('default')
  })

  it('is settled before the body is read', async () => {
    const response = await post('x'.repeat(70_000), JSON_TYPE)
    expect(response.status).toBe(401)
  })
})

describe('web pages', () => {
  const withHost = async (headers: Record<string, string>) => {
    const sent = httpRequest(`${test.url}/default/mcp`, {
      method: 'POST',
      headers: { ...session, ...headers },
    })
    sent.end(rpc('ping'))
    const [response] = await once(sent, 'response')
    response.resume()
    return response.statusCode as number
  }

  it.each([
    [{ origin: 'https://app.example.com' }, 200],
    [{ origin: 'http://localhost:3000' }, 200],
    [{ origin: 'http://127.0.0.1:8000' }, 200],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: 'http://localhost.evil.example' }, 403],
    [{ host: 'localhost:9' }, 200],
    [{ host: '[::1]:9' }, 200],
    [{ host: 'evil.example' }, 403],
    [{ host: '127.0.0.1.evil.example' }, 403],
    [{ host: 'evil.example@localhost' }, 403],
  ])('with %j: %i [M7]', async (headers, status) => {
    expect(await withHost(headers)).toBe(status)
  })

  it('may use the public name of a gateway that has one', async () => {
    const named = await startTestGateway({ env: { PUBLIC_URL: 'https://mcp.example.com' } })
    const sent = httpRequest(`${named.url}/default/mcp`, {
      method: 'POST',
      headers: {
        ...(await openSession(named.url, { token: ADMIN_TOKEN })),
        host: 'mcp.example.com',
        origin: 'https://mcp.example.com',
      },
    })
    sent.end(rpc('ping'))
    const [response] = await once(sent, 'response')
    expect(response.statusCode).toBe(200)
    response.resume()
    await named.stop()
  })
})

describe('a client that goes away', () => {
  const stored = async (name: string) =>
    (await readStoredCalls(test.dataFolder)).find((record) => record.name === name)

  const startAndLeave = async (body: string, headers: Record<string, string>) => {
    const controller = new AbortController()
    const response = await fetch(`${test.url}/default/mcp`, {
      method: 'POST',
      headers,
      body,
      signal: controller.signal,
    })
    const reader = response.body?.getReader()
    await reader?.read()
    controller.abort()
  }

  it('cancels a modern call [M6]', async () => {
    const meta = { ...modernMeta, 'io.modelcontextprotocol/logLevel': 'debug' }
    await startAndLeave(call('wait', {}, meta), modernHeaders('wait'))
    await expect.poll(() => stored('wait')).toMatchObject({ status: 'cancelled' })
  })

  it('does not cancel a legacy call, which is recorded as it ends [L10]', async () => {
    await startAndLeave(call('steps', {}, { progressToken: 1 }), session)
    await expect.poll(() => stored('steps')).toMatchObject({ status: 'completed' })
  })
})

describe('closing', () => {
  it('lets running calls finish, and takes no new ones', async () => {
    const lone = await startTestGateway()
    await lone.publish('journey_tools')
    const response = fetch(`${lone.url}/default/mcp`, {
      method: 'POST',
      headers: await openSession(lone.url, { token: ADMIN_TOKEN }),
      body: call('steps', {}, { progressToken: 1 }),
    })
    const running = await response
    await lone.stop()
    expect(await answerOf(running)).toMatchObject({ id: 1, result: {} })
    await expect(fetch(lone.url)).rejects.toThrow('fetch failed')
  })

  it('waits for no connection on which nothing was ever asked', async () => {
    const options = { isLoopback: true, allowedOrigins: [], maxBodyBytes: 1000 }
    const http = await test.gateway.openHttp(options)
    const { port } = new URL(await http.listen({ host: '127.0.0.1', port: 0 }))
    const socket = connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    const closed = once(socket, 'close')
    await http.close(600_000)
    expect(await closed).toEqual([false])
  })
})

describe('an error that nobody foresaw', () => {
  it('is logged, and the wire learns nothing of it', async () => {
    const lines: object[] = []
    const log = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: (fields: object) => void lines.push(fields),
    }
    const broken = await startTestGateway({ log })
    broken.parts.catalog.snapshot = () => Promise.reject(new TypeError('secret detail'))
    const response = await fetch(`${broken.url}/default/mcp`, {
      method: 'POST',
      headers: await openSession(broken.url, { token: ADMIN_TOKEN }),
      body: rpc('tools/list'),
    })
    expect(response.status).toBe(500)
    expect(await response.json()).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: -32603, message: 'Internal error' },
    })
    expect(lines).toMatchObject([{ err: new TypeError('secret detail'), method: 'tools/list' }])
    await broken.stop()
  })
})
