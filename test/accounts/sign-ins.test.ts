import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { DAY_MS, PASSWORD, setUp, time, tokens, useAccounts } from './sign-in-accounts.js'

const wrong = { code: 'UNAUTHENTICATED', message: 'The user name or password is wrong' }

useAccounts()

describe('signing in', () => {
  it('gives an access token for the endpoint, and a refresh token that is stored as its hash', async () => {
    const { signIn, add, rowOf, state } = setUp()
    await add('ann')
    const given = await signIn('ann')
    expect(given).toMatchObject({ expiresInS: 900, refreshExpiresInS: 30 * 24 * 3600 })
    expect(await tokens.verify(given.accessToken, 'acme')).toMatchObject({
      userId: 'ann',
      roles: ['caller'],
      credential: { home: 'acme', epoch: 0 },
    })
    expect(given.refreshToken).toMatch(/^mcpr_[A-Za-z0-9_-]{64}$/)
    const row = await rowOf(given.accessToken)
    const own = await state.read({ endpointId: 'acme', kind: 'refresh', id: 'of#ann' })
    const secret = Buffer.from(given.refreshToken.slice(5), 'base64url').subarray(16)
    const stored = JSON.stringify([row, own])
    for (const form of ['base64url', 'base64', 'hex'] as const)
      expect(stored).not.toContain(secret.toString(form))
  })

  it('is refused with one message, and the same work is done, whoever it is said to be', async () => {
    const { signIn, add, changes, count, events } = setUp()
    await add('real')
    await add('off')
    await changes.disable({ home: 'acme', username: 'off', by: 'test' })
    await changes.disable({ home: 'acme', username: 'elsewhere', by: 'test' })
    await add('other', 'umbrella')
    const refusals: [string, string][] = [
      ['real', 'wrong password'],
      ['off', PASSWORD],
      ['elsewhere', PASSWORD],
      ['other', PASSWORD],
      ['nobody', PASSWORD],
      ['operator:nobody', PASSWORD],
    ]
    events.length = 0
    for (const [username, password] of refusals)
      await expect(signIn(username, password)).rejects.toMatchObject(wrong)
    expect(count.comparisons).toBe(refusals.length)
    const costs = new Set(count.compared.map((hash) => hash.slice(0, 7)))
    expect([...costs]).toEqual(['$2b$10$'])
    expect(events.map(({ action, target }) => [action, target])).toEqual([
      ['signin.refused', 'real'],
      ['signin.refused', 'off'],
      ['signin.refused', 'elsewhere'],
      ['signin.refused', undefined],
      ['signin.refused', undefined],
      ['signin.refused', undefined],
    ])
  })

  it('locks a name out after five failures, with the same answer for one that nobody has', async () => {
    const { signIn, add, count } = setUp()
    await add('lara')
    for (const name of ['lara', 'nobody-at-all']) {
      for (let n = 0; n < 5; n++)
        await expect(signIn(name, 'wrong one')).rejects.toMatchObject(wrong)
      await expect(signIn(name)).rejects.toMatchObject({
        code: 'LOCKED_OUT',
        data: { retryAfterS: 1 },
      })
    }
    expect(count.comparisons).toBe(10)
    time.now += 1000
    expect(await signIn('lara')).toMatchObject({ expiresInS: 900 })
  })

  it('with what can be no password is told so, takes nobody’s place and counts for nothing', async () => {
    const begun: string[] = []
    const lockout = {
      begin: async ({ username }: { username: string }) => {
        begun.push(username)
        throw new Error('not to be asked')
      },
    }
    const { signIn: tryToSignIn } = setUp({ lockout })
    const long = `${PASSWORD}${'x'.repeat(60)}`
    const refused = Array.from({ length: 20 }, () => tryToSignIn('mia', long))
    for (const each of await Promise.allSettled(refused))
      expect(each).toMatchObject({ reason: { code: 'INVALID_REQUEST' } })
    expect(begun).toEqual([])
    const { signIn, add } = setUp()
    await add('mia')
    for (let n = 0; n < 6; n++)
      await expect(signIn('mia', long)).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
    expect(await signIn('mia')).toMatchObject({ expiresInS: 900 })
  })

  it('hashes a password anew when more work is asked for, and ends nothing by that', async () => {
    const before = setUp({ cost: 10 })
    await before.add('nora')
    const { signIn, users, refresh } = setUp({ cost: 11 })
    const given = await signIn('nora')
    const nora = await users.read('acme', 'nora')
    expect(nora).toMatchObject({ epoch: 0, passwordHash: expect.stringMatching(/^\$2b\$11\$/) })
    expect(await refresh(given.refreshToken)).toMatchObject({ expiresInS: 900 })
    expect(await signIn('nora')).toMatchObject({ expiresInS: 900 })
  })

  it('holds a hundred sign-ins of a user at most: the oldest ends for a new one', async () => {
    const { signIn, add, state, revocations, rowOf } = setUp()
    await add('olaf')
    const first = await signIn('olaf')
    const id = String(decodeJwt(first.accessToken)['sid'])
    const signIns = Array.from({ length: 100 }, (_, n) => ({
      id: n === 0 ? id : `made-up-${n}`,
      expiresAt: time.now + DAY_MS,
    }))
    const own = { endpointId: 'acme', kind: 'refresh', id: 'of#olaf' } as const
    await state.remove(own)
    await state.create(own, { value: { signIns }, expiresAt: time.now + DAY_MS })
    const mark = await revocations.version('acme')
    const second = await signIn('olaf')
    expect(await rowOf(first.accessToken)).toBeUndefined()
    expect(await rowOf(second.accessToken)).toBeDefined()
    expect(await revocations.version('acme')).not.toBe(mark)
  })

  it('is not possible while accounts cannot be read, and nobody is told that it was the password', async () => {
    const { signIn } = setUp({
      users: { read: () => Promise.reject(new Error('gone')), replace: async () => false },
    })
    await expect(signIn('ann')).rejects.toMatchObject({ code: 'ACCOUNTS_UNAVAILABLE' })
  })

  it('of one endpoint leaves the others their turn', async () => {
    const { passwords, release } = stuckPasswords()
    const { signIn, add } = setUp()
    await add('pia', 'busy')
    const stuck = setUp({ passwords })
    const signInFrom = (n: number) => {
      const given = { username: `p${n}`, password: PASSWORD }
      return stuck.signIns.signIn('busy', given, { address: `10.2.0.${n}` })
    }
    const waiting = Array.from({ length: 17 }, (_, n) => signInFrom(n))
    // Which of them comes last is up to the store.
    await expect(Promise.race(waiting)).rejects.toMatchObject({ code: 'BUSY' })
    release()
    await Promise.allSettled(waiting)
    expect(await signIn('pia', PASSWORD, 'busy')).toMatchObject({ expiresInS: 900 })
  })
})

it('one client has eight sign-ins under way at most, and leaves the others their turn', async () => {
  const { passwords, release } = stuckPasswords()
  const stuck = setUp({ passwords })
  const signInFrom = (address: string, username: string) =>
    stuck.signIns.signIn('crowded', { username, password: PASSWORD }, { address })
  const waiting = Array.from({ length: 8 }, (_, n) => signInFrom('10.3.0.1', `q${n}`))
  for (let n = 0; n < 20; n++)
    await expect(signInFrom('10.3.0.1', `r${n}`)).rejects.toMatchObject({ code: 'BUSY' })
  const others = signInFrom('10.3.0.2', 'somebody')
  release()
  for (const each of await Promise.allSettled([...waiting, others]))
    expect(each).toMatchObject({ reason: wrong })
})

it('another password ends the wait of its user, wherever that one failed', async () => {
  const { signIn, add, changes } = setUp()
  await add('xima')
  for (let n = 0; n < 5; n++) await expect(signIn('xima', 'wrong one')).rejects.toMatchObject(wrong)
  await expect(signIn('xima')).rejects.toMatchObject({ code: 'LOCKED_OUT' })
  await changes.setPassword({ home: 'acme', username: 'xima', by: 'test' }, 'another horse')
  expect(await signIn('xima', 'another horse')).toMatchObject({ expiresInS: 900 })
})

/** Passwords that are not compared until a test says so. */
function stuckPasswords() {
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  const check = () => released.then(() => ({ isRight: false, isWeak: false }))
  return { passwords: { check, hash: async () => 'none' }, release }
}

describe('an operator', () => {
  it('signs in at any endpoint, refreshes at another, and is nobody who has no prefix', async () => {
    const { signIn, refresh, changes } = setUp()
    const who = { home: '*', username: 'operator:xena', by: 'test' }
    await changes.add(who, { roles: ['operator'], password: PASSWORD })
    const given = await signIn('operator:xena', PASSWORD, 'umbrella')
    const next = await refresh(given.refreshToken, 'acme')
    expect(await tokens.verify(next.accessToken, 'initech')).toMatchObject({
      roles: ['operator'],
      credential: { home: '*' },
    })
    await expect(signIn('xena')).rejects.toMatchObject(wrong)
    await expect(signIn('operator:xena', PASSWORD, '../x')).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
  })
})

describe('changing users', () => {
  it('at the same time loses no change', async () => {
    const { add, changes, users } = setUp()
    await add('yara')
    const who = { home: 'acme', username: 'yara', by: 'test' }
    await Promise.all([changes.disable(who), changes.revoke(who), changes.revoke(who)])
    expect(await users.read('acme', 'yara')).toMatchObject({ epoch: 3, isDisabled: true })
  })

  it('says of which there are none, and of which there is one already', async () => {
    const { add, changes } = setUp()
    const nobody = { home: 'acme', username: 'nobody', by: 'test' }
    const notFound = { code: 'USER_NOT_FOUND' }
    await expect(changes.enable(nobody)).rejects.toMatchObject(notFound)
    await expect(changes.setPassword(nobody, PASSWORD)).rejects.toMatchObject(notFound)
    await add('zoe')
    await expect(add('zoe')).rejects.toMatchObject({ code: 'CONFLICT' })
  })
})
