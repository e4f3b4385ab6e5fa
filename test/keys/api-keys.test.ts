import { describe, expect, it } from 'vitest'
import type { Role } from '../../src/domain/caller.js'
import { GATEWAY_HOME } from '../../src/domain/caller.js'
import { newKeyText, writeKeyText } from '../../src/keys/key-text.js'
import { setUp, time, useKeys } from './own-keys.js'

const DAY_MS = 24 * 3_600_000

useKeys()

describe('making a key', () => {
  it('gives its text once, and stores nothing but the hash of its secret', async () => {
    const { make, keys, real, home, events } = setUp()
    const { key, text } = await make({ functions: ['tool:weather_*'] })
    expect(key).toMatchObject({
      home,
      name: 'ci',
      userId: `key:${key.keyId}`,
      roles: ['caller'],
      functions: ['tool:weather_*'],
      createdBy: 'cli',
      expiresAt: time.now + 90 * DAY_MS,
    })
    expect(await keys.list(home)).toEqual([key])
    const stored = await real.read({ endpointId: home, kind: 'apikey', id: key.keyId })
    const secret = text.slice(`mcp_${key.keyId}_`.length, -6)
    const said = JSON.stringify([stored, events, key])
    for (const form of ['utf8', 'base64', 'base64url', 'hex'] as const)
      expect(said).not.toContain(Buffer.from(secret).toString(form))
    expect(events).toEqual([
      expect.objectContaining({ endpointId: home, action: 'key.created', target: key.keyId }),
    ])
  })

  it.each<[string, object]>([
    ['no name', { name: '' }],
    ['a name of many lines', { name: 'a\nb' }],
    ['a name without end', { name: 'a'.repeat(65) }],
    ['no time at all', { days: 0 }],
    ['more than ten years', { days: 3651 }],
    ['no role', { roles: [] }],
    ['the role of an operator at an endpoint', { roles: ['operator'] }],
    ['a role of an endpoint for the whole gateway', { home: GATEWAY_HOME }],
    ['an operator as its user at an endpoint', { userId: 'operator:ann' }],
    ['the user of the static token', { userId: 'operator' }],
    ['the user of another key', { userId: 'key:0123456789abcdefg' }],
    ['a user of an endpoint for the whole gateway', { ...whole(), userId: 'ann' }],
    ['the user of another operator key', { ...whole(), userId: 'operator:key:0123456789abcdefg' }],
    ['an empty glob', { functions: [''] }],
    ['more globs than anybody reads', { functions: Array.from({ length: 101 }, () => '*') }],
  ])('is refused with %s', async (_what, change) => {
    const { make, events } = setUp()
    await expect(make(change)).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
    expect(events).toEqual([])
  })

  it('is refused for more than its maker may', async () => {
    const { keys, wanted } = setUp()
    const makers: { userId: string; roles: Role[]; functions?: string[] }[] = [
      { userId: 'ann', roles: ['reader'] },
      { userId: 'nobody', roles: [] },
      { userId: 'limited', roles: ['admin'], functions: ['weather_*'] },
    ]
    for (const maker of makers)
      await expect(keys.create(maker, wanted)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const admin = { userId: 'ann', roles: ['admin'] } as const
    expect(await keys.create(admin, { ...wanted, roles: ['admin'] })).toMatchObject({
      key: { createdBy: 'ann' },
    })
  })

  it('is refused for a user who is disabled or was removed, and remembers how often all of a user ended', async () => {
    const { make, users, home } = setUp()
    const now = new Date(time.now).toISOString()
    const dates = { createdAt: now, updatedAt: now, updatedBy: 'test' }
    const user = { home, roles: ['caller'], epoch: 3, ...dates } as const
    await users.create({ ...user, username: 'off', isDisabled: true })
    await users.create({ ...user, username: 'gone', isDisabled: true, isRemoved: true })
    await users.create({ ...user, username: 'ann', isDisabled: false })
    for (const userId of ['off', 'gone'])
      await expect(make({ userId })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await make({ userId: 'ann' })).key).toMatchObject({ userId: 'ann', epoch: 3 })
  })

  it('that is an operator’s calls as an operator of its own', async () => {
    const { make } = setUp()
    const { key } = await make(whole())
    expect(key).toMatchObject({ userId: `operator:key:${key.keyId}`, home: GATEWAY_HOME })
  })
})

describe('proving a key', () => {
  it('takes its own endpoint, and an operator’s takes each', async () => {
    const { make, keys, home } = setUp()
    const [own, operators] = [await make(), await make(whole())]
    expect(await keys.prove(own.text, home)).toEqual(own.key)
    for (const endpointId of [home, 'acme'])
      expect(await keys.prove(operators.text, endpointId)).toEqual(operators.key)
  })

  it('does the same work for one that is unknown, foreign, over, revoked or has another secret', async () => {
    const { make, keys, home, reads } = setUp()
    const [good, over, revoked] = [await make(), await make({ days: 1 }), await make()]
    await keys.revoke({ home, keyId: revoked.key.keyId, by: 'cli' })
    const foreign = await setUp().make()
    const { keyId } = good.key
    const refused = [
      writeKeyText(newKeyText()),
      writeKeyText({ keyId, secret: newKeyText().secret }),
      foreign.text,
      over.text,
      revoked.text,
    ]
    const began = time.now
    time.now += DAY_MS
    for (const text of refused) {
      reads.length = 0
      expect(await keys.prove(text, home)).toBeUndefined()
      expect(reads.map(({ endpointId }) => endpointId)).toEqual([home, GATEWAY_HOME])
    }
    reads.length = 0
    expect(await keys.prove(good.text, home)).toEqual(good.key)
    expect(reads).toHaveLength(2)
    expect((await keys.list(home)).map((key) => key.keyId)).toEqual([keyId])
    time.now = began
  })

  it('asks no store about a typing error', async () => {
    const { make, keys, home, reads } = setUp()
    const { text } = await make()
    reads.length = 0
    const last = text.endsWith('0') ? '1' : '0'
    expect(await keys.prove(text.slice(0, -1) + last, home)).toBeUndefined()
    expect(reads).toEqual([])
  })
})

describe('revoking a key', () => {
  it('removes it, tells every instance and the audit, and is refused for one that is not there', async () => {
    const { make, keys, home, announced, events } = setUp()
    const { key, text } = await make()
    const elsewhere = setUp()
    const { keyId } = key
    const missing = { code: 'KEY_NOT_FOUND' }
    await expect(
      elsewhere.keys.revoke({ home: elsewhere.home, keyId, by: 'cli' }),
    ).rejects.toMatchObject(missing)
    expect(await keys.prove(text, home)).toEqual(key)
    await keys.revoke({ home, keyId, by: 'bob', address: '10.0.0.1' })
    expect(await keys.prove(text, home)).toBeUndefined()
    expect(announced).toEqual([home, home])
    const before = { name: 'ci', userId: key.userId, expiresAt: '2027-02-19T00:00:00.000Z' }
    const revoked = { action: 'key.revoked', target: keyId, address: '10.0.0.1', before }
    expect(events.at(-1)).toMatchObject({ actor: 'bob', ...revoked })
    expect(events[0]).toMatchObject({ action: 'key.created', after: before })
    await expect(keys.revoke({ home, keyId, by: 'bob' })).rejects.toMatchObject(missing)
  })

  it('that could not be told to all is told before it begins, and by who tries again', async () => {
    const { make, home, announced, announcing, keys } = setUp()
    const { keyId } = (await make()).key
    announcing.failAfter = 1
    await expect(keys.revoke({ home, keyId, by: 'bob' })).rejects.toThrow('away')
    expect(announced).toEqual([home])
    expect(await keys.list(home)).toEqual([])
    announcing.failAfter = Infinity
    await expect(keys.revoke({ home, keyId, by: 'bob' })).rejects.toMatchObject({
      code: 'KEY_NOT_FOUND',
    })
    expect(announced).toEqual([home, home])
  })
})

describe('renaming a key', () => {
  it('is one event of the audit with both names, and changes nothing else', async () => {
    const { keys, make, home, events } = setUp()
    const { key, text } = await make({ functions: ['tool:x'] })
    events.length = 0
    const by = 'boss'
    const { keyId } = key
    expect(await keys.rename({ home, keyId, name: 'nightly', by })).toEqual({
      ...key,
      name: 'nightly',
    })
    await keys.rename({ home, keyId, name: 'nightly', by })
    expect(await keys.prove(text, home)).toEqual({ ...key, name: 'nightly' })
    expect(events).toEqual([
      {
        endpointId: home,
        actor: by,
        action: 'key.renamed',
        target: keyId,
        before: { name: 'ci' },
        after: { name: 'nightly' },
      },
    ])
  })

  it('is refused for what can be no name, and for a key that is not there', async () => {
    const { keys, make, home, events } = setUp()
    const { keyId } = (await make()).key
    events.length = 0
    const rename = (change: object) =>
      keys.rename({ home, keyId, name: 'nightly', by: 'boss', ...change })
    for (const name of ['', 'a\nb', 'a'.repeat(65)])
      await expect(rename({ name })).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
    const missing = { code: 'KEY_NOT_FOUND' }
    for (const other of ['0123456789abcdefg', '', 'x'.repeat(5000)]) {
      await expect(rename({ keyId: other })).rejects.toMatchObject(missing)
      await expect(keys.revoke({ home, keyId: other, by: 'boss' })).rejects.toMatchObject(missing)
    }
    await expect(rename({ home: 'another' })).rejects.toMatchObject(missing)
    expect(events).toEqual([])
  })

  it('goes on while the key is used, and is refused when others are ahead all the time', async () => {
    const used = { times: 0, most: 2 }
    const { keys, make, home, real } = setUp({
      replace: async (row, version, item) =>
        used.times++ < used.most ? false : real.replace(row, version, item),
    })
    const { keyId } = (await make()).key
    const rename = (name: string) => keys.rename({ home, keyId, name, by: 'boss' })
    expect(await rename('nightly')).toMatchObject({ name: 'nightly' })
    used.most = Infinity
    await expect(rename('weekly')).rejects.toMatchObject({ code: 'CONFLICT' })
  })
})

describe('the last use of a key', () => {
  const callerOf = ({ key, endpointId }: { key: Made['key']; endpointId: string }) => ({
    endpointId,
    userId: key.userId,
    roles: key.roles,
    credential: { home: key.home, epoch: 0, keyId: key.keyId },
  })

  it('is written, and noted with the address that it comes from, once a minute', async () => {
    const { make, keys, uses, home, events, reads } = setUp()
    const caller = callerOf({ ...(await make()), endpointId: home })
    events.length = 0
    reads.length = 0
    const use = async (address: string) => {
      uses.note(caller, address)
      await uses.settled()
    }
    const first = new Date(time.now).toISOString()
    for (let n = 0; n < 3; n++) await use('10.0.0.1')
    expect(reads).toHaveLength(1)
    await use('10.0.0.2')
    expect(reads).toHaveLength(1)
    expect(events.map(({ action, address }) => [action, address])).toEqual([
      ['key.used', '10.0.0.1'],
      ['key.used', '10.0.0.2'],
    ])
    expect((await keys.list(home))[0]?.lastUsedAt).toBe(first)
    time.now += 60_000
    await use('10.0.0.1')
    expect((await keys.list(home))[0]?.lastUsedAt).toBe(new Date(time.now).toISOString())
    expect(events).toHaveLength(3)
  })

  it('of a key that is revoked in this moment does not bring it back', async () => {
    const { make, keys, home, real } = setUp()
    const made = await make()
    const { uses } = setUp({
      read: async (row) => {
        const stored = await real.read(row)
        await keys.revoke({ home, keyId: made.key.keyId, by: 'cli' })
        return stored
      },
    })
    uses.note(callerOf({ ...made, endpointId: home }), '10.0.0.1')
    await uses.settled()
    expect(await keys.list(home)).toEqual([])
    expect(await keys.prove(made.text, home)).toBeUndefined()
  })

  it('is nobody’s hindrance while the store cannot be asked', async () => {
    const { make, home } = setUp()
    const made = await make()
    const { uses, events } = setUp({ read: () => Promise.reject(new Error('away')) })
    uses.note(callerOf({ ...made, endpointId: home }), '10.0.0.1')
    await uses.settled()
    expect(events).toHaveLength(1)
  })
})

type Made = Awaited<ReturnType<ReturnType<typeof setUp>['make']>>

function whole() {
  return { home: GATEWAY_HOME, roles: ['operator' as const] }
}
