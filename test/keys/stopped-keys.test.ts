import { describe, expect, it } from 'vitest'
import { setUp, time, useKeys } from './own-keys.js'

useKeys()

it('an endpoint has no more than 1000 keys', async () => {
  const { key } = await setUp().make()
  const full = { list: async () => Array.from({ length: 1000 }, () => key) }
  await expect(setUp({}, full).make()).rejects.toMatchObject({
    code: 'CONFLICT',
    data: { limit: 1000 },
  })
})

describe('keys of a user who was stopped', () => {
  const at = new Date(time.now).toISOString()
  const row = { roles: [], epoch: 0, createdAt: at, updatedAt: at, updatedBy: 'test' }

  it('are not listed, whatever stopped them, and those of others are', async () => {
    const { make, keys, users, home } = setUp()
    for (const userId of ['revoked', 'disabled', 'removed', 'same', 'nobody'])
      await make({ userId, name: userId })
    const rows = [
      { username: 'revoked', epoch: 1, isDisabled: false },
      { username: 'disabled', isDisabled: true },
      { username: 'removed', isDisabled: true, isRemoved: true },
      { username: 'same', isDisabled: false },
    ]
    for (const change of rows) await users.create({ ...row, home, ...change })
    await make({ userId: 'revoked', name: 'new' })
    const names = (await keys.list(home)).map(({ name }) => name)
    expect(names.sort()).toEqual(['new', 'nobody', 'same'])
  })

  it('leave their room to others, and their rows go', async () => {
    const dead = setUp()
    const { key } = await dead.make({ userId: 'revoked' })
    await dead.users.create({
      ...row,
      home: dead.home,
      username: 'revoked',
      epoch: 1,
      isDisabled: false,
    })
    const full = { list: async () => Array.from({ length: 1000 }, () => key) }
    const { keys, real, wanted } = setUp({}, full)
    await keys.create({ userId: 'cli', roles: ['operator'] }, { ...wanted, home: dead.home })
    const stored = { endpointId: dead.home, kind: 'apikey', id: key.keyId } as const
    expect(await real.read(stored)).toBeUndefined()
  })
})
