import { beforeEach, describe, expect, it } from 'vitest'
import type { Standings } from '../../src/accounts/accounts.js'
import type { TokenVerifier } from '../../src/auth/auth.js'
import { createBearerAuthenticator } from '../../src/auth/bearer.js'
import { createLocalTokens } from '../../src/auth/local-tokens.js'
import { createStaticTokenCheck } from '../../src/auth/static-token.js'
import { createAddressFailures } from '../../src/limits/limits.js'
import { silentLog } from '../../src/telemetry/telemetry.js'

const SECRET = 'a-signing-key-of-more-than-32-characters'
const ADMIN = 'an-admin-token-of-more-than-32-characters'
const START = Date.UTC(2026, 10, 21)
const MINUTE_MS = 60_000

/** The time of each test, and what its tokens are signed and read by. */
const time = { now: START }
const clock = { now: () => time.now }
const tokens = createLocalTokens(SECRET, clock)

beforeEach(() => {
  time.now = START
})

function setUp(verifier: TokenVerifier = tokens) {
  const authenticator = createBearerAuthenticator({
    isAdminToken: createStaticTokenCheck(ADMIN),
    verifiers: [verifier],
    // Where nothing was ever taken back.
    standings: { stands: async () => true, version: () => '' },
    clock,
    log: silentLog,
  })
  return {
    authenticate: (token: string, endpointId = 'acme') =>
      authenticator.authenticate(`Bearer ${token}`, endpointId),
    operate: (token: string) => authenticator.authenticateOperator(`Bearer ${token}`),
  }
}

const refused = { code: 'UNAUTHENTICATED' }

describe('an operator of the whole gateway', () => {
  const operator = { userId: 'operator:ann', endpointId: '*', roles: ['operator'] as const }
  const signedIn = { ...operator, expiresAt: START + 10 * MINUTE_MS, signInId: 'one' }

  it('is proven by the admin token, or as one who signed in', async () => {
    const { operate } = setUp()
    expect(await operate(ADMIN)).toEqual({
      endpointId: '*',
      userId: 'operator',
      roles: ['operator'],
    })
    const token = await tokens.sign(signedIn)
    // The second time it is remembered.
    for (let times = 0; times < 2; times++)
      expect(await operate(token)).toMatchObject({ ...operator, credential: { home: '*' } })
  })

  it('is nobody of an endpoint, however high their role, wherever they were seen before', async () => {
    const { operate, authenticate } = setUp()
    const token = await tokens.sign({
      ...signedIn,
      userId: 'ann',
      endpointId: 'acme',
      roles: ['admin'],
    })
    await authenticate(token)
    for (let times = 0; times < 2; times++)
      await expect(operate(token)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(operate('not-a-token')).rejects.toMatchObject(refused)
  })

  it('opens no endpoint by the name of the whole gateway', async () => {
    const { operate, authenticate } = setUp()
    const token = await tokens.sign(signedIn)
    await operate(token)
    for (const endpointId of ['*', ''])
      await expect(authenticate(token, endpointId)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('is nobody for whom others vouch, whatever they say', async () => {
    const vouched = {
      recognises: () => true,
      verify: async (_token: string, endpointId: string) => ({
        endpointId,
        userId: 'oidc:ann',
        roles: ['admin'] as const,
        credential: { home: endpointId, epoch: 0 },
      }),
    }
    for (let times = 0; times < 2; times++)
      await expect(setUp(vouched).operate('theirs')).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('is refused once that was taken back, and counted as a wrong token', async () => {
    const fallen = new Set<string>()
    const state = { version: 'a' }
    const standings: Standings = {
      stands: async (_credential, userId) => !fallen.has(userId),
      version: () => state.version,
    }
    const failures = createAddressFailures(1, clock)
    const parts = { verifiers: [tokens], standings, failures, clock, log: silentLog }
    const authenticator = createBearerAuthenticator(parts)
    const operate = (token: string) =>
      authenticator.authenticateOperator(`Bearer ${token}`, '192.0.2.1')
    const token = await tokens.sign(signedIn)
    await operate(token)
    fallen.add('operator:ann')
    state.version = 'b'
    for (let times = 0; times < 2; times++)
      await expect(operate(token)).rejects.toMatchObject(refused)
    await expect(operate('another')).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  })
})
