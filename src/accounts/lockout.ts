/**
 * How often may a password be guessed? Attempts are counted before it is known how they end, so
 * that many at a time are no way around it, and in the state store, so that many instances are none.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { GATEWAY_HOME } from '../domain/caller.js'
import { clientNetwork } from '../domain/client-network.js'
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { StateKey, StateStore } from '../domain/state-store.js'
import type { EndpointId } from '../domain/tenant.js'
import { createKeyedTurns } from '../domain/turns.js'
import { tooManyPasswords } from './password-thread.js'

export interface Lockout {
  /** @throws GatewayError `LOCKED_OUT` with `data.retryAfterS`, for names that nobody has too */
  begin(guess: Guess): Promise<Attempt>
}

export interface Guess {
  readonly home: EndpointId
  readonly username: string
  /** Of the client; one who has a network of IPv6 counts as one. */
  readonly address: string
}

/** One that was neither is a failure. */
export interface Attempt {
  /** The user's failures are forgotten. */
  succeeded(): Promise<void>
  /** It did not come to a guess. */
  withdraw(): Promise<void>
}

/** Failures in a row that nobody waits for. */
const FREE_OF_USER = 5
const FREE_OF_ADDRESS = 20

/** After the first that is not free; it doubles with each. */
const FIRST_WAIT_MS = 1000
const MAX_WAIT_MS = 15 * 60_000

/** Failures are forgotten this long after the wait is over. */
const KEPT_MS = 15 * 60_000

/** Of one write that other instances are ahead of. */
const MAX_TRIES = 8

const Failures = z.object({ failures: z.int(), until: z.number() })
type Failures = z.infer<typeof Failures>

const NONE: Failures = { failures: 0, until: 0 }

export interface LockoutParts {
  readonly state: StateStore
  readonly clock: Clock
}

export function createLockout({ state, clock }: LockoutParts): Lockout {
  const inTurn = createKeyedTurns()

  const read = async (key: StateKey) => {
    const stored = await state.read(key)
    return { stored, failures: stored ? Failures.parse(stored.value) : NONE }
  }
  const change = (key: StateKey, to: (before: Failures) => Failures): Promise<void> =>
    inTurn(JSON.stringify(key), async () => {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const { stored, failures } = await read(key)
        const value = to(failures)
        const expiresAt = Math.max(value.until, clock.now()) + KEPT_MS
        const isWritten = stored
          ? await state.replace(key, stored.version, { value, expiresAt })
          : await state.create(key, { value, expiresAt })
        if (isWritten) return
      }
      throw tooManyPasswords()
    })
  const refuseWaiting = ({ until }: Failures): void => {
    const leftMs = until - clock.now()
    if (leftMs > 0) throw lockedOut(Math.ceil(leftMs / 1000))
  }
  const count = (key: StateKey, free: number): Promise<void> =>
    change(key, (before) => {
      refuseWaiting(before)
      const failures = before.failures + 1
      return { failures, until: failures < free ? 0 : clock.now() + waitMs(failures - free) }
    })
  const uncount = (key: StateKey): Promise<void> =>
    change(key, ({ failures }) => ({ failures: Math.max(0, failures - 1), until: 0 }))

  return {
    begin: async ({ home, username, address }) => {
      const user = keyOf(home, 'user', username)
      const from = keyOf(GATEWAY_HOME, 'address', clientNetwork(address))
      // Whoever waits already is not counted once more.
      for (const { failures } of await Promise.all([read(user), read(from)]))
        refuseWaiting(failures)
      await count(user, FREE_OF_USER)
      await count(from, FREE_OF_ADDRESS)
      return {
        succeeded: async () => {
          await Promise.all([state.remove(user), uncount(from)])
        },
        withdraw: async () => {
          await Promise.all([uncount(user), uncount(from)])
        },
      }
    },
  }
}

function waitMs(beyondFree: number): number {
  return Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** beyondFree)
}

function lockedOut(retryAfterS: number): GatewayError {
  const message = 'Too many sign-ins have failed: try again later'
  return new GatewayError('LOCKED_OUT', message, { data: { retryAfterS } })
}

/** By its hash: some type their password where the name belongs. */
function keyOf(endpointId: EndpointId, of: 'user' | 'address', name: string): StateKey {
  const hash = createHash('sha256').update(name).digest('base64url')
  return { endpointId, kind: 'lockout', id: `${of}#${hash}` }
}
