import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { GATEWAY_HOME } from '../../src/domain/caller.js'
import type { EndpointId } from '../../src/domain/tenant.js'
import { framesOf, next } from '../support/event-stream.js'
import { ADMIN_TOKEN, startTestGateway, type TestGateway } from '../support/gateway.js'
import { type ManagedServer, startManagedServer, tokenOf } from './managed-server.js'

const PASSWORD = 'correct horse battery'
const WITHIN_2_S = { timeout: 2000, interval: 100 }
const SSE = 'text/event-stream'

let gateway: TestGateway
let server: ManagedServer
beforeAll(async () => {
  gateway = await startTestGateway({
    env: {
      PASSWORD_COST: '10',
      RATE_USER_PER_MINUTE: '60',
      AUTHORIZATION_SERVERS: 'https://as.test',
    },
  })
  server = await startManagedServer(gateway, { heartbeatMs: 100 })
})
afterAll(async () => {
  await server.close()
  await gateway.stop()
})

/** Who signs in as an operator, at whatever endpoint. */
async function operatorToken(name: string): Promise<string> {
  const username = `operator:${name}`
  const who = { home: GATEWAY_HOME, username, by: 'test' }
  await gateway.parts.userChanges.add(who, { roles: ['operator'], password: PASSWORD })
  const response = await fetch(new URL('/default/auth/login', gateway.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD }),
  })
  const { access_token: token } = (await response.json()) as { access_token: string }
  return token
}

const MAKER = { userId: 'test', roles: ['operator'] } as const

async function keyOf(
  home: EndpointId,
  role: 'admin' | 'operator',
  functions?: readonly string[],
): Promise<string> {
  const key = { home, name: 'ci', roles: [role], days: 1, functions } as const
  return (await gateway.parts.keys.create(MAKER, key)).text
}

describe('an endpoint’s management API', () => {
  it('is asked by whoever may publish there, who is known by the token alone', async () => {
    for (const role of ['publisher', 'admin'] as const) {
      const response = await server.ask('{ asker }', { token: await tokenOf('ann', role) })
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toContain('application/json')
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.get('ratelimit-policy')).toBe('"user";q=60;w=60')
      expect(response.headers.has('set-cookie')).toBe(false)
      expect(await response.json()).toEqual({ data: { asker: 'ann at default from 127.0.0.1' } })
    }
    const operator = await server.ask('{ asker }', { token: ADMIN_TOKEN, path: '/acme/graphql' })
    expect(await operator.text()).toContain('operator at acme')
  })

  it('is closed to everybody else, and says which right is missing', async () => {
    const status = async (token?: string, path?: string) => {
      const response = await server.ask('{ asker }', { token, path })
      return [response.status, response.headers.get('www-authenticate')]
    }
    expect(await status()).toEqual([401, expect.stringContaining('resource_metadata=')])
    expect(await status('not-a-token')).toEqual([401, expect.stringContaining('invalid_token')])
    for (const role of ['reader', 'caller'] as const)
      expect(await status(await tokenOf('ann', role))).toEqual([
        403,
        expect.stringContaining('mcp:publish'),
      ])
    const token = await tokenOf('ann', 'admin', 'other')
    expect(await status(token)).toEqual([403, null])
    expect(await status(ADMIN_TOKEN, '/NOBODY/graphql')).toEqual([403, null])
    const limited = await keyOf('default', 'admin', ['tool:echo*'])
    expect(await status(limited)).toEqual([403, null])
    expect(await status(await keyOf('default', 'admin'))).toEqual([200, null])
  })

  it('says in its own words what is wrong with a request, before anything is asked', async () => {
    const token = await tokenOf('ann', 'admin')
    const send = (init: RequestInit, query = '') =>
      fetch(new URL(`/default/graphql${query}`, server.url), {
        ...init,
        headers: new Headers([['authorization', `Bearer ${token}`], ...new Headers(init.headers)]),
      })
    const json = { 'content-type': 'application/json' }
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const answers = await Promise.all([
      send({ method: 'POST', headers: form, body: 'query={asker}' }),
      send({ method: 'POST' }),
      send({ method: 'POST', headers: json, body: `"${'x'.repeat(7e6)}"` }),
      send({ method: 'POST', headers: json, body: '{}' }, '?access_token=x'),
      send({ headers: { accept: 'application/json' } }, '?query={asker}'),
      send({ method: 'PUT', headers: json, body: '{}' }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([415, 415, 413, 400, 405, 405])
    for (const answer of answers) expect(await answer.json()).toHaveProperty('error')
    expect(answers[4]?.headers.get('allow')).toBe('POST')
  })

  it('is sent a bundle of 4 MiB in base64, however small messages must be elsewhere', async () => {
    const zip = Buffer.alloc(4 * 1024 * 1024, 1).toString('base64')
    const response = await fetch(new URL('/default/graphql', server.url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await tokenOf('ann', 'publisher')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ query: '{ asker }', variables: { zip } }),
    })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ data: {} })
  })

  it('counts what its user asks', async () => {
    const token = await tokenOf('busy', 'admin')
    const statuses = await Promise.all(
      Array.from({ length: 61 }, async () => (await server.ask('{ asker }', { token })).status),
    )
    expect(statuses.filter((status) => status === 429)).toHaveLength(1)
    const refused = await server.ask('{ asker }', { token })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await server.ask('{ asker }', { token: await tokenOf('calm', 'admin') })).status).toBe(
      200,
    )
  })
})

describe('the management API of the whole gateway', () => {
  const path = '/graphql'

  it('is asked by its operators, with each of their credentials', async () => {
    const signedIn = await operatorToken('ann')
    const tokens = [ADMIN_TOKEN, signedIn, await keyOf(GATEWAY_HOME, 'operator')]
    const answers = await Promise.all(
      tokens.map(async (token) => (await server.ask('{ asker }', { token, path })).text()),
    )
    expect(answers).toEqual([
      expect.stringContaining('operator at *'),
      expect.stringContaining('operator:ann at *'),
      expect.stringMatching(/operator:key:\w+ at \*/),
    ])
    // Good at an endpoint as well, as what it is there.
    const there = await server.ask('{ asker }', { token: signedIn })
    expect(await there.text()).toContain('operator:ann at default')
  })

  it('is closed to everybody else', async () => {
    const own = await tokenOf('ann', 'admin')
    // What is good at its endpoint is no better here for being remembered there.
    expect((await server.ask('{ asker }', { token: own })).status).toBe(200)
    const answers = await Promise.all(
      [own, own, await keyOf('default', 'admin'), 'nothing', undefined].map((token) =>
        server.ask('{ asker }', { token, path }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 401, 401, 401])
    for (const { headers } of answers.slice(2))
      expect(headers.get('www-authenticate')).not.toContain('resource_metadata')
  })

  it('is closed to an operator within 2 s after that is taken back', async () => {
    const token = await operatorToken('carl')
    const status = async () => (await server.ask('{ asker }', { token, path })).status
    expect(await status()).toBe(200)
    await gateway.parts.userChanges.remove({
      home: GATEWAY_HOME,
      username: 'operator:carl',
      by: 'test',
    })
    await expect.poll(status, WITHIN_2_S).toBe(401)
  })
})

describe('a subscription', () => {
  it('is a stream that begins at once, and ends with its source when its client leaves', async () => {
    const leaving = new AbortController()
    const token = await tokenOf('sue', 'admin')
    const response = await server.ask('subscription { once }', {
      token,
      accept: SSE,
      signal: leaving.signal,
    })
    expect(response.headers.get('content-type')).toBe(SSE)
    const frames = framesOf(response)
    const said = []
    while (said.length < 1) {
      const frame = await next(frames)
      if (frame.isComment !== true) said.push(frame.message)
    }
    expect(said).toEqual([{ data: { once: 'said' } }])
    // While it says nothing it shows that it lives.
    expect(await next(frames)).toMatchObject({ isComment: true })
    expect(server.heard.size).toBe(1)
    leaving.abort()
    await vi.waitFor(() => expect(server.heard.size).toBe(0))
  })

  it('ends within 2 s after what proved its caller is taken back', async () => {
    const token = await tokenOf('eve', 'admin')
    const response = await server.ask('subscription { once }', { token, accept: SSE })
    const frames = framesOf(response)
    await next(frames)
    await gateway.parts.userChanges.revoke({
      home: 'default',
      username: 'eve',
      by: 'test',
    })
    for await (const frame of frames) void frame
    await vi.waitFor(() => expect(server.heard.size).toBe(0))
  })

  it('waits for a client that does not read, and loses nothing', async () => {
    const [count, size] = [400, 65_536]
    const before = server.given()
    const given = () => server.given() - before
    const response = await server.ask(
      `subscription { numbers(count: ${count}, size: ${size}) { number text } }`,
      { token: await tokenOf('slow', 'admin'), accept: SSE },
    )
    let last = -1
    await vi.waitFor(
      () => {
        const standing = last === given()
        last = given()
        expect(standing).toBe(true)
      },
      { timeout: 10_000, interval: 200 },
    )
    expect(given()).toBeLessThan(count)
    const numbers: [number: number, chars: number][] = []
    for await (const { message } of framesOf(response)) {
      const { data } = (message ?? {}) as { data?: { numbers: { number: number; text: string } } }
      if (data !== undefined) numbers.push([data.numbers.number, data.numbers.text.length])
    }
    expect(numbers).toEqual(Array.from({ length: count }, (_, number) => [number, size]))
  })

  it('finds no place beyond those of its user, and its source ends', async () => {
    const narrow = await startManagedServer(gateway, { placeLimits: { maxPerUser: 1 } })
    const token = await tokenOf('two', 'admin')
    const ask = () => narrow.ask('subscription { once }', { token, accept: SSE })
    const first = await ask()
    const second = await ask()
    expect(second.status).toBe(429)
    expect(await second.json()).toHaveProperty('error')
    await vi.waitFor(() => expect(narrow.heard.size).toBe(1))
    await first.body?.cancel()
    await narrow.close()
  })
})

describe('a server that closes', () => {
  it('ends its streams, and answers what it was asked', async () => {
    const closing = await startManagedServer(gateway)
    const token = await tokenOf('end', 'admin')
    const stream = await closing.ask('subscription { once }', { token, accept: SSE })
    const frames = framesOf(stream)
    await next(frames)
    const late = closing.ask('{ late }', { token })
    await closing.lateAsked
    const closed = closing.close(5000)
    for await (const frame of frames) void frame
    expect(closing.heard.size).toBe(0)
    closing.gate.open()
    expect(await (await late).json()).toEqual({ data: { late: 'in the end' } })
    await closed
  })
})
