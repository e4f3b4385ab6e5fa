import { describe, expect, it, vi } from 'vitest'
import type { User } from '../../src/accounts/accounts.js'
import { createStandings } from '../../src/accounts/standings.js'
import { createUserChanges } from '../../src/accounts/user-changes.js'
import type { Credential } from '../../src/domain/caller.js'
import { GATEWAY_HOME } from '../../src/domain/caller.js'
import { PASSWORD, setUp, time, tokens, useAccounts } from './sign-in-accounts.js'

useAccounts()

let homes = 0

/** An endpoint of a test's own, with what is done and asked there. */
function atHome() {
  const accounts = setUp()
  const { changes, users, state, revocations, events } = accounts
  const home = `changed-${homes++}`
  const who = (username: string) => ({ home, username, by: 'boss' })
  const standings = createStandings({ users, state, revocations })
  const add = (username: string, roles: User['roles'] = ['caller']) =>
    changes.add(who(username), { roles, password: PASSWORD })
  return {
    ...accounts,
    home,
    who,
    add,
    signIn: (username: string) => accounts.signIn(username, PASSWORD, home),
    refresh: (token: string) => accounts.refresh(token, home),
    /** Whether what somebody was given without a sign-in holds still. */
    stands: (username: string, credential: Partial<Credential> = {}) =>
      standings.stands({ home, epoch: 0, ...credential }, username),
    names: async (page: { after?: string; before?: string; isBackward?: boolean; limit: number }) =>
      (await users.list(home, page)).map(({ username }) => username),
    /** What the audit was told since it was looked at last. */
    noted: () => events.splice(0),
  }
}

const refused = { code: 'UNAUTHENTICATED' }

describe('a password that is set', () => {
  it('waits with three others of its home at most, and leaves places to who signs in', async () => {
    const { users, revocations, home } = atHome()
    const leaving: (number | undefined)[] = []
    let letGo = (): void => undefined
    const isFree = new Promise<void>((resolve) => (letGo = resolve))
    const hash = async (password: string, leaves?: number) => {
      leaving.push(leaves)
      await isFree
      return `$2b$10$${password}`
    }
    const audit = { note: () => undefined }
    const clock = { now: () => time.now }
    const changes = createUserChanges({ users, passwords: { hash }, revocations, audit, clock })
    const add = (username: string, place = home) =>
      changes.add({ home: place, username, by: 'boss' }, { roles: [], password: PASSWORD })
    const four = ['ann', 'bob', 'carl', 'dora'].map((username) => add(username))
    await vi.waitFor(() => expect(leaving).toEqual([16, 16, 16, 16]))
    const message: unknown = expect.stringContaining('passwords are being set')
    await expect(add('eve')).rejects.toMatchObject({ code: 'BUSY', message })
    const elsewhere = add('eve', `${home}-too`)
    await vi.waitFor(() => expect(leaving).toHaveLength(5))
    letGo()
    await Promise.all([...four, elsewhere])
    await add('eve')
    // Of one who is there already nothing is hashed.
    await expect(add('ann')).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(leaving).toHaveLength(6)
  })
})

describe('a user who is removed', () => {
  it('is nobody any longer, and all that they were given is over', async () => {
    const { add, signIn, refresh, stands, changes, who, users, home, names } = atHome()
    await add('ann')
    await add('bob')
    const { accessToken, refreshToken } = await signIn('ann')
    const { credential } = await tokens.verify(accessToken, home)
    expect(await stands('ann', credential)).toBe(true)
    await changes.remove(who('ann'))
    expect(await stands('ann', credential)).toBe(false)
    expect(await stands('ann')).toBe(false)
    await expect(refresh(refreshToken)).rejects.toMatchObject(refused)
    await expect(signIn('ann')).rejects.toMatchObject(refused)
    expect(await users.read(home, 'ann')).toBeUndefined()
    expect(await names({ limit: 10 })).toEqual(['bob'])
    expect(await stands('bob')).toBe(true)
    const missing = { code: 'USER_NOT_FOUND' }
    await expect(changes.remove(who('ann'))).rejects.toMatchObject(missing)
    await expect(changes.enable(who('ann'))).rejects.toMatchObject(missing)
    await expect(changes.update(who('ann'), { roles: [] })).rejects.toMatchObject(missing)
    await expect(changes.setPassword(who('ann'), PASSWORD)).rejects.toMatchObject(missing)
  })

  it('leaves the name to another one, and what the first was given stays over', async () => {
    const { add, signIn, stands, changes, who, home } = atHome()
    for (let times = 0; times < 2; times++) {
      await add('ann')
      const first = await tokens.verify((await signIn('ann')).accessToken, home)
      await changes.remove(who('ann'))
      const { epoch } = await add('ann', ['reader'])
      expect(epoch).toBeGreaterThan(first.credential.epoch)
      for (const credential of [first.credential, { epoch: first.credential.epoch }])
        expect(await stands('ann', credential)).toBe(false)
      const second = await tokens.verify((await signIn('ann')).accessToken, home)
      expect(await stands('ann', second.credential)).toBe(true)
      await expect(add('ann')).rejects.toMatchObject({ code: 'CONFLICT' })
      await changes.remove(who('ann'))
    }
  })

  it('stays refused where somebody else vouches for them, until they are let in again', async () => {
    const { changes, who, stands } = atHome()
    const name = 'oidc:ann'
    await changes.disable(who(name))
    await changes.remove(who(name))
    const issuedAt = time.now + 1000
    expect(await stands(name, { issuedAt })).toBe(false)
    await changes.enable(who(name))
    expect(await stands(name, { issuedAt })).toBe(true)
    expect(await stands(name, { issuedAt: time.now - 1000 })).toBe(false)
  })

  it('does not come back because something is taken back from them once more', async () => {
    const { add, changes, who, users, home, stands } = atHome()
    await add('ann')
    await changes.disable(who('oidc:ann'))
    for (const name of ['ann', 'oidc:ann']) {
      await changes.remove(who(name))
      const missing = { code: 'USER_NOT_FOUND' }
      await expect(changes.revoke(who(name))).rejects.toMatchObject(missing)
      await expect(changes.disable(who(name))).rejects.toMatchObject(missing)
      expect(await stands(name, { issuedAt: time.now + 1000 })).toBe(false)
      expect(await users.read(home, name)).toBeUndefined()
    }
  })

  it('is told to every instance', async () => {
    const { add, changes, who, home } = atHome()
    await add('ann')
    const elsewhere = setUp().revocations
    const before = await elsewhere.version(home)
    await changes.remove(who('ann'))
    time.now += 1500
    expect(await elsewhere.version(home)).not.toBe(before)
  })
})

describe('a user who is changed', () => {
  it('keeps what they were given as long as their roles stay, and loses it with them', async () => {
    const { add, changes, who, stands } = atHome()
    const { epoch, updatedAt } = await add('ann')
    const same = await changes.update(who('ann'), { roles: ['caller'], isDisabled: false })
    expect(same).toMatchObject({ epoch, updatedAt })
    expect(await stands('ann')).toBe(true)
    const changed = await changes.update(who('ann'), { roles: ['admin', 'caller', 'admin'] })
    expect(changed).toMatchObject({ roles: ['caller', 'admin'], epoch: epoch + 1 })
    expect(changed.updatedAt > updatedAt).toBe(true)
    expect(await stands('ann')).toBe(false)
    expect(await stands('ann', { epoch: epoch + 1 })).toBe(true)
  })

  it('may not come while disabled, and what ended by that stays over', async () => {
    const { add, changes, who, stands, signIn } = atHome()
    await add('ann')
    await changes.update(who('ann'), { isDisabled: true })
    await expect(signIn('ann')).rejects.toMatchObject(refused)
    await changes.update(who('ann'), { isDisabled: false })
    expect(await stands('ann')).toBe(false)
    await signIn('ann')
  })

  it('stays as they are when somebody else has changed them since they were seen', async () => {
    const { add, changes, who } = atHome()
    const { updatedAt: ifUpdatedAt } = await add('ann')
    const { updatedAt } = await changes.update(
      { ...who('ann'), ifUpdatedAt },
      { roles: ['reader'] },
    )
    const outdated = { ...who('ann'), ifUpdatedAt }
    const conflict = { code: 'CONFLICT' }
    await expect(changes.update(outdated, { roles: ['admin'] })).rejects.toMatchObject(conflict)
    await expect(changes.remove(outdated)).rejects.toMatchObject(conflict)
    await changes.remove({ ...who('ann'), ifUpdatedAt: updatedAt })
  })

  it('has no role that nobody has there', async () => {
    const { add, changes, who } = atHome()
    await add('ann')
    const invalid = { code: 'INVALID_REQUEST' }
    await expect(add('bob', ['operator'])).rejects.toMatchObject(invalid)
    const operate = { roles: ['operator'] } as const
    await expect(changes.update(who('ann'), operate)).rejects.toMatchObject(invalid)
    const operator = { home: GATEWAY_HOME, username: 'operator:ann', by: 'boss' }
    const admin = { roles: ['admin'], password: PASSWORD } as const
    await expect(changes.add(operator, admin)).rejects.toMatchObject(invalid)
  })
})

it('every change is one event of the audit, with what was and what is, and never a hash', async () => {
  const { add, changes, who, noted, home } = atHome()
  const enabled = { roles: ['caller'], isDisabled: false, epoch: 0, hasPassword: true }
  await add('ann')
  const steps: [() => Promise<unknown>, string, object | undefined][] = [
    [async () => undefined, 'user.added', enabled],
    [
      () => changes.setPassword(who('ann'), 'another horse'),
      'user.password',
      { ...enabled, epoch: 1 },
    ],
    [
      () => changes.update(who('ann'), { roles: ['admin'] }),
      'user.updated',
      { ...enabled, roles: ['admin'], epoch: 2 },
    ],
    [
      () => changes.disable(who('ann')),
      'user.disabled',
      { ...enabled, roles: ['admin'], isDisabled: true, epoch: 3 },
    ],
    [() => changes.enable(who('ann')), 'user.enabled', { ...enabled, roles: ['admin'], epoch: 3 }],
    [() => changes.revoke(who('ann')), 'user.revoked', { ...enabled, roles: ['admin'], epoch: 4 }],
    [() => changes.remove(who('ann')), 'user.removed', undefined],
  ]
  let before: unknown
  for (const [step, action, after] of steps) {
    await step()
    const events = noted()
    expect(events).toHaveLength(1)
    const done = { endpointId: home, actor: 'boss', action, target: 'ann' }
    expect(events[0]).toMatchObject({ ...done, before, after })
    expect(JSON.stringify(events)).not.toMatch(/hash-of|\$2|horse/)
    before = events[0]?.after
  }
  await changes.disable(who('oidc:bob'))
  await add('ann')
  await changes.update(who('ann'), { roles: ['caller'] })
  expect(noted().map(({ action }) => action)).toEqual(['user.disabled', 'user.added'])
})

describe('users in pages', () => {
  it('come in order of name, forward and backward, without those who were removed', async () => {
    const { add, changes, who, names } = atHome()
    const all = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    for (const name of all) await add(name)
    for (const name of ['a', 'd', 'e', 'h']) await changes.remove(who(name))
    expect(await names({ limit: 10 })).toEqual(['b', 'c', 'f', 'g'])
    expect(await names({ limit: 2 })).toEqual(['b', 'c'])
    expect(await names({ after: 'c', limit: 1 })).toEqual(['f'])
    expect(await names({ after: 'g', limit: 2 })).toEqual([])
    expect(await names({ isBackward: true, limit: 3 })).toEqual(['c', 'f', 'g'])
    expect(await names({ before: 'f', isBackward: true, limit: 1 })).toEqual(['c'])
    expect(await names({ before: 'b', isBackward: true, limit: 2 })).toEqual([])
    // A name is a place, whether or not somebody is called so still.
    expect(await names({ after: 'd', limit: 1 })).toEqual(['f'])
    for (const after of ['', 'x'.repeat(2000)])
      await expect(names({ after, limit: 1 })).rejects.toMatchObject({ code: 'CURSOR_INVALID' })
  })

  it('read on past many who were removed', async () => {
    const { users, home, names } = atHome()
    const now = new Date(time.now).toISOString()
    const made = { home, roles: [], epoch: 1, createdAt: now, updatedAt: now, updatedBy: 'test' }
    const trace = { ...made, isDisabled: true, isRemoved: true }
    await Promise.all(
      Array.from({ length: 60 }, (_, n) => users.create({ ...trace, username: `gone-${n}` })),
    )
    await users.create({ ...made, isDisabled: false, username: 'zoe' })
    expect(await names({ limit: 1 })).toEqual(['zoe'])
  })
})
