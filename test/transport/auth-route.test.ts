import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Who } from '../../src/accounts/user-changes.js'
import { ADMIN_TOKEN, startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernRequest } from '../support/modern-post.js'

const PASSWORD = 'correct horse'
const WITHIN_2_S = { timeout: 2000, interval: 100 }
const CHEAP = { PASSWORD_COST: '10' }

/** Two instances on one database; the second signs with a key pair. */
let first: TestGateway
let second: TestGateway
beforeAll(async () => {
  first = await startTestGateway({ env: CHEAP })
  const { privateKey } = generateKeyPairSync('ed25519')
  const file = join(first.dataFolder, 'tokens.pem')
  await writeFile(file, privateKey.export({ format: 'pem', type: 'pkcs8' }))
  const env = { ...CHEAP, JWT_KEY_FILES: file }
  second = await startTestGateway({ env, sharing: first })
})
afterAll(async () => {
  await second.stop()
  await first.stop()
})

const who = (username: string, home = 'default'): Who => ({ home, username, by: 'test' })
const add = (username: string, home?: string) =>
  first.parts.userChanges.add(who(username, home), {
    roles: home === '*' ? ['operator'] : ['caller'],
    password: PASSWORD,
  })

interface Tokens {
  access_token: string
  refresh_token: string
}

async function post(path: string, body?: object, gateway = first, headers: object = {}) {
  const response = await fetch(new URL(path, gateway.url), {
    method: 'POST',
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { response, status: response.status, text, json: () => JSON.parse(text) as Tokens }
}

const login = (
  username: string,
  change: { endpoint?: string; password?: string; at?: TestGateway } = {},
) => {
  const { endpoint = 'default', password = PASSWORD, at = first } = change
  return post(`/${endpoint}/auth/login`, { username, password }, at)
}
const statusOf = async (token: string, { url }: TestGateway = first, endpoint = 'default') =>
  (await fetch(new URL(`/${endpoint}/mcp`, url), modernRequest('tools/list', {}, { token }))).status

it('a user signs in, works, refreshes and signs out', async () => {
  await add('ann')
  const signedIn = await login('ann')
  expect(signedIn.status).toBe(200)
  expect(signedIn.response.headers.get('cache-control')).toBe('no-store')
  expect(signedIn.json()).toEqual({
    access_token: expect.any(String),
    token_type: 'Bearer',
    expires_in: 900,
    refresh_token: expect.stringMatching(/^mcpr_/),
    // What has passed since it was made is taken off.
    refresh_expires_in: expect.closeTo(30 * 24 * 3600, -1),
    scope: 'mcp:read mcp:call',
  })
  const { access_token: token, refresh_token } = signedIn.json()
  expect(await statusOf(token)).toBe(200)
  expect(await statusOf(token, first, 'other')).toBe(403)
  const refreshed = await post('/default/auth/refresh', { refresh_token }, first)
  expect(refreshed.status).toBe(200)
  const next = refreshed.json()
  expect(await statusOf(next.access_token)).toBe(200)
  for (let n = 0; n < 2; n++)
    expect(await post('/default/auth/logout', { refresh_token: next.refresh_token })).toMatchObject(
      {
        status: 204,
        text: '',
      },
    )
  await expect.poll(() => statusOf(next.access_token), WITHIN_2_S).toBe(401)
  expect(await statusOf(token)).toBe(401)
})

it('a stolen refresh token ends the sign-in on every instance within two seconds, access tokens included', async () => {
  await add('bob')
  const stolen = (await login('bob')).json()
  const other = (await login('bob')).json()
  const owners = (
    await post('/default/auth/refresh', { refresh_token: stolen.refresh_token })
  ).json()
  expect(await statusOf(owners.access_token)).toBe(200)
  const thiefs = await post(
    '/default/auth/refresh',
    { refresh_token: stolen.refresh_token },
    second,
  )
  expect(thiefs.status).toBe(401)
  await expect.poll(() => statusOf(owners.access_token), WITHIN_2_S).toBe(401)
  expect(await statusOf(other.access_token)).toBe(200)
})

it('a user who is disabled keeps nothing, and cannot sign in with the right password', async () => {
  await add('carl')
  const { access_token: token } = (await login('carl')).json()
  expect(await statusOf(token)).toBe(200)
  await first.parts.userChanges.disable(who('carl'))
  await expect.poll(() => statusOf(token), WITHIN_2_S).toBe(401)
  expect((await login('carl')).text).toContain('The user name or password is wrong')
  await first.parts.userChanges.enable(who('carl'))
  expect((await login('carl')).status).toBe(200)
  expect(await statusOf(token)).toBe(401)
})

it('who has an account at one endpoint has none at another', async () => {
  await add('dora', 'umbrella')
  expect((await login('dora')).status).toBe(401)
  expect((await login('dora', { endpoint: 'umbrella' })).status).toBe(200)
})

it('an operator signs in anywhere and may work everywhere', async () => {
  await add('operator:olga', '*')
  const signedIn = await login('operator:olga', { endpoint: 'umbrella' })
  expect(signedIn.text).toContain('"scope":"mcp:read mcp:call mcp:publish mcp:admin"')
  const { access_token: token } = signedIn.json()
  expect(await statusOf(token, first, 'umbrella')).toBe(200)
  expect(await statusOf(token)).toBe(200)
  expect(
    (await post('/default/auth/logout', undefined, first, { authorization: `Bearer ${token}` }))
      .status,
  ).toBe(204)
  await expect.poll(() => statusOf(token), WITHIN_2_S).toBe(401)
})

it('who guesses waits, on every instance, and is told for how long', async () => {
  await add('emma')
  for (let n = 0; n < 5; n++)
    expect(
      (await login('emma', { password: 'wrong one', at: n % 2 ? first : second })).status,
    ).toBe(401)
  for (const at of [first, second]) {
    const { status, response, text } = await login('emma', { at })
    expect(status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(text).not.toContain('emma')
  }
})

describe('a refusal', () => {
  it('is the same for a name that nobody has as for a wrong password', async () => {
    await add('fred')
    const answers = await Promise.all([
      login('fred', { password: 'wrong one' }),
      login('nobody', { password: 'wrong one' }),
      login('fred', { endpoint: 'elsewhere' }),
    ])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401])
  })

  it.each<[string, object | undefined, number, string]>([
    ['no body', undefined, 415, 'Content-Type'],
    ['no name', { password: PASSWORD }, 400, 'username: '],
    ['a password that is a number', { username: 'ann', password: 12_345_678 }, 400, 'password: '],
    ['73 bytes', { username: 'ann', password: 'x'.repeat(73) }, 400, '8 to 72 bytes'],
    ['more than 8 KiB', { username: 'ann', password: 'x'.repeat(9000) }, 413, 'larger'],
  ])('of %s says what is wrong and quotes nothing', async (_what, body, status, said) => {
    const answer = await post('/default/auth/login', body)
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(said)
    expect(answer.text).not.toMatch(/xxxx|correct horse|12345678/)
  })

  it('of what is no JSON quotes nothing', async () => {
    const response = await fetch(new URL('/default/auth/login', first.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"password": do-not-tell}',
    })
    expect(response.status).toBe(400)
    expect(await response.text()).not.toContain('do-not')
  })

  it('meets pages of other origins before anything is read', async () => {
    const at = { origin: 'https://evil.example' }
    const { status } = await post(
      '/default/auth/login',
      { username: 'ann', password: PASSWORD },
      first,
      at,
    )
    expect(status).toBe(403)
  })

  it('of a refresh token says no more than that it is not good', async () => {
    const { status, text } = await post('/default/auth/refresh', { refresh_token: 'mcpr_nonsense' })
    expect(status).toBe(401)
    expect(text).not.toContain('nonsense')
  })
})

describe('signing out', () => {
  it('with a bearer token that is over already is no mistake, and without any is one', async () => {
    const over = { authorization: 'Bearer abc' }
    expect((await post('/default/auth/logout', undefined, first, over)).status).toBe(204)
    expect((await post('/default/auth/logout')).status).toBe(401)
  })

  it('is not possible with what comes from no sign-in', async () => {
    const admin = { authorization: `Bearer ${ADMIN_TOKEN}` }
    expect((await post('/default/auth/logout', undefined, first, admin)).status).toBe(400)
  })
})

describe('public keys', () => {
  it('are not there where a secret signs', async () => {
    expect((await fetch(new URL('/.well-known/jwks.json', first.url))).status).toBe(404)
  })

  it('prove the tokens of a key pair to anybody, and may be kept for a while', async () => {
    await add('gina')
    const { access_token: token } = (await login('gina', { at: second })).json()
    const url = new URL('/.well-known/jwks.json', second.url)
    const { payload, protectedHeader } = await jwtVerify(token, createRemoteJWKSet(url))
    expect(payload).toMatchObject({ sub: 'gina', endpoint_id: 'default' })
    expect(protectedHeader).toMatchObject({ alg: 'EdDSA', kid: expect.any(String) })
    const shown = await fetch(url)
    expect(shown.headers.get('cache-control')).toBe('public, max-age=300')
    expect(await shown.text()).not.toContain('"d"')
    expect(await statusOf(token, second)).toBe(200)
    expect(await statusOf(token, first)).toBe(401)
  })

  it('make tokens of a generated secret void', async () => {
    const token = await first.tokenFor('ann')
    expect(await statusOf(token, first)).toBe(200)
    expect(await statusOf(token, second)).toBe(401)
  })
})
