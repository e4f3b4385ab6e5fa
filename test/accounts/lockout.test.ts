import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLockout } from '../../src/accounts/lockout.js'
import { createDynamoStateStore } from '../../src/aws/dynamo-state-store.js'
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
const guess = (username: string, change: { home?: string; address?: string } = {}) => {
  addresses++
  return { home: 'acme', username, address: `10.0.${addresses >> 8}.${addresses & 255}`, ...change }
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
  for (let n = 0; n < 5; n++) expect(await fail(guess('ann'))).toBe(0)
  for (const waitS of [1, 2, 4, 8]) {
    expect(await fail(guess('ann'), instance())).toBe(waitS)
    now += waitS * 1000 - 1
    expect(await fail(guess('ann'))).toBe(1)
    now += 1
    expect(await fail(guess('ann'))).toBe(0)
  }
})

it('nobody waits longer than a quarter of an hour, and after as long again all is forgotten', async () => {
  for (let n = 0; n < 16; n++) {
    expect(await fail(guess('bob'))).toBe(0)
    if (n >= 4) now += 15 * 60_000
  }
  expect(await fail(guess('bob'))).toBe(0)
  expect(await fail(guess('bob'))).toBe(900)
  now += 30 * 60_000
  for (let n = 0; n < 5; n++) expect(await fail(guess('bob'))).toBe(0)
})

it('holds for a name at its endpoint, and for no other name or endpoint', async () => {
  for (let n = 0; n < 5; n++) await fail(guess('carl'))
  expect(await fail(guess('carl'))).toBe(1)
  expect(await fail(guess('Carl'))).toBe(0)
  expect(await fail(guess('carl', { home: 'other' }))).toBe(0)
})

it('a sign-in that succeeds makes its user start anew', async () => {
  for (let n = 0; n < 4; n++) await fail(guess('dora'))
  const attempt = await instance().begin(guess('dora'))
  await attempt.succeeded()
  for (let n = 0; n < 5; n++) expect(await fail(guess('dora'))).toBe(0)
  expect(await fail(guess('dora'))).toBe(1)
})

it('what came to no guess is none', async () => {
  for (let n = 0; n < 30; n++)
    await (await instance().begin(guess('emil', { address: '10.9.9.9' }))).withdraw()
  expect(await fail(guess('emil'))).toBe(0)
})

it('many guesses at the same moment are counted before any of them is known to fail', async () => {
  const lockout = instance()
  const waits = await Promise.all(Array.from({ length: 12 }, () => fail(guess('flora'), lockout)))
  expect(waits.filter((waitS) => waitS === 0)).toHaveLength(5)
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
