import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createLockout } from '../../src/accounts/lockout.js'
import { createDynamoStateStore } from '../../src/aws/dynamo-state-store.js'
import type { StateKey, StateStore } from '../../src/domain/state-store.js'
import { startTestAws, type TestAws } from '../support/aws.js'

let test: TestAws
let now = Date.UTC(2026, 10, 21)
const clock = { now: () => now }
beforeAll(async () => {
  test = await startTestAws()
})
afterAll(() => test.stop())

/** As an instance of its own has it. */
const instance = () =>
  createLockout({ state: createDynamoStateStore({ aws: test.aws, clock }), clock })

let addresses = 0
const newAddress = () => {
  addresses++
  return `10.0.${addresses >> 8}.${addresses & 255}`
}
const guess = (
  username: string,
  change: { home?: string; address?: string; epoch?: number } = {},
) => ({ home: 'acme', username, epoch: 0, address: newAddress(), ...change })

/** From one client, and always the same. */
function guesses(username: string, change: { home?: string; epoch?: number } = {}) {
  const address = newAddress()
  return (more: typeof change = {}) => guess(username, { address, ...change, ...more })
}

/** How long somebody waits, in seconds; 0 for one more failure. */
async function fail(at: ReturnType<typeof guess>, lockout = instance()): Promise<number> {
  const refused = await lockout.begin(at).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (refused === undefined) return 0
  expect(refused).toMatchObject({ code: 'LOCKED_OUT' })
  return (refused as { data: { retryAfterS: number } }).data.retryAfterS
}

it('five failures are free, then each waits twice as long as the last, on every instance', async () => {
  const ann = guesses('ann')
  for (let n = 0; n < 5; n++) expect(await fail(ann())).toBe(0)
  for (const waitS of [1, 2, 4, 8]) {
    expect(await fail(ann(), instance())).toBe(waitS)
    now += waitS * 1000 - 1
    expect(await fail(ann())).toBe(1)
    now += 1
    expect(await fail(ann())).toBe(0)
  }
})

it('nobody waits longer than a quarter of an hour, and after as long again all is forgotten', async () => {
  const bob = guesses('bob')
  for (let n = 0; n < 16; n++) {
    expect(await fail(bob())).toBe(0)
    if (n >= 4) now += 15 * 60_000
  }
  expect(await fail(bob())).toBe(0)
  expect(await fail(bob())).toBe(900)
  now += 30 * 60_000
  for (let n = 0; n < 5; n++) expect(await fail(bob())).toBe(0)
})

it('holds for a name at its endpoint, and for no other name, endpoint or client', async () => {
  const carl = guesses('carl')
  for (let n = 0; n < 5; n++) await fail(carl())
  expect(await fail(carl())).toBe(1)
  expect(await fail(guess('Carl', { address: carl().address }))).toBe(0)
  expect(await fail(carl({ home: 'other' }))).toBe(0)
  for (let n = 0; n < 5; n++) expect(await fail(guess('carl'))).toBe(0)
  expect(await fail(carl())).toBe(1)
})

it('a sign-in that succeeds makes its user start anew', async () => {
  const dora = guesses('dora')
  for (let n = 0; n < 4; n++) await fail(dora())
  const attempt = await instance().begin(dora())
  await attempt.succeeded()
  for (let n = 0; n < 5; n++) expect(await fail(dora())).toBe(0)
  expect(await fail(dora())).toBe(1)
})

it('who has another password starts anew, from everywhere', async () => {
  const olga = guesses('olga')
  for (let n = 0; n < 5; n++) await fail(olga())
  expect(await fail(olga())).toBe(1)
  expect(await fail(olga({ epoch: 1 }))).toBe(0)
})

it('fifty failures from everywhere are free, and then nobody waits longer than a minute', async () => {
  for (let n = 0; n < 50; n++) expect(await fail(guess('rita'))).toBe(0)
  for (const waitS of [1, 2, 4, 8, 16, 32, 60, 60]) {
    expect(await fail(guess('rita'))).toBe(waitS)
    now += waitS * 1000
    expect(await fail(guess('rita'))).toBe(0)
  }
  now += 60_000
  await (await instance().begin(guess('rita'))).succeeded()
  for (let n = 0; n < 5; n++) expect(await fail(guess('rita'))).toBe(0)
})

it('what came to no guess is none, and leaves no row', async () => {
  const state = createDynamoStateStore({ aws: test.aws, clock })
  const written = new Map<string, StateKey>()
  const create: StateStore['create'] = (key, item) => {
    written.set(key.id, key)
    return state.create(key, item)
  }
  const lockout = createLockout({ state: { ...state, create }, clock })
  const emil = guesses('emil')
  for (let n = 0; n < 30; n++) await (await lockout.begin(emil())).withdraw()
  expect(written.size).toBe(3)
  for (const key of written.values()) expect(await state.read(key)).toBeUndefined()
  expect(await fail(emil())).toBe(0)
})

it('many guesses at the same moment are counted before any of them is known to fail', async () => {
  const lockout = instance()
  const flora = guesses('flora')
  const waits = await Promise.all(Array.from({ length: 12 }, () => fail(flora(), lockout)))
  expect(waits.filter((waitS) => waitS === 0)).toHaveLength(5)
})

it('of more guesses at the same moment than may wait the rest is refused, and not counted', async () => {
  const state = createDynamoStateStore({ aws: test.aws, clock })
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  const create: StateStore['create'] = async (key, item) => {
    if (key.id.startsWith('user#')) await released
    return state.create(key, item)
  }
  const lockout = createLockout({ state: { ...state, create }, clock })
  const refused: unknown[] = []
  const begun = Array.from({ length: 40 }, () =>
    lockout.begin(guess('greta')).catch((error: unknown) => void refused.push(error)),
  )
  await vi.waitFor(() => expect(refused).toHaveLength(24), { timeout: 10_000 })
  for (const error of refused) expect(error).toMatchObject({ code: 'BUSY' })
  release()
  await Promise.all(begun)
  for (let n = 16; n < 50; n++) expect(await fail(guess('greta'))).toBe(0)
  expect(await fail(guess('greta'))).toBe(1)
})

it('a success leaves the wait that others of its client have earned meanwhile', async () => {
  const address = '192.0.2.9'
  const attempt = await instance().begin(guess('hugo', { address }))
  for (let n = 0; n < 19; n++) expect(await fail(guess(`wrong-${n}`, { address }))).toBe(0)
  expect(await fail(guess('hugo', { address }))).toBe(1)
  await attempt.succeeded()
  expect(await fail(guess('hugo', { address }))).toBe(1)
})

it('twenty failures from one address are free, whoever they are of and wherever', async () => {
  const address = '192.0.2.7'
  for (let n = 0; n < 20; n++)
    expect(await fail(guess(`user-${n}`, { address, home: `tenant-${n % 3}` }))).toBe(0)
  expect(await fail(guess('somebody', { address }))).toBe(1)
  expect(await fail(guess('somebody', { address: `::ffff:${address}` }))).toBe(1)
  expect(await fail(guess('somebody'))).toBe(0)
  now += 1000
  const attempt = await instance().begin(guess('gina', { address }))
  await attempt.succeeded()
  expect(await fail(guess('somebody', { address }))).toBe(0)
  expect(await fail(guess('somebody', { address }))).toBe(2)
})

it('a network of IPv6 is one address', async () => {
  for (let n = 0; n < 20; n++)
    await fail(guess(`v6-${n}`, { address: `2001:db8:1:2::${n.toString(16)}` }))
  expect(await fail(guess('v6', { address: '2001:db8:1:2:ffff::1' }))).toBe(1)
  expect(await fail(guess('v6', { address: '2001:db8:1:3::1' }))).toBe(0)
})
