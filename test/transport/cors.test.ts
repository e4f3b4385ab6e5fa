import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ADMIN_TOKEN, startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'

const ORIGIN = 'https://app.example.com'
const FOREIGN = 'https://evil.example'

let test: TestGateway
beforeAll(async () => {
  test = await startTestGateway({
    env: {
      MAX_BODY_BYTES: '65536',
      ALLOWED_ORIGINS: ORIGIN,
      PUBLIC_URL: 'https://mcp.example.com',
    },
  })
  await test.publish('journey_tools')
})
afterAll(() => test.stop())

const send = (init: RequestInit, path = '/default/mcp') => fetch(`${test.url}${path}`, init)

/** What a browser asks before it sends a page's request. */
const preflight = (origin: string, asked: string, path?: string) =>
  send(
    {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': asked,
      },
    },
    path,
  )

/** A request of 2026-07-28 as a page sends it. */
function fromPage(method: string, params: object, origin = ORIGIN): RequestInit {
  const { headers, ...init } = modernPost(method, params, ADMIN_TOKEN)
  return { ...init, headers: { ...(headers as Record<string, string>), origin } }
}

const corsHeaders = ({ headers }: Response) =>
  [...headers].filter(([name]) => name.startsWith('access-control-'))

const allowedHeaders = ({ headers }: Response) =>
  headers.get('access-control-allow-headers')?.toLowerCase().split(', ')

describe('a preflight', () => {
  it.each(['/default/mcp', '/mcp', '/acme/mcp'])(
    'from an allowed origin is answered without a token: %s',
    async (path) => {
      const response = await preflight(ORIGIN, 'authorization,content-type,mcp-method', path)
      expect(response.status).toBe(204)
      expect(await response.text()).toBe('')
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'access-control-allow-origin': ORIGIN,
        'access-control-allow-methods': 'GET, POST, DELETE',
        'access-control-max-age': '600',
        vary: 'Origin',
      })
      expect(response.headers.has('access-control-allow-credentials')).toBe(false)
    },
  )

  it('allows every header that a client of any revision sends', async () => {
    expect(allowedHeaders(await preflight(ORIGIN, ''))).toEqual([
      'authorization',
      'content-type',
      'accept',
      'mcp-session-id',
      'mcp-protocol-version',
      'mcp-method',
      'mcp-name',
      'last-event-id',
      'traceparent',
      'tracestate',
    ])
  })

  it('allows the headers of arguments that the page asks for, and no others', async () => {
    const asked = 'mcp-param-region, Mcp-Param-X_1,mcp-param-,mcp-param-a b,x-mcp-param-c,cookie'
    const allowed = allowedHeaders(await preflight(ORIGIN, asked))
    expect(allowed?.filter((name) => name.includes('param') || name === 'cookie')).toEqual([
      'mcp-param-region',
      'mcp-param-x_1',
    ])
  })

  it.each([FOREIGN, 'null', '*', `${ORIGIN}.evil.example`, `${ORIGIN},${FOREIGN}`])(
    'from any other origin is refused and told nothing: %s [M7]',
    async (origin) => {
      const response = await preflight(origin, 'authorization')
      expect(response.status).toBe(403)
      expect(corsHeaders(response)).toEqual([])
      expect(response.headers.get('vary')).toBe('Origin')
    },
  )

  it('for a foreign Host is refused too', async () => {
    const request = httpRequest(`${test.url}/default/mcp`, {
      method: 'OPTIONS',
      headers: { host: 'rebound.example', origin: ORIGIN, 'access-control-request-method': 'POST' },
    }).end()
    const [response] = await once(request, 'response')
    response.resume()
    expect(response.statusCode).toBe(403)
    expect(response.headers['access-control-allow-origin']).toBeUndefined()
  })
})

describe('an answer to a page of an allowed origin', () => {
  it.each([
    ORIGIN,
    'https://mcp.example.com',
    'http://localhost:5173',
    'http://127.0.0.1:8000',
    'http://[::1]:9',
  ])('names that origin and nothing wider: %s', async (origin) => {
    const response = await send(fromPage('tools/list', {}, origin))
    expect(response.status).toBe(200)
    expect(corsHeaders(response)).toEqual([
      ['access-control-allow-origin', origin],
      [
        'access-control-expose-headers',
        'Mcp-Session-Id, MCP-Protocol-Version, WWW-Authenticate, Retry-After, RateLimit, RateLimit-Policy',
      ],
    ])
    expect(response.headers.get('vary')).toBe('Origin')
  })

  it('can be read when it is a stream', async () => {
    const params = { name: 'steps', arguments: {} }
    const response = await send(fromPage('tools/call', params))
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(response.headers.get('access-control-expose-headers')).toContain('Mcp-Session-Id')
    expect(response.headers.get('vary')).toBe('Origin')
    expect(await response.text()).toContain('"text":"done"')
  })

  const json = { 'content-type': 'application/json' }
  const admin = { authorization: `Bearer ${ADMIN_TOKEN}` }
  it.each<[number, RequestInit, string?]>([
    [400, { method: 'POST', headers: { ...admin, ...json }, body: '{' }],
    [401, { method: 'POST', headers: json, body: '{}' }],
    [404, fromPage('no/such/method', {})],
    [404, { method: 'GET' }, '/no/such/page'],
    [405, { method: 'PUT', headers: admin }],
    [406, { method: 'POST', headers: { ...admin, ...json, accept: 'text/html' }, body: '{}' }],
    [413, { method: 'POST', headers: { ...admin, ...json }, body: ' '.repeat(70_000) }],
    [415, { method: 'POST', headers: { ...admin, 'content-type': 'text/plain' }, body: '{}' }],
  ])('can be read when it is an error: %i', async (status, init, path) => {
    const headers = { ...(init.headers as Record<string, string>), origin: ORIGIN }
    const response = await send({ ...init, headers }, path)
    expect(response.status).toBe(status)
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(response.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
  })

  it('has the session that the page goes on with, until it ends it', async () => {
    const page = { ...admin, ...json, origin: ORIGIN }
    const clientInfo = { name: 'page', version: '1' }
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo }
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })
    const opened = await send({ method: 'POST', headers: page, body })
    const session = { ...page, 'mcp-session-id': String(opened.headers.get('mcp-session-id')) }
    const ended = await send({ method: 'DELETE', headers: session })
    expect(ended.status).toBe(204)
    expect(ended.headers.get('access-control-allow-origin')).toBe(ORIGIN)
  })
})

describe('no word of other origins', () => {
  it('is in an answer to a page that may not call [M7]', async () => {
    const response = await send(fromPage('tools/list', {}, FOREIGN))
    expect(response.status).toBe(403)
    expect(corsHeaders(response)).toEqual([])
  })

  it('is in an answer to a client that is no page', async () => {
    const response = await send(modernPost('tools/list', {}, ADMIN_TOKEN))
    expect(response.status).toBe(200)
    expect(corsHeaders(response)).toEqual([])
  })
})
