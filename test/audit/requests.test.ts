import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { text as textOf } from 'node:stream/consumers'
import { connect } from 'node:net'
import type { AuditEntry } from '../../src/audit/audit.js'
import { createLocalTokens } from '../../src/auth/local-tokens.js'
import { GATEWAY_HOME } from '../../src/domain/caller.js'
import { newKeyText, writeKeyText } from '../../src/keys/key-text.js'
import type { Log } from '../../src/telemetry/telemetry.js'
import { readEverythingStored } from '../support/everything-stored.js'
import { ADMIN_TOKEN, SIGNING_KEY, startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernRequest } from '../support/modern-post.js'

const PASSWORD = 'correct horse battery'
const lines: string[] = []
const write = (fields: object, message: string) =>
  void lines.push(JSON.stringify({ ...fields, message }, withErrors))
const log: Log = { debug: write, info: write, warn: write, error: write }

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({ log, env: { PASSWORD_COST: '10' } })
  await gateway.publish('journey_tools')
  const { userChanges } = gateway.parts
  const ann = { home: 'default', username: 'ann', by: 'test' }
  await userChanges.add(ann, { roles: ['caller'], password: PASSWORD })
})
afterAll(() => gateway.stop())

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(new URL(path, gateway.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

const call = (token: string | undefined, endpointId = 'default', method = 'tools/list') =>
  fetch(new URL(`/${endpointId}/mcp`, gateway.url), modernRequest(method, {}, { token }))

const signIn = (username: string, password: string) =>
  post('/default/auth/login', { username, password })

function make(roles: readonly 'caller'[] | readonly 'reader'[] = ['caller']) {
  const key = { home: 'default', name: 'test', roles, days: 1 }
  return gateway.parts.keys.create({ userId: 'cli', roles: ['operator'] }, key)
}

/** Rows of an endpoint that fit, once there are some. */
async function rowsOf(fits: Partial<AuditEntry>, endpointId = 'default'): Promise<AuditEntry[]> {
  return vi.waitFor(async () => {
    const rows = await gateway.parts.auditTrail.list(endpointId, { limit: 500 })
    const found = rows.filter((row) =>
      Object.entries(fits).every(([name, value]) => row[name as keyof AuditEntry] === value),
    )
    expect(found).not.toEqual([])
    return found
  })
}

describe('the audit has', () => {
  it('a token that is refused, with the address and the route, and not who sent nothing', async () => {
    expect((await call('no-such-token')).status).toBe(401)
    const without = new URL('/nothing-sent/mcp', gateway.url)
    expect((await fetch(without, { method: 'POST' })).status).toBe(401)
    const [row] = await rowsOf({ action: 'auth.refused' })
    expect(row).toMatchObject({
      actor: 'anonymous',
      address: '127.0.0.1',
      detail: { code: 'UNAUTHENTICATED', route: 'POST /:endpointId/mcp' },
    })
    expect(await gateway.parts.auditTrail.list('nothing-sent', { limit: 10 })).toEqual([])
  })

  it('a good token at another endpoint, there; and at none that can be, for the whole gateway', async () => {
    const token = await gateway.tokenFor('ann')
    expect((await call(token, 'acme')).status).toBe(403)
    expect((await call(token, '*')).status).toBe(403)
    for (const endpointId of ['acme', GATEWAY_HOME])
      expect(await rowsOf({ action: 'auth.refused' }, endpointId)).toMatchObject([
        { actor: 'anonymous', detail: { code: 'FORBIDDEN' } },
      ])
  })

  it('a ticket and a refresh token that are refused, without either', async () => {
    const ticket = 't'.repeat(43)
    const stream = await fetch(new URL(`/default/events?ticket=${ticket}`, gateway.url))
    expect(stream.status).toBe(401)
    const refresh = { refresh_token: `mcpr_${'r'.repeat(64)}` }
    expect((await post('/default/auth/refresh', refresh)).status).toBe(401)
    await vi.waitFor(async () => {
      const routes = (await rowsOf({ action: 'auth.refused' })).map(
        ({ detail }) => detail?.['route'],
      )
      expect(routes).toEqual(
        expect.arrayContaining(['GET /:endpointId/events', 'POST /:endpointId/auth/refresh']),
      )
    })
  })

  it('a name of another machine, by which a web page would come', async () => {
    const { port } = new URL(gateway.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.end('GET /default/events HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')
    expect(await textOf(socket)).toContain('403')
    expect(await rowsOf({ action: 'origin.refused' })).toMatchObject([{ address: '127.0.0.1' }])
  })

  it('a password that is refused once, by who refuses it, and a sign-in', async () => {
    expect((await signIn('ann', 'wrong password')).status).toBe(401)
    expect((await signIn('ann', PASSWORD)).status).toBe(200)
    expect(await rowsOf({ action: 'signin.refused' })).toMatchObject([{ target: 'ann', count: 1 }])
    expect(await rowsOf({ action: 'signin' })).toMatchObject([{ actor: 'ann' }])
    const routes = (await rowsOf({ action: 'auth.refused' })).map(({ detail }) => detail?.['route'])
    expect(routes).not.toContain('POST /:endpointId/auth/login')
  })

  it('the admin token and a key once, however often they are used', async () => {
    const { key, text } = await make()
    for (let n = 0; n < 5; n++) for (const token of [ADMIN_TOKEN, text]) await call(token)
    expect(await rowsOf({ action: 'admin_token.used' })).toMatchObject([
      { actor: 'operator', address: '127.0.0.1', count: 1 },
    ])
    expect(await rowsOf({ action: 'key.used', target: key.keyId })).toMatchObject([
      { actor: key.userId, address: '127.0.0.1', count: 1 },
    ])
    expect(lines.filter((line) => line.includes('admin_token.used'))).toHaveLength(1)
  })

  it('a right that is lacking', async () => {
    const { key, text } = await make(['reader'])
    const params = { name: 'whoami', arguments: {} }
    const url = new URL('/default/mcp', gateway.url)
    expect((await fetch(url, modernRequest('tools/call', params, { token: text }))).status).toBe(
      403,
    )
    expect(await rowsOf({ action: 'right.denied', actor: key.userId })).toMatchObject([
      { detail: { right: 'call', keyId: key.keyId } },
    ])
  })
})

it('no secret is in what is logged, stored or answered, whatever is refused or used', async () => {
  const { text: good } = await make()
  const unknown = writeKeyText(newKeyText())
  const mistyped = `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`
  const forged = await createLocalTokens(`not-${SIGNING_KEY}`).sign({
    userId: 'ann',
    endpointId: 'default',
    roles: ['caller'],
    expiresAt: Date.now() + 60_000,
  })
  const own = await gateway.tokenFor('ann')
  const answers: string[] = []
  const keep = async (response: Response) => {
    answers.push(await response.text())
    return response.status
  }
  for (const token of [good, ADMIN_TOKEN, own]) {
    expect(await keep(await call(token))).toBe(200)
    const whoami = modernRequest('tools/call', { name: 'whoami', arguments: {} }, { token })
    expect(await keep(await fetch(new URL('/default/mcp', gateway.url), whoami))).toBe(200)
  }
  for (const token of [unknown, mistyped, forged, `${ADMIN_TOKEN}x`]) {
    expect(await keep(await call(token))).toBe(401)
    const inUrl = new URL(`/default/events?access_token=${token}&ticket=${token}`, gateway.url)
    expect(await keep(await fetch(inUrl))).toBe(400)
    const ticket = new URL(`/default/events?ticket=${token}`, gateway.url)
    expect(await keep(await fetch(ticket))).toBe(401)
    const upload = new URL(`/default/uploads/${token.slice(0, 100)}`, gateway.url)
    const headers = { authorization: `Bearer ${token}` }
    expect(await keep(await fetch(upload, { method: 'PUT', headers }))).toBe(401)
  }
  const wrong = 'a password that is wrong'
  const signedIn = (await (await signIn('ann', PASSWORD)).json()) as Record<string, string>
  expect(await keep(await signIn('ann', wrong))).toBe(401)
  expect(await keep(await signIn(wrong, PASSWORD))).toBe(401)
  const { refresh_token: refresh = '', access_token: access = '' } = signedIn
  const renew = (token: string) => post('/default/auth/refresh', { refresh_token: token })
  const next = (await (await renew(refresh)).json()) as Record<string, string>
  expect(await keep(await renew(refresh))).toBe(401)
  await rowsOf({ action: 'signin.reused' })
  const secrets = [
    good,
    unknown,
    mistyped,
    forged,
    own,
    ADMIN_TOKEN,
    SIGNING_KEY,
    PASSWORD,
    wrong,
    refresh,
    access,
    next['refresh_token'] ?? '',
    next['access_token'] ?? '',
    // Without what may be said of it: a key's id, and what a token is signed over.
    ...[good, unknown, mistyped].map((key) => key.split('_').at(-1)?.slice(0, 40) ?? ''),
    ...[forged, own, access].map((token) => token.split('.').at(-1) ?? ''),
  ]
  const stored = await readEverythingStored(gateway.dataFolder)
  expect(stored).toContain('key.used')
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(15)
    for (const [where, said] of Object.entries({
      logged: lines.join('\n'),
      stored,
      answered: answers.join('\n'),
    }))
      expect([where, secret, said.includes(secret)]).toEqual([where, secret, false])
  }
})

/** Errors as a log would write them, with what has caused them. */
function withErrors(_name: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value
  return { message: value.message, stack: value.stack, cause: value.cause }
}
