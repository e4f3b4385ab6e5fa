/** Failures in a row, counted in the state store, and how long it is waited for them. */
import { z } from 'zod'
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import { createPlaces } from '../domain/places.js'
import type { StateKey, StateStore } from '../domain/state-store.js'
import { createKeyedTurns } from '../domain/turns.js'
import { tooManyPasswords } from './password-thread.js'

export interface Counter {
  readonly key: StateKey
  readonly limit: Limit
}

export interface Limit {
  /** Failures in a row that nobody waits for. */
  readonly free: number
  readonly maxWaitMs: number
}

export interface Failures {
  /** @throws GatewayError `LOCKED_OUT` with `data.retryAfterS`, of the longest that is waited for */
  refuseWaiting(counters: readonly Counter[]): Promise<void>
  /**
   * @returns the way to take it back, with the wait that came with it and no other
   * @throws GatewayError `LOCKED_OUT`; `BUSY` when too many are counted at the same moment
   */
  count(counter: Counter): Promise<() => Promise<void>>
}

/** After the first that is not free; it doubles with each. */
const FIRST_WAIT_MS = 1000

/** Failures are forgotten this long after the wait is over. */
const KEPT_MS = 15 * 60_000

/** Of one write that other instances are ahead of. */
const MAX_TRIES = 8

/** Of one counter: those that are counted here at the same moment, one after the other. */
const MAX_AT_A_TIME = 16

const Row = z.object({ failures: z.int(), until: z.number() })
type Row = z.infer<typeof Row>

const NONE: Row = { failures: 0, until: 0 }

export interface FailuresParts {
  readonly state: StateStore
  readonly clock: Clock
}

export function createFailures({ state, clock }: FailuresParts): Failures {
  const inTurn = createKeyedTurns()
  const enter = createPlaces(MAX_AT_A_TIME)

  const read = async (key: StateKey) => {
    const stored = await state.read(key)
    return { stored, row: stored ? Row.parse(stored.value) : NONE }
  }
  const change = (key: StateKey, to: (before: Row) => Row): Promise<void> =>
    inTurn(JSON.stringify(key), async () => {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const { stored, row } = await read(key)
        const value = to(row)
        const now = clock.now()
        const isNothing = value.failures === 0 && value.until <= now
        if (stored === undefined && isNothing) return
        // What is over this moment is as good as removed, and takes no other's count along.
        const item = { value, expiresAt: isNothing ? now : Math.max(value.until, now) + KEPT_MS }
        const isWritten = stored
          ? await state.replace(key, stored.version, item)
          : await state.create(key, item)
        if (isWritten) return
      }
      throw tooManyPasswords()
    })
  const refuse = ({ until }: Pick<Row, 'until'>): void => {
    const leftMs = until - clock.now()
    if (leftMs > 0) throw lockedOut(Math.ceil(leftMs / 1000))
  }
  const countOne = async ({ key, limit }: Counter) => {
    let own = 0
    await change(key, (before) => {
      refuse(before)
      const failures = before.failures + 1
      own = failures < limit.free ? 0 : clock.now() + waitMs(failures, limit)
      return { failures, until: own }
    })
    return () =>
      change(key, ({ failures, until }) => ({
        failures: Math.max(0, failures - 1),
        until: until === own ? 0 : until,
      }))
  }

  return {
    refuseWaiting: async (counters) => {
      const found = await Promise.all(counters.map(({ key }) => read(key)))
      const until = Math.max(0, ...found.map(({ row }) => row.until))
      refuse({ until })
    },
    count: async (counter) => {
      const leave = enter(JSON.stringify(counter.key))
      if (leave === undefined) throw tooManyPasswords()
      try {
        return await countOne(counter)
      } finally {
        leave()
      }
    },
  }
}

function waitMs(failures: number, { free, maxWaitMs }: Limit): number {
  return Math.min(maxWaitMs, FIRST_WAIT_MS * 2 ** (failures - free))
}

function lockedOut(retryAfterS: number): GatewayError {
  const message = 'Too many sign-ins have failed: try again later'
  return new GatewayError('LOCKED_OUT', message, { data: { retryAfterS } })
}
