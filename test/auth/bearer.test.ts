import { SignJWT, UnsecuredJWT } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Standings } from '../../src/accounts/accounts.js'
import { createBearerAuthenticator } from '../../src/auth/bearer.js'
import type { TokenVerifier } from '../../src/auth/auth.js'
import { createLocalTokens } from '../../src/auth/local-tokens.js'
import { createStaticTokenCheck } from '../../src/auth/static-token.js'
import { GatewayError } from '../../src/domain/errors.js'
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

/** Where nothing was ever taken back. */
const allStand: Standings = { stands: async () => true, version: () => '' }

beforeEach(() => {
  time.now = START
})

function setUp(verifier: TokenVerifier = tokens, standings: Standings = allStand) {
  const isAdminToken = createStaticTokenCheck(ADMIN)
  const verifiers = [verifier]
  const parts = { isAdminToken, verifiers, standings, clock, log: silentLog }
  const authenticator = createBearerAuthenticator(parts)
  return {
    authenticate: (token: string, endpointId = 'acme') =>
      authenticator.authenticate(`Bearer ${token}`, endpointId),
    header: (value: string | undefined) => authenticator.authenticate(value, 'acme'),
    pass: (ms: number) => (time.now += ms),
  }
}

const proven = {
  userId: 'ann',
  endpointId: 'acme',
  roles: ['caller'] as const,
  expiresAt: START + 10 * MINUTE_MS,
}

const sign = (claims: object, secret = SECRET, alg = 'HS256') =>
  new SignJWT({ sub: 'ann', endpoint_id: 'acme', exp: START / 1000 + 600, ...claims })
    .setProtectedHeader({ alg })
    .sign(new TextEncoder().encode(secret))

const refused = { code: 'UNAUTHENTICATED' }

describe('the admin token', () => {
  it('makes an operator at every endpoint', async () => {
    const { authenticate } = setUp()
    for (const endpointId of ['acme', 'default'])
      expect(await authenticate(ADMIN, endpointId)).toEqual({
        endpointId,
        userId: 'operator',
        roles: ['operator'],
      })
  })

  it.each(['ACME', '../acme', 'mcp', 'a'.repeat(64), ''])('opens no endpoint called "%s"', (id) =>
    expect(setUp().authenticate(ADMIN, id)).rejects.toMatchObject({ code: 'FORBIDDEN' }),
  )

  it.each([ADMIN.slice(0, -1), `${ADMIN}x`, ADMIN.toUpperCase()])('is not %s', (token) =>
    expect(setUp().authenticate(token)).rejects.toMatchObject(refused),
  )

  it('is nobody where none is configured', async () => {
    const parts = { verifiers: [tokens], standings: allStand, clock, log: silentLog }
    const authenticator = createBearerAuthenticator(parts)
    await expect(authenticator.authenticate(`Bearer ${ADMIN}`, 'acme')).rejects.toMatchObject(
      refused,
    )
  })
})

describe('a local token', () => {
  it('makes its user a caller of its endpoint, until it is over', async () => {
    const token = await tokens.sign(proven)
    expect(await setUp().authenticate(token)).toEqual({
      endpointId: 'acme',
      userId: 'ann',
      roles: ['caller'],
      expiresAt: Math.floor(proven.expiresAt / 1000) * 1000,
      credential: { home: 'acme', epoch: 0 },
    })
  })

  it('opens no other endpoint', async () => {
    const token = await tokens.sign(proven)
    const { authenticate } = setUp()
    await expect(authenticate(token, 'other')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await authenticate(token)
    await expect(authenticate(token, 'other')).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('is a caller when it names no roles', async () => {
    expect(await setUp().authenticate(await sign({}))).toMatchObject({ roles: ['caller'] })
  })

  it.each<[string, object]>([
    ['that names the operator role', { roles: ['operator'] }],
    ['without a user', { sub: '' }],
    ['without an endpoint', { endpoint_id: undefined }],
    ['with an endpoint id that cannot be', { endpoint_id: '../x' }],
    ['that never expires', { exp: undefined }],
    ['that has expired', { exp: START / 1000 - 31 }],
    ['that is not valid yet', { nbf: START / 1000 + 31 }],
  ])('%s is refused', async (_what, claims) => {
    await expect(setUp().authenticate(await sign(claims))).rejects.toMatchObject(refused)
  })

  it('is refused when signed with another key, another algorithm, or not at all', async () => {
    const { authenticate } = setUp()
    const otherKey = await sign({}, 'another-key-of-more-than-32-characters')
    const otherAlgorithm = await sign({}, SECRET.padEnd(64, 'x'), 'HS512')
    const unsigned = new UnsecuredJWT({ sub: 'ann', endpoint_id: 'acme' }).encode()
    const [head = '', body = ''] = (await sign({})).split('.')
    for (const token of [otherKey, otherAlgorithm, unsigned, `${head}.${body}.`, 'a.b.c', 'abc'])
      await expect(authenticate(token)).rejects.toMatchObject(refused)
  })

  it('is verified once and then remembered, for a minute at most', async () => {
    let verified = 0
    const counting = {
      ...tokens,
      verify: (token: string, endpointId: string) => {
        verified++
        return tokens.verify(token, endpointId)
      },
    }
    const { authenticate, pass } = setUp(counting)
    const token = await tokens.sign(proven)
    for (let n = 0; n < 5; n++) await authenticate(token)
    expect(verified).toBe(1)
    pass(MINUTE_MS + 1)
    await authenticate(token)
    expect(verified).toBe(2)
  })

  it('is not remembered beyond its own end', async () => {
    const { authenticate, pass } = setUp()
    const token = await tokens.sign({ ...proven, expiresAt: START + 10_000 })
    await authenticate(token)
    pass(10_000 + 31_000)
    await expect(authenticate(token)).rejects.toMatchObject(refused)
  })

  it('that could not be checked for another reason is no refusal but a fault', async () => {
    const broken = {
      ...tokens,
      verify: () => Promise.reject(new RangeError('out of entropy')),
    }
    await expect(setUp(broken).authenticate(await sign({}))).rejects.toBeInstanceOf(RangeError)
  })
})

describe('what was taken back', () => {
  /** Standings that a test changes: who has fallen, and the mark that says so. */
  const changing = () => {
    const fallen = new Set<string>()
    const state = { version: 'a', looks: 0 }
    const standings: Standings = {
      stands: async (_credential, userId) => {
        state.looks++
        return !fallen.has(userId)
      },
      version: () => state.version,
    }
    return { fallen, state, standings }
  }

  it('is refused, though its token is remembered', async () => {
    const { fallen, state, standings } = changing()
    const { authenticate } = setUp(tokens, standings)
    const token = await tokens.sign(proven)
    await authenticate(token)
    fallen.add('ann')
    state.version = 'b'
    for (let n = 0; n < 2; n++) await expect(authenticate(token)).rejects.toMatchObject(refused)
  })

  it('leaves the others of its endpoint alone, and their rows unread until something changes', async () => {
    const { fallen, state, standings } = changing()
    const { authenticate } = setUp(tokens, standings)
    const bob = await tokens.sign({ ...proven, userId: 'bob' })
    await authenticate(bob)
    fallen.add('ann')
    state.version = 'b'
    for (let n = 0; n < 5; n++) expect(await authenticate(bob)).toMatchObject({ userId: 'bob' })
    expect(state.looks).toBe(2)
  })

  it('is not taken for good when it cannot be known', async () => {
    const unavailable = new GatewayError('ACCOUNTS_UNAVAILABLE', 'not now')
    const standings = { ...allStand, stands: () => Promise.reject(unavailable) }
    const token = await tokens.sign(proven)
    await expect(setUp(tokens, standings).authenticate(token)).rejects.toBe(unavailable)
  })
})

describe('an address that too many wrong tokens come from', () => {
  const address = '192.0.2.1'
  const long = { ...proven, expiresAt: START + 60 * MINUTE_MS }

  const guarded = (standings: Standings = allStand) => {
    const failures = createAddressFailures(2, clock)
    const parts = { verifiers: [tokens], standings, failures, clock, log: silentLog }
    const authenticator = createBearerAuthenticator(parts)
    const from = (token: string) => authenticator.authenticate(`Bearer ${token}`, 'acme', address)
    const guess = async () => {
      for (let n = 0; n < 2; n++) await expect(from(`guess-${n}`)).rejects.toMatchObject(refused)
    }
    return { authenticator, from, guess }
  }
  const limited = { code: 'RATE_LIMITED' }

  it('keeps no token out that was good within a quarter of an hour, and every other one', async () => {
    const { from, guess } = guarded()
    const [known, unknown] = [await tokens.sign(long), await sign({ sub: 'bob' })]
    await from(known)
    time.now += 14 * MINUTE_MS
    await guess()
    expect(await from(known)).toMatchObject({ userId: 'ann' })
    await expect(from(unknown)).rejects.toMatchObject(limited)
    time.now += 15 * MINUTE_MS + 1
    await guess()
    await expect(from(known)).rejects.toMatchObject(limited)
  })

  it('keeps a token out that was good, once it has failed', async () => {
    const fallen = new Set<string>()
    const { from, guess } = guarded({ ...allStand, stands: async (_, who) => !fallen.has(who) })
    const token = await tokens.sign(long)
    await from(token)
    time.now += 2 * MINUTE_MS
    await guess()
    fallen.add('ann')
    await expect(from(token)).rejects.toMatchObject(refused)
    await expect(from(token)).rejects.toMatchObject(limited)
  })

  it('is refused other proofs too, and those count', async () => {
    const { authenticator, from } = guarded()
    const wrong = new GatewayError('LOCKED_OUT', 'not now')
    for (let n = 0; n < 2; n++)
      await expect(authenticator.guard(address, () => Promise.reject(wrong))).rejects.toBe(wrong)
    await expect(authenticator.guard(address, async () => 'read')).rejects.toMatchObject(limited)
    await expect(from(await tokens.sign(long))).rejects.toMatchObject(limited)
    expect(await authenticator.guard('192.0.2.2', async () => 'read')).toBe('read')
  })
})

describe('the Authorization header', () => {
  it.each([undefined, '', 'Basic abc', 'Bearer', 'Bearer  ', `Bearer ${ADMIN} more`, ADMIN])(
    'that says "%s" is refused',
    (value) => expect(setUp().header(value)).rejects.toMatchObject(refused),
  )

  it('names its scheme in any case', async () => {
    expect(await setUp().header(`bearer ${ADMIN}`)).toMatchObject({ roles: ['operator'] })
  })

  it('with an endless token is refused unread', () =>
    expect(setUp().header(`Bearer ${'a'.repeat(9000)}`)).rejects.toMatchObject(refused))

  it('is answered without a word on which check failed', async () => {
    const { authenticate } = setUp()
    const messages = new Set<string>()
    for (const token of ['abc', await sign({ exp: 1 }), await sign({ sub: '' })])
      await authenticate(token).catch((error: Error) => messages.add(error.message))
    expect([...messages]).toEqual(['The bearer token is not valid'])
  })
})
