/**
 * How often may a password be guessed? Attempts are counted before it is known how they end, so
 * that many at a time are no way around it, and in the state store, so that many instances are none.
 */
import { createHash } from 'node:crypto'
import { GATEWAY_HOME } from '../domain/caller.js'
import { clientNetwork } from '../domain/client-network.js'
import type { Clock } from '../domain/clock.js'
import type { StateKey, StateStore } from '../domain/state-store.js'
import type { EndpointId } from '../domain/tenant.js'
import { type Counter, createFailures, type Limit } from './failures.js'

export interface Lockout {
  /**
   * @throws GatewayError `LOCKED_OUT` with `data.retryAfterS`, for names that nobody has too;
   * `BUSY` when too many guess at the same moment
   */
  begin(guess: Guess): Promise<Attempt>
}

export interface Guess {
  readonly home: EndpointId
  readonly username: string
  /** Of the user, 0 for one whom nobody knows: with another password all is forgotten. */
  readonly epoch: number
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

/** Of a user from one client: nobody else can keep the user out. */
const OF_USER_AND_CLIENT: Limit = { free: 5, maxWaitMs: 15 * 60_000 }
/** Of a client, whomever it tries. */
const OF_CLIENT: Limit = { free: 20, maxWaitMs: 15 * 60_000 }
/** Of a user from everywhere: it slows down who has many addresses, and shuts nobody out for long. */
const OF_USER: Limit = { free: 50, maxWaitMs: 60_000 }

export interface LockoutParts {
  readonly state: StateStore
  readonly clock: Clock
}

export function createLockout(parts: LockoutParts): Lockout {
  const failures = createFailures(parts)
  return {
    begin: async (guess) => {
      const { pair, client, user } = countersOf(guess)
      const all = [pair, client, user]
      // Whoever waits already is not counted once more.
      await failures.refuseWaiting(all)
      const uncounts = new Map<Counter, () => Promise<void>>()
      const withdraw = async () => {
        await Promise.all([...uncounts.values()].map((uncount) => uncount()))
      }
      try {
        for (const each of all) uncounts.set(each, await failures.count(each))
      } catch (error) {
        await withdraw()
        throw error
      }
      return {
        succeeded: async () => {
          const forgotten = [pair, user].map(({ key }) => parts.state.remove(key))
          await Promise.all([...forgotten, uncounts.get(client)?.()])
        },
        withdraw,
      }
    },
  }
}

/** By hashes: some type their password where the name belongs. */
function countersOf({ home, username, epoch, address }: Guess) {
  const network = clientNetwork(address)
  const pair = keyOf(home, 'user-from', JSON.stringify([username, epoch, network]))
  const user = keyOf(home, 'user', JSON.stringify([username, epoch]))
  const client = keyOf(GATEWAY_HOME, 'address', network)
  return {
    pair: { key: pair, limit: OF_USER_AND_CLIENT },
    client: { key: client, limit: OF_CLIENT },
    user: { key: user, limit: OF_USER },
  }
}

function keyOf(endpointId: EndpointId, of: string, name: string): StateKey {
  const hash = createHash('sha256').update(name).digest('base64url')
  return { endpointId, kind: 'lockout', id: `${of}#${hash}` }
}
