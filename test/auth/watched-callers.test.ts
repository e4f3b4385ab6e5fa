import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Standings } from '../../src/accounts/accounts.js'
import { homeOf, tenantOf } from '../../src/auth/tenant.js'
import { createWatch } from '../../src/auth/watched-callers.js'
import type { Caller } from '../../src/domain/caller.js'
import { silentLog } from '../../src/telemetry/telemetry.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const LOOK_MS = 500
const clock = { now: () => Date.now() }

const callerAt = (home: string, userId: string): Caller => ({
  endpointId: home,
  userId,
  roles: ['caller'],
  credential: { home, epoch: 0 },
})

/** Standings where some are stopped, some cannot be asked for, and some homes never answer. */
function standingsOf(stopped: string[], unread: string[], silentHomes: string[]): Standings {
  return {
    version: (home) => (silentHomes.includes(home) ? new Promise<never>(() => undefined) : 'a'),
    stands: async (_credential, userId) => {
      if (unread.includes(userId)) throw new Error('this row cannot be read')
      return !stopped.includes(userId)
    },
  }
}

function watching(standings: Standings, callers: readonly Caller[]) {
  const ended: string[] = []
  const watch = createWatch({ standings, clock, log: silentLog }, new WeakMap())
  const stops = callers.map((caller) => watch(caller, () => ended.push(caller.userId)))
  return { ended, stop: () => stops.forEach((stop) => stop()) }
}

it('one whose row cannot be read keeps nobody else from being ended', async () => {
  const many = Array.from({ length: 40 }, (_, n) => callerAt('acme', `unread-${n}`))
  const unread = many.map(({ userId }) => userId)
  const standings = standingsOf(['ann', 'bob'], unread, [])
  const { ended, stop } = watching(standings, [
    ...many,
    callerAt('acme', 'ann'),
    callerAt('umbrella', 'bob'),
  ])
  await vi.advanceTimersByTimeAsync(LOOK_MS)
  expect(ended.toSorted()).toEqual(['ann', 'bob'])
  stop()
})

it('a home that does not answer holds up no other, nor those whose tokens are over', async () => {
  const over = { ...callerAt('silent', 'carl'), expiresAt: Date.now() + LOOK_MS }
  const { ended, stop } = watching(standingsOf(['ann'], [], ['silent']), [
    over,
    callerAt('acme', 'ann'),
  ])
  await vi.advanceTimersByTimeAsync(LOOK_MS)
  expect(ended.toSorted()).toEqual(['ann', 'carl'])
  stop()
})

it('nothing is looked at any longer when nobody is watched', async () => {
  const { stop } = watching(standingsOf([], [], []), [callerAt('acme', 'ann')])
  expect(vi.getTimerCount()).toBe(1)
  stop()
  expect(vi.getTimerCount()).toBe(0)
})

it.each(['*', 'acme#running', 'acme#00', '../acme', '', 'ACME', 'mcp'])(
  '%j is nobody’s tenant, whoever vouches for it',
  (id) => {
    expect(() => tenantOf(id)).toThrow('The endpoint id must be')
  },
)

it('operators are at home in the whole gateway', () => {
  expect(homeOf('*')).toBe('*')
  expect(homeOf('acme')).toBe('acme')
  expect(() => homeOf('acme#00')).toThrow('The endpoint id must be')
})
