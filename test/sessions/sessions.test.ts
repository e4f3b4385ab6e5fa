import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDynamoStateStore } from '../../src/aws/dynamo-state-store.js'
import type { Caller } from '../../src/domain/caller.js'
import type { StateStore } from '../../src/domain/state-store.js'
import { createSignedSessions } from '../../src/sessions/signed-sessions.js'
import type { Sessions } from '../../src/sessions/sessions.js'
import { startTestAws, type TestAws } from '../support/aws.js'

let test: TestAws
beforeAll(async () => {
  test = await startTestAws()
})
afterAll(() => test.stop())

const HOUR_MS = 3_600_000
const ann: Caller = { endpointId: 'acme', userId: 'ann', roles: ['caller'] }
const hello = {
  version: '2025-06-18',
  capabilities: { sampling: {} },
  clientInfo: { name: 'agent', version: '1' },
}
const secrets = [{ id: 'k1', secret: 'a secret of thirty-two or more characters' }]

let now = 1_800_000_000_000
const clock = { now: () => now }
let reads: number

/** An instance of its own: it shares the engine with the others and nothing else. */
function instance(): Sessions {
  const store = createDynamoStateStore({ aws: test.aws, clock })
  const state: StateStore = {
    ...store,
    read: (key) => {
      reads += 1
      return store.read(key)
    },
  }
  return createSignedSessions({ state, secrets, ttlMs: HOUR_MS, clock })
}

let a: Sessions
let b: Sessions
beforeEach(() => {
  reads = 0
  a = instance()
  b = instance()
})

const notFound = {
  code: 'SESSION_NOT_FOUND',
  message: 'Mcp-Session-Id: there is no such session; begin one with initialize',
}

describe('a session', () => {
  it('opened on one instance is found on another, with what was settled', async () => {
    const session = await b.find(ann, await a.open(ann, hello))
    expect(session).toEqual({
      id: expect.stringMatching(/^[\w-]{22}$/),
      endpointId: 'acme',
      userId: 'ann',
      version: '2025-06-18',
      capabilities: new Set(['sampling']),
      client: { name: 'agent', version: '1' },
      expiresAt: now + HOUR_MS,
    })
  })

  it('has an id of its own each time', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () => (await a.find(ann, await a.open(ann, hello))).id),
    )
    expect(new Set(ids).size).toBe(20)
  })

  it('keeps 64 characters of what the client calls itself, none of them in half', async () => {
    const name = `${'x'.repeat(63)}🤖🤖`
    const token = await a.open(ann, { ...hello, clientInfo: { name, version: 4 } })
    expect((await a.find(ann, token)).client).toEqual({ name: `${'x'.repeat(63)}🤖`, version: '' })
  })

  it.each([undefined, ''])('without a token (%j) is asked for', async (token) => {
    await expect(a.find(ann, token)).rejects.toMatchObject({ code: 'SESSION_REQUIRED' })
  })

  it('is gone when its time is over', async () => {
    const token = await a.open(ann, hello)
    now += HOUR_MS - 1
    await expect(a.find(ann, token)).resolves.toBeDefined()
    now += 1
    await expect(a.find(ann, token)).rejects.toMatchObject(notFound)
  })

  it('of somebody else, forged, or terminated is not there, all in the same words', async () => {
    const token = await a.open(ann, hello)
    const ended = await a.open(ann, hello)
    await a.terminate(await a.find(ann, ended))
    for (const [caller, sent] of [
      [{ ...ann, userId: 'bob' }, token],
      [{ ...ann, endpointId: 'other' }, token],
      [ann, `${token}x`],
      [ann, 'unknown'],
      [ann, ended],
    ] as const)
      await expect(a.find(caller, sent)).rejects.toMatchObject(notFound)
  })

  it('terminated on one instance is gone there at once, and elsewhere within 2 s', async () => {
    const token = await a.open(ann, hello)
    const session = await a.find(ann, token)
    await b.find(ann, token)
    await a.terminate(session)
    await expect(a.find(ann, token)).rejects.toMatchObject(notFound)
    now += 1500
    await expect(b.find(ann, token)).rejects.toMatchObject(notFound)
    await expect(a.terminate(session)).rejects.toMatchObject(notFound)
    await expect(b.setLogLevel(session, 'error')).rejects.toMatchObject(notFound)
    await expect(instance().find(ann, token)).rejects.toMatchObject(notFound)
  })

  it('costs one read in 1.5 s, however many ask', async () => {
    const token = await a.open(ann, hello)
    const ask = () => Promise.all(Array.from({ length: 50 }, () => a.find(ann, token)))
    await ask()
    await ask()
    expect(reads).toBe(1)
    now += 1499
    await ask()
    expect(reads).toBe(1)
    now += 1
    await ask()
    expect(reads).toBe(2)
  })

  it('whose item could not be read is read again by the next request', async () => {
    const working = createDynamoStateStore({ aws: test.aws, clock })
    let isAway = true
    const state: StateStore = {
      ...working,
      read: (key) => (isAway ? Promise.reject(new Error('away')) : working.read(key)),
    }
    const sessions = createSignedSessions({ state, secrets, ttlMs: HOUR_MS, clock })
    const token = await sessions.open(ann, hello)
    await expect(sessions.find(ann, token)).rejects.toThrow('away')
    isAway = false
    await expect(sessions.find(ann, token)).resolves.toBeDefined()
  })
})

describe('what is set in a session', () => {
  const open = async () => a.find(ann, await a.open(ann, hello))

  it('is a log level, known here at once and elsewhere within 2 s', async () => {
    const session = await open()
    expect(await a.logLevel(session)).toBeUndefined()
    expect(await b.logLevel(session)).toBeUndefined()
    await a.setLogLevel(session, 'error')
    expect(await a.logLevel(session)).toBe('error')
    now += 1500
    expect(await b.logLevel(session)).toBe('error')
  })

  it('is subscriptions, which come and go one by one', async () => {
    const session = await open()
    await a.setSubscribed(session, 'a://1', true)
    await a.setSubscribed(session, 'a://2', true)
    await a.setSubscribed(session, 'a://1', true)
    await a.setSubscribed(session, 'a://3', false)
    expect(await b.subscriptions(session)).toEqual(new Set(['a://1', 'a://2']))
    await a.setSubscribed(session, 'a://1', false)
    expect(await a.subscriptions(session)).toEqual(new Set(['a://2']))
  })

  it('by many at a time on two instances is lost by none', async () => {
    const session = await open()
    const uris = Array.from({ length: 40 }, (_, n) => `a://${n}`)
    await Promise.all([
      ...uris.map((uri, n) => (n % 2 === 0 ? a : b).setSubscribed(session, uri, true)),
      b.setLogLevel(session, 'debug'),
    ])
    expect(await instance().subscriptions(session)).toEqual(new Set(uris))
    expect(await instance().logLevel(session)).toBe('debug')
  })

  it('is bounded in number and in bytes', async () => {
    const session = await open()
    for (let n = 0; n < 256; n++) await a.setSubscribed(session, `a://${n}`, true)
    const tooMany = { code: 'INVALID_PARAMS', message: expect.stringContaining('256') }
    await expect(a.setSubscribed(session, 'a://more', true)).rejects.toMatchObject(tooMany)
    await a.setSubscribed(session, 'a://0', false)
    const tooLong = { code: 'INVALID_PARAMS', message: expect.stringContaining('32768') }
    const long = `a://${'x'.repeat(40_000)}`
    await expect(a.setSubscribed(session, long, true)).rejects.toMatchObject(tooLong)
    await expect(a.setSubscribed(session, 'a://more', true)).resolves.toBeUndefined()
  })

  it('belongs to that session of that tenant alone', async () => {
    const session = await open()
    await a.setLogLevel(session, 'alert')
    expect(await a.logLevel(await open())).toBeUndefined()
    expect(await a.logLevel({ ...session, endpointId: 'other' })).toBeUndefined()
  })
})
