import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { createHeldSignIns } from '../../src/accounts/held-sign-ins.js'
import { DAY_MS, from, setUp, time, tokens, useAccounts } from './sign-in-accounts.js'

const notGood = { code: 'UNAUTHENTICATED', message: 'The refresh token is not good: sign in' }

useAccounts()

describe('refreshing', () => {
  it('gives another refresh token each time, and never makes the sign-in longer', async () => {
    const { signIn, add, refresh } = setUp()
    await add('quin')
    const first = await signIn('quin')
    time.now += DAY_MS
    const second = await refresh(first.refreshToken)
    expect(second.refreshToken).not.toBe(first.refreshToken)
    expect(second.refreshExpiresInS).toBe(29 * 24 * 3600)
    time.now += 29 * DAY_MS - 60_000
    const last = await refresh(second.refreshToken)
    expect(last.expiresInS).toBe(60)
    time.now += 60_000
    await expect(refresh(last.refreshToken)).rejects.toMatchObject(notGood)
  })

  it('with an old refresh token ends the sign-in for both who have one', async () => {
    const { signIn, add, refresh, rowOf, events, revocations } = setUp()
    await add('rosa')
    const stolen = await signIn('rosa')
    const other = await signIn('rosa')
    const next = await refresh(stolen.refreshToken)
    const mark = await revocations.version('acme')
    await expect(refresh(stolen.refreshToken)).rejects.toMatchObject(notGood)
    expect(await rowOf(next.accessToken)).toBeUndefined()
    expect(await revocations.version('acme')).not.toBe(mark)
    await expect(refresh(next.refreshToken)).rejects.toMatchObject(notGood)
    expect(events.at(-1)).toMatchObject({ action: 'signin.reused', actor: 'rosa', ...from() })
    expect(await refresh(other.refreshToken)).toMatchObject({ expiresInS: 900 })
  })

  it('twice at the same moment succeeds once, and ends the sign-in', async () => {
    const { signIn, add, refresh, rowOf } = setUp()
    await add('sam')
    const given = await signIn('sam')
    const both = await Promise.allSettled([1, 2].map(() => refresh(given.refreshToken)))
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await rowOf(given.accessToken)).toBeUndefined()
  })

  it('takes the roles that the user has now', async () => {
    const { signIn, add, refresh, users } = setUp()
    const before = await add('tom')
    const given = await signIn('tom')
    await users.replace(before, { ...before, roles: ['reader'] })
    const next = await refresh(given.refreshToken)
    expect(next.roles).toEqual(['reader'])
    expect(await tokens.verify(next.accessToken, 'acme')).toMatchObject({ roles: ['reader'] })
  })

  it.each<[string, 'disable' | 'revoke' | 'setPassword']>([
    ['was disabled', 'disable'],
    ['lost all that was given', 'revoke'],
    ['has another password', 'setPassword'],
  ])('is over for one who %s', async (_what, change) => {
    const { signIn, add, refresh, changes } = setUp()
    const username = `uma-${change.toLowerCase()}`
    await add(username)
    const given = await signIn(username)
    await changes[change]({ home: 'acme', username, by: 'test' }, 'another password')
    await expect(refresh(given.refreshToken)).rejects.toMatchObject(notGood)
  })

  it('is not for another endpoint, and who knows the name of a sign-in cannot end it', async () => {
    const { signIn, add, refresh, signIns } = setUp()
    await add('vera')
    const given = await signIn('vera')
    await expect(refresh(given.refreshToken, 'umbrella')).rejects.toMatchObject(notGood)
    const sid = Buffer.from(String(decodeJwt(given.accessToken)['sid']), 'base64url')
    const forged = `mcpr_${Buffer.concat([sid, Buffer.alloc(32)]).toString('base64url')}`
    for (const text of [forged, 'nonsense', '', `${given.refreshToken}x`]) {
      await expect(refresh(text)).rejects.toMatchObject(notGood)
      await signIns.end('acme', text, from())
    }
    expect(await refresh(given.refreshToken)).toMatchObject({ expiresInS: 900 })
  })
})

describe('signing out', () => {
  it('ends the sign-in, once and for all, and is told to nobody twice', async () => {
    const { signIn, add, refresh, signIns, rowOf, events } = setUp()
    await add('walt')
    const given = await signIn('walt')
    for (let n = 0; n < 2; n++) await signIns.end('acme', given.refreshToken, from())
    expect(await rowOf(given.accessToken)).toBeUndefined()
    await expect(refresh(given.refreshToken)).rejects.toMatchObject(notGood)
    expect(events.filter(({ action }) => action === 'signout')).toHaveLength(1)
  })

  it('that could not be told to all is told before it begins, and by who tries again', async () => {
    const { announced, announcing, revocations } = brokenAnnouncer()
    const { signIn, add, signIns, rowOf, refresh } = setUp({ revocations })
    await add('xaver')
    const given = await signIn('xaver')
    announcing.failAfter = 1
    await expect(signIns.end('acme', given.refreshToken, from())).rejects.toMatchObject({
      code: 'ACCOUNTS_UNAVAILABLE',
    })
    expect(await rowOf(given.accessToken)).toBeUndefined()
    expect(announced).toEqual(['acme'])
    announcing.failAfter = Infinity
    await signIns.end('acme', given.refreshToken, from())
    expect(announced).toEqual(['acme', 'acme'])
    await expect(refresh(given.refreshToken)).rejects.toMatchObject(notGood)
    await signIns.endById('acme', String(decodeJwt(given.accessToken)['sid']), from())
    expect(announced).toHaveLength(4)
  })

  it('with what was no sign-in tells nobody anything', async () => {
    const { announced, revocations } = brokenAnnouncer()
    const { signIns } = setUp({ revocations })
    await signIns.end('acme', `mcpr_${'a'.repeat(64)}`, from())
    expect(announced).toEqual([])
  })

  it('of which a part failed is found again, and ended', async () => {
    const { signIn, add, state } = setUp()
    await add('yves')
    const given = await signIn('yves')
    const halting = { ...state, replace: async () => false }
    const broken = setUp({ held: createHeldSignIns(halting, { now: () => time.now }) })
    await expect(broken.signIns.end('acme', given.refreshToken, from())).rejects.toMatchObject({
      code: 'ACCOUNTS_UNAVAILABLE',
    })
    const { signIns, rowOf, events } = setUp()
    await signIns.end('acme', given.refreshToken, from())
    expect(await rowOf(given.accessToken)).toBeUndefined()
    expect(events).toMatchObject([{ action: 'signout', actor: 'yves' }])
  })
})

/** Tells so many times that something was taken back, and then fails. */
function brokenAnnouncer() {
  const announced: string[] = []
  const announcing = { failAfter: Infinity }
  const announce = async (home: string) => {
    if (announced.length >= announcing.failAfter) throw new Error('away')
    announced.push(home)
  }
  return { announced, announcing, revocations: { announce } }
}
