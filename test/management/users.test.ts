import { describe, expect, it } from 'vitest'
import {
  callTool,
  gateways,
  managerOf,
  publishNotes,
  useManagement,
} from '../support/management.js'
import { ADDRESS, deedsOf, soon } from './deeds.js'
import { change, isRefused, remove, signIn, userOf, usersPage } from './user-steps.js'

useManagement({ PASSWORD_COST: '10' })

const PASSWORD = 'correct horse battery'

describe('a user', () => {
  it('is added at one instance, is shown by the other, and signs in there', async () => {
    const ada = await managerOf()
    const input = { username: 'ben', password: PASSWORD, roles: ['PUBLISHER', 'CALLER'] }
    const { user, password, userErrors } = await change(ada, 'createUser', input)
    expect(userErrors).toEqual([])
    expect(password).toBeNull()
    expect(user).toMatchObject({
      username: 'ben',
      roles: ['PUBLISHER', 'CALLER'],
      isDisabled: false,
      hasPassword: true,
      updatedBy: 'ada',
    })
    expect(await userOf(ada, 'ben')).toEqual(user)
    expect((await signIn(ada, 'ben', PASSWORD)).status).toBe(200)
    await soon(async () => {
      const deeds = await deedsOf(ada, 'user.added')
      expect(deeds).toMatchObject([
        {
          actor: 'ada',
          target: 'ben',
          address: ADDRESS,
          before: null,
          after: { roles: ['publisher', 'caller'] },
        },
      ])
      expect(JSON.stringify(deeds)).not.toContain('$2')
    })
  })

  it('gets a strong password where none is given, shown once and not under the same key again', async () => {
    const ada = await managerOf()
    const input = { username: 'ben', idempotencyKey: 'add-ben' }
    const first = await change(ada, 'createUser', input)
    expect(first.password).toMatch(/^[\w-]{32}$/)
    expect((await signIn(ada, 'ben', first.password ?? '')).status).toBe(200)
    const again = await change(ada, 'createUser', input)
    expect(again).toEqual({ ...first, password: null })
    const other = await change(ada, 'createUser', { ...input, username: 'bea' })
    expect(other.userErrors).toEqual([
      { field: ['input', 'idempotencyKey'], code: 'INVALID_INPUT' },
    ])
    expect(await userOf(ada, 'bea')).toBeNull()
  })

  it('is not added twice, nor with what no user can have', async () => {
    const ada = await managerOf()
    const add = async (input: object) => (await change(ada, 'createUser', input)).userErrors
    expect(await add({ username: 'ben', password: PASSWORD })).toEqual([])
    expect(await add({ username: 'ben', password: PASSWORD })).toEqual([
      { field: [], code: 'CONFLICT' },
    ])
    const wrong = [
      ['username', { username: 'b en', password: PASSWORD }],
      ['username', { username: 'operator', password: PASSWORD }],
      ['password', { username: 'bob', password: 'eleven char' }],
      ['password', { username: 'bob', password: 'é'.repeat(40) }],
      ['roles', { username: 'bob', password: PASSWORD, roles: [] }],
    ] as const
    for (const [field, input] of wrong)
      expect(await add(input)).toEqual([{ field: ['input', field], code: 'INVALID_INPUT' }])
    expect(await userOf(ada, 'bob')).toBeNull()
  })

  it('loses what was given with other roles, or when disabled, everywhere', async () => {
    const ada = await managerOf()
    await publishNotes(ada.endpointId)
    await change(ada, 'createUser', { username: 'ben', password: PASSWORD })
    const asCaller = await signIn(ada, 'ben', PASSWORD)
    expect(await isRefused(ada, asCaller.token)).toBe(false)

    const { user } = await change(ada, 'updateUser', { username: 'ben', roles: ['READER'] })
    expect(user).toMatchObject({ roles: ['READER'], isDisabled: false })
    await soon(async () => expect(await isRefused(ada, asCaller.token)).toBe(true))
    await change(ada, 'updateUser', { username: 'ben', isDisabled: true })
    expect((await signIn(ada, 'ben', PASSWORD)).status).toBe(401)
    await change(ada, 'updateUser', { username: 'ben', isDisabled: false })
    expect((await signIn(ada, 'ben', PASSWORD)).status).toBe(200)
    await soon(async () =>
      expect(await deedsOf(ada, 'user.updated')).toMatchObject([
        { before: { isDisabled: true }, after: { isDisabled: false } },
        { before: { isDisabled: false }, after: { isDisabled: true } },
        { before: { roles: ['caller'] }, after: { roles: ['reader'] } },
      ]),
    )
  })

  it('is not changed by whoever has seen an earlier state', async () => {
    const ada = await managerOf()
    const made = await change(ada, 'createUser', { username: 'ben', password: PASSWORD })
    const seen = { username: 'ben', ifUpdatedAt: made.user?.updatedAt }
    const changed = await change(ada, 'updateUser', { ...seen, roles: ['ADMIN'] })
    expect(changed.userErrors).toEqual([])
    const late = await change(ada, 'updateUser', { ...seen, roles: ['READER'] })
    expect(late).toMatchObject({ user: null, userErrors: [{ code: 'CONFLICT' }] })
    expect(await remove(ada, seen)).toMatchObject({
      deletedUsername: null,
      userErrors: [{ code: 'CONFLICT' }],
    })
    expect(await userOf(ada, 'ben')).toEqual(changed.user)
  })

  it('signs in with a new password only, once it was set', async () => {
    const ada = await managerOf()
    await change(ada, 'createUser', { username: 'ben', password: PASSWORD })
    const { password } = await change(ada, 'setUserPassword', { username: 'ben' })
    expect((await signIn(ada, 'ben', PASSWORD)).status).toBe(401)
    expect((await signIn(ada, 'ben', password ?? '')).status).toBe(200)
    const weak = await change(ada, 'setUserPassword', { username: 'ben', password: 'short' })
    expect(weak.userErrors).toEqual([{ field: ['input', 'password'], code: 'INVALID_INPUT' }])
  })

  it('loses all that was given when that is revoked, also one whom somebody else vouches for', async () => {
    const ada = await managerOf()
    await publishNotes(ada.endpointId)
    const guest = await managerOf({ endpointId: ada.endpointId, userId: 'guest', role: 'caller' })
    expect(await isRefused(ada, guest.token)).toBe(false)
    const { user, userErrors } = await change(ada, 'revokeUser', { username: 'guest' })
    expect(userErrors).toEqual([])
    expect(user).toMatchObject({ username: 'guest', roles: [], hasPassword: false })
    await soon(async () => expect(await isRefused(ada, guest.token)).toBe(true))
    const nobody = await change(ada, 'revokeUser', { username: '' })
    expect(nobody.userErrors).toEqual([{ field: ['input', 'username'], code: 'INVALID_INPUT' }])
  })

  it('is disabled and enabled also when somebody else vouches for them, and has no roles here', async () => {
    const ada = await managerOf()
    await publishNotes(ada.endpointId)
    const username = 'oidc:guest'
    const who = { endpointId: ada.endpointId, userId: username, role: 'caller' } as const
    const guest = await managerOf(who)
    const { user, userErrors } = await change(ada, 'updateUser', { username, isDisabled: true })
    expect(userErrors).toEqual([])
    expect(user).toMatchObject({ username, isDisabled: true, roles: [] })
    await soon(async () => expect(await isRefused(ada, guest.token)).toBe(true))
    for (const [mutation, input, field] of [
      ['updateUser', { username, roles: ['ADMIN'] }, 'roles'],
      ['updateUser', { username: 'key:0', roles: ['ADMIN'], isDisabled: false }, 'roles'],
      ['setUserPassword', { username, password: PASSWORD }, 'username'],
    ] as const)
      expect((await change(ada, mutation, input)).userErrors).toEqual([
        { field: ['input', field], code: 'INVALID_INPUT' },
      ])
    // Removed they stay refused, until somebody lets them in again.
    await remove(ada, { username })
    const revoked = await change(ada, 'revokeUser', { username })
    expect(revoked.userErrors).toEqual([{ field: [], code: 'NOT_FOUND' }])
    expect(await userOf(ada, username)).toBeNull()
    const again = await change(ada, 'updateUser', { username, isDisabled: false })
    expect(again).toMatchObject({ user: { username, isDisabled: false }, userErrors: [] })
  })

  it('is gone for good when removed, and who comes later by that name is another one', async () => {
    const ada = await managerOf()
    await publishNotes(ada.endpointId)
    await change(ada, 'createUser', { username: 'ben', password: PASSWORD })
    const old = await signIn(ada, 'ben', PASSWORD)
    const input = { username: 'ben', idempotencyKey: 'go' }
    expect(await remove(ada, input)).toEqual({ deletedUsername: 'ben', userErrors: [] })
    expect(await remove(ada, input)).toEqual({ deletedUsername: 'ben', userErrors: [] })
    expect(await remove(ada, { username: 'ben' })).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND' }],
    })
    expect(await userOf(ada, 'ben')).toBeNull()
    expect((await signIn(ada, 'ben', PASSWORD)).status).toBe(401)
    await change(ada, 'createUser', { username: 'ben', password: PASSWORD })
    await soon(async () => expect(await isRefused(ada, old.token)).toBe(true))
    await soon(async () => expect(await deedsOf(ada, 'user.removed')).toHaveLength(1))
  })

  it('is shown with their calls and keys', async () => {
    const ada = await managerOf()
    await publishNotes(ada.endpointId)
    await change(ada, 'createUser', { username: 'ben', password: PASSWORD })
    const { token } = await signIn(ada, 'ben', PASSWORD)
    await callTool({ ...ada, token }, 'echo', { said: 'by ben' })
    await callTool(ada, 'greet')
    await ada.onFirst('mutation { createApiKey(input: { name: "ci", userId: "ben" }) { text } }')
    const { data } = await ada.onSecond(`{
      endpoint {
        user(username: "ben") { calls(first: 5) { nodes { name userId } } apiKeys { name userId } }
      }
    }`)
    expect(data).toEqual({
      endpoint: {
        user: {
          calls: { nodes: [{ name: 'echo', userId: 'ben' }] },
          apiKeys: [{ name: 'ci', userId: 'ben' }],
        },
      },
    })
    await change(ada, 'revokeUser', { username: 'ben' })
    const later = await ada.onSecond(`{
      endpoint { user(username: "ben") { apiKeys { name } } apiKeys { totalCount } }
    }`)
    expect(later.data).toEqual({ endpoint: { user: { apiKeys: [] }, apiKeys: { totalCount: 0 } } })
  })

  it('of another endpoint is not there', async () => {
    const ada = await managerOf()
    const stranger = await managerOf()
    const made = await change(ada, 'createUser', { username: 'ben', password: PASSWORD })
    expect(await userOf(stranger, 'ben')).toBeNull()
    for (const mutation of ['updateUser', 'setUserPassword'])
      expect((await change(stranger, mutation, { username: 'ben' })).userErrors).toEqual([
        { field: [], code: 'NOT_FOUND' },
      ])
    const there = { username: 'ben', endpointId: ada.endpointId }
    expect((await change(stranger, 'updateUser', there)).userErrors).toEqual([
      { field: [], code: 'FORBIDDEN' },
    ])
    expect(await userOf(ada, 'ben')).toEqual(made.user)
  })
})

describe('pages of users', () => {
  it('go by name, in both directions, whoever comes and goes meanwhile', async () => {
    const ada = await managerOf()
    const who = { home: ada.endpointId, by: 'test' }
    const { userChanges, users } = gateways().first.parts
    const row = { ...who, roles: [], isDisabled: false, epoch: 0, updatedBy: 'test' }
    const now = new Date().toISOString()
    for (const username of ['amy', 'ben', 'cai', 'dan', 'eve'])
      await users.create({ ...row, username, createdAt: now, updatedAt: now })
    const first = await usersPage(ada, { first: 2 })
    expect(first).toMatchObject({
      nodes: [{ username: 'amy' }, { username: 'ben' }],
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    })
    await userChanges.remove({ ...who, username: 'ben' })
    await users.create({ ...row, username: 'abe', createdAt: now, updatedAt: now })
    const second = await usersPage(ada, { first: 2, after: first.pageInfo.endCursor })
    expect(second.nodes).toEqual([{ username: 'cai' }, { username: 'dan' }])
    const last = await usersPage(ada, { last: 2 })
    expect(last).toMatchObject({
      nodes: [{ username: 'dan' }, { username: 'eve' }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    })
    const back = await usersPage(ada, { last: 5, before: last.pageInfo.startCursor })
    expect(back).toMatchObject({
      nodes: [{ username: 'abe' }, { username: 'amy' }, { username: 'cai' }],
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    })
    const stranger = await managerOf()
    const elsewhere = usersPage(stranger, { after: first.pageInfo.endCursor })
    await expect(elsewhere).rejects.toThrow('CURSOR_INVALID')
  })
})
