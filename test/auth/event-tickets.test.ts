import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Standings } from '../../src/accounts/accounts.js'
import { createEventTickets } from '../../src/auth/event-tickets.js'
import { createDynamoStateStore } from '../../src/aws/dynamo-state-store.js'
import type { Caller } from '../../src/domain/caller.js'
import type { StateStore } from '../../src/domain/state-store.js'
import { startTestAws, type TestAws } from '../support/aws.js'

let test: TestAws
let state: StateStore
let now = 1_800_000_000_000
const clock = { now: () => now }
beforeAll(async () => {
  test = await startTestAws()
  state = createDynamoStateStore({ aws: test.aws, clock })
})
afterAll(() => test.stop())

/** Nobody was stopped, but for those whose tokens are of an old epoch. */
const standings: Pick<Standings, 'stands'> = { stands: async ({ epoch }) => epoch > 0 }

const ann: Caller = {
  endpointId: 'acme',
  userId: 'ann',
  roles: ['caller'],
  expiresAt: now + 60_000,
}
const operator: Caller = { endpointId: 'acme', userId: 'operator', roles: ['operator'] }
const refused = { code: 'UNAUTHENTICATED' }

it.each([ann, operator])('a ticket makes its bearer who it was issued for: %j', async (caller) => {
  const tickets = createEventTickets({ state, standings, clock })
  const { ticket, expiresAt } = await tickets.issue(caller)
  expect(expiresAt).toBe(now + 30_000)
  expect(await tickets.redeem('acme', ticket)).toEqual(caller)
  await expect(tickets.redeem('acme', ticket)).rejects.toMatchObject(refused)
})

it('is good for half a minute, at its endpoint alone', async () => {
  const tickets = createEventTickets({ state, standings, clock })
  const { ticket } = await tickets.issue(ann)
  await expect(tickets.redeem('other', ticket)).rejects.toMatchObject(refused)
  now += 30_000
  await expect(tickets.redeem('acme', ticket)).rejects.toMatchObject(refused)
})

it.each(['', 'nonsense', 'x'.repeat(65)])('what is no ticket opens nothing: %j', async (text) => {
  const tickets = createEventTickets({ state, standings, clock })
  await expect(tickets.redeem('acme', text)).rejects.toMatchObject(refused)
})

it('of two that bring it at the same time, the second finds it used', async () => {
  const late: StateStore = { ...state, replace: async () => false }
  const { ticket } = await createEventTickets({ state, standings, clock }).issue(ann)
  const redeemed = createEventTickets({ state: late, standings, clock }).redeem('acme', ticket)
  await expect(redeemed).rejects.toMatchObject(refused)
})

it('is no good any longer when what proved its owner is over, or was taken back', async () => {
  const tickets = createEventTickets({ state, standings, clock })
  const credential = { home: 'acme', epoch: 0 }
  const shortly = { ...ann, expiresAt: now + 1000 }
  const [stopped, over] = [
    await tickets.issue({ ...ann, credential }),
    await tickets.issue(shortly),
  ]
  await expect(tickets.redeem('acme', stopped.ticket)).rejects.toMatchObject(refused)
  now += 1000
  await expect(tickets.redeem('acme', over.ticket)).rejects.toMatchObject(refused)
})
