import { generateKeyPair } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CLIENT_ID, type FakeCognito, startFakeCognito } from '../support/fake-cognito.js'
import { ADMIN_TOKEN, startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'

let cognito: FakeCognito
let test: TestGateway
beforeAll(async () => {
  cognito = await startFakeCognito()
  test = await startTestGateway({
    env: {
      AUTH_PROVIDER: 'cognito',
      COGNITO_USER_POOL_ID: cognito.poolId,
      COGNITO_APP_CLIENT_ID: `${CLIENT_ID},another-client`,
      COGNITO_ENDPOINT: cognito.endpoint,
    },
  })
  await test.publish('journey_tools', 'acme')
})
afterAll(async () => {
  await test.stop()
  await cognito.stop()
})

beforeEach(() => {
  cognito.users.clear()
  cognito.users.set('ann@example.com', ann)
})

const ann = {
  password: 'Correct-horse-1',
  sub: 'c2b1a2f4-0001',
  groups: ['acme:caller', 'staff', 'other:operator', 'operator'],
}
const signIn = { username: 'ann@example.com', password: ann.password }

const whoami = (token: string, endpointId = 'acme') =>
  fetch(
    `${test.url}/${endpointId}/mcp`,
    modernPost('tools/call', { name: 'whoami', arguments: {} }, token),
  )

const auth = (what: string, body: object, endpointId = 'acme') =>
  fetch(`${test.url}/${endpointId}/auth/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

interface Given {
  readonly access_token: string
  readonly refresh_token: string
}

const given = async (response: Promise<Response>) => (await (await response).json()) as Given

const claims = {
  sub: 'c2b1a2f4-0001',
  username: 'ann',
  token_use: 'access',
  client_id: CLIENT_ID,
  'cognito:groups': ['acme:caller'],
}

describe('a token of a user pool', () => {
  it('makes its user what the endpoint’s groups say, there and nowhere else', async () => {
    const token = await cognito.sign({ ...claims, 'cognito:groups': ann.groups })
    const response = await whoami(token)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('cognito:c2b1a2f4-0001')
    for (const endpointId of ['other', 'default'])
      expect((await whoami(token, endpointId)).status).toBe(403)
  })

  it.each<[string, object, number]>([
    ['without a group', { 'cognito:groups': undefined }, 403],
    ['with a group of another endpoint', { 'cognito:groups': ['acme2:admin', 'admin'] }, 403],
    ['with no more than a scope', { 'cognito:groups': undefined, scope: 'mcp:admin' }, 403],
    ['with a reader’s group, which calls nothing', { 'cognito:groups': ['acme:reader'] }, 403],
    ['of another app client', { client_id: 'stranger' }, 401],
    ['for another audience', { aud: 'https://other.example/mcp' }, 401],
    ['of no use', { token_use: undefined }, 401],
    ['for refreshing', { token_use: 'refresh' }, 401],
    ['an id token of another app client', { token_use: 'id', aud: 'stranger' }, 401],
    ['an id token for nobody', { token_use: 'id' }, 401],
    ['that is over', { exp: Math.floor(Date.now() / 1000) - 60 }, 401],
    ['of another pool', { iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x' }, 401],
  ])('%s opens nothing [A2]', async (_what, more, status) => {
    expect((await whoami(await cognito.sign({ ...claims, ...more }))).status).toBe(status)
  })

  it('may be for the endpoint’s URL, for an app client, or an id token for one [A2]', async () => {
    const url = `${test.url}/acme/mcp`
    for (const more of [
      { aud: url, client_id: 'stranger' },
      { aud: CLIENT_ID },
      { client_id: 'another-client' },
      { token_use: 'id', aud: CLIENT_ID, client_id: undefined },
    ])
      expect((await whoami(await cognito.sign({ ...claims, ...more }))).status).toBe(200)
  })

  it('is of the pool’s one algorithm', async () => {
    const { privateKey: key } = await generateKeyPair('PS256')
    const token = await cognito.sign(claims, { header: { alg: 'PS256' }, key })
    expect((await whoami(token)).status).toBe(401)
  })

  it('stands beside the admin token, and local tokens are nobody’s', async () => {
    expect((await whoami(ADMIN_TOKEN)).status).toBe(200)
    expect((await whoami(await test.tokenFor('ann', 'acme'))).status).toBe(401)
  })

  it('comes from the pool, which knows none of our scopes', async () => {
    const path = '/.well-known/oauth-protected-resource/acme/mcp'
    const metadata = await (await fetch(`${test.url}${path}`)).json()
    expect(metadata).toMatchObject({ authorization_servers: [cognito.issuer] })
    expect(metadata).not.toHaveProperty('scopes_supported')
    const metadataUrl = `${test.url}${path}`
    const challengeOf = async (asked: Promise<Response>) =>
      (await asked).headers.get('www-authenticate')
    expect(await challengeOf(fetch(`${test.url}/acme/mcp`, { method: 'POST' }))).toBe(
      `Bearer realm="mcp", resource_metadata="${metadataUrl}"`,
    )
    const reader = await cognito.sign({ ...claims, 'cognito:groups': ['acme:reader'] })
    expect(await challengeOf(whoami(reader))).toBeNull()
  })
})

describe('signing in with a password of a user pool', () => {
  it('gives tokens that call, are refreshed, and end', async () => {
    const first = await given(auth('login', signIn))
    expect(first).toMatchObject({
      token_type: 'Bearer',
      expires_in: 600,
      scope: 'mcp:read mcp:call',
    })
    expect((await whoami(first.access_token)).status).toBe(200)

    const { refresh_token } = first
    const again = await given(auth('refresh', { refresh_token }))
    expect((await whoami(again.access_token)).status).toBe(200)
    expect(again.refresh_token).toBe(refresh_token)

    expect((await auth('logout', { refresh_token })).status).toBe(204)
    expect((await auth('refresh', { refresh_token })).status).toBe(401)
    expect(cognito.refreshTokens.size).toBe(0)
  })

  it('gives nothing to one who has no group of the endpoint', async () => {
    const response = await auth('login', signIn, 'default')
    expect(response.status).toBe(403)
    expect(await response.text()).not.toContain('token"')
    expect(cognito.refreshTokens.size).toBe(0)
  })

  it.each<[string, string | undefined, number, RegExp]>([
    ['a wrong password', undefined, 401, /name or password is wrong/],
    [
      'one whom an emulator tells apart',
      'InvalidPasswordException',
      401,
      /name or password is wrong/,
    ],
    ['one who must reset it', 'PasswordResetRequiredException', 403, /must be reset/],
    ['one who is not confirmed', 'UserNotConfirmedException', 403, /must be confirmed/],
    ['one who must choose a new one', 'NEW_PASSWORD_REQUIRED', 403, /new password must be chosen/],
    ['one who needs a second factor', 'SOFTWARE_TOKEN_MFA', 403, /more than a password/],
    ['one who is locked out', 'LockedOut', 429, /try again later/],
    ['too many requests', 'TooManyRequestsException', 429, /try again later/],
    ['too many failures', 'LimitExceededException', 429, /try again later/],
    ['a pool that cannot', 'InternalErrorException', 503, /Nobody can sign in now/],
  ])('of %s is refused in so many words', async (_whom, trouble, status, words) => {
    const isChallenge = trouble !== undefined && !/[a-z]/.test(trouble)
    cognito.users.set('bob', { ...ann, ...(isChallenge ? { challenge: trouble } : { trouble }) })
    const response = await auth('login', { username: 'bob', password: 'Wrong-horse-1' })
    expect(response.status).toBe(status)
    const text = await response.text()
    expect(text).toMatch(words)
    expect(text).not.toContain('As Cognito says it')
    expect(response.headers.has('retry-after')).toBe(status === 429)
  })

  it('does not tell who is unknown', async () => {
    const wrong = await auth('login', { ...signIn, password: 'wrong' })
    const unknown = await auth('login', { ...signIn, username: 'nobody' })
    expect([unknown.status, await unknown.text()]).toEqual([wrong.status, await wrong.text()])
  })

  it('takes no refresh token that is not the pool’s', async () => {
    for (const refresh_token of ['x', 'x~', '~', 'YW5u~forged', '~'.repeat(1000)])
      expect((await auth('refresh', { refresh_token })).status).toBe(401)
  })
})

describe('an app client with a secret', () => {
  let secret: TestGateway
  beforeAll(async () => {
    cognito.clientSecret = 'the-secret-of-an-app-client'
    secret = await startTestGateway({
      sharing: test,
      env: {
        AUTH_PROVIDER: 'cognito',
        COGNITO_USER_POOL_ID: cognito.poolId,
        COGNITO_APP_CLIENT_ID: CLIENT_ID,
        COGNITO_APP_CLIENT_SECRET: cognito.clientSecret,
        COGNITO_ENDPOINT: cognito.endpoint,
      },
    })
  })
  afterAll(async () => {
    await secret.stop()
    cognito.clientSecret = undefined
  })

  it('proves that it knows it when somebody signs in, refreshes and leaves', async () => {
    const at = (what: string, body: object) =>
      fetch(`${secret.url}/acme/auth/${what}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const { refresh_token } = await given(at('login', signIn))
    expect((await at('refresh', { refresh_token })).status).toBe(200)
    expect((await at('logout', { refresh_token })).status).toBe(204)
    expect(cognito.refreshTokens.size).toBe(0)
    expect((await auth('login', signIn)).status).toBe(401)
  })
})
