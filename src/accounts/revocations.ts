/**
 * Has anything been taken back from the users of an endpoint? One number in the state store says so
 * for all of them: while it stays, what was found good before is good still, and nobody's row is
 * read again.
 */
import { randomUUID } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { StateKey, StateStore } from '../domain/state-store.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'

export interface Revocations {
  /** Something of this home was taken back: every instance looks again within 2 s. */
  announce(home: EndpointId): Promise<void>
  /**
   * Another one whenever something was taken back there; without a promise when it is known.
   *
   * @throws GatewayError `ACCOUNTS_UNAVAILABLE` when it could not be read for a minute
   */
  version(home: EndpointId): string | Promise<string>
}

export interface RevocationsParts {
  readonly state: StateStore
  readonly clock: Clock
  readonly log: Log
}

/** Younger than this it is simply used; then it is used, and read again beside that. */
const FRESH_MS = 700
/** Older than this it is waited for. */
const STALE_MS = 1500
/** While the store cannot be asked, what was read last holds for this long. */
const MAX_AGE_MS = 60_000
const MAX_HOMES = 10_000
/** For ever, as far as rows go: who was disabled once is disabled until somebody says otherwise. */
const KEPT_MS = 100 * 365 * 24 * 3_600_000

/** The version of a home where nothing was ever taken back. */
export const NOTHING_TAKEN_BACK = ''

interface Known {
  readonly version: string
  readonly readAt: number
}

export function createRevocations({ state, clock, log }: RevocationsParts): Revocations {
  const known = new LRUCache<string, Known>({ max: MAX_HOMES })
  const readings = new Map<string, Promise<string>>()

  const read = async (home: EndpointId): Promise<string> => {
    const readAt = clock.now()
    try {
      const stored = await state.read(keyOf(home))
      const version = stored?.version ?? NOTHING_TAKEN_BACK
      known.set(home, { version, readAt })
      return version
    } catch (cause) {
      const last = known.get(home)
      log.warn({ err: cause, home }, 'what was taken back could not be read')
      if (last !== undefined && clock.now() - last.readAt < MAX_AGE_MS) return last.version
      throw new GatewayError('ACCOUNTS_UNAVAILABLE', 'Who calls cannot be checked now', { cause })
    } finally {
      readings.delete(home)
    }
  }
  const readOnce = (home: EndpointId): Promise<string> => {
    const reading = readings.get(home) ?? read(home)
    readings.set(home, reading)
    return reading
  }

  return {
    announce: async (home) => {
      const key = keyOf(home)
      const item = { value: { mark: randomUUID() }, expiresAt: clock.now() + KEPT_MS }
      // Whoever wins, the version is another one than before.
      const stored = await state.read(key)
      if (stored === undefined) await state.create(key, item)
      else await state.replace(key, stored.version, item)
      known.delete(home)
    },
    version: (home) => {
      const last = known.get(home)
      const ageMs = last === undefined ? Infinity : clock.now() - last.readAt
      if (last === undefined || ageMs >= STALE_MS) return readOnce(home)
      if (ageMs >= FRESH_MS) void readOnce(home).catch(() => undefined)
      return last.version
    },
  }
}

function keyOf(home: EndpointId): StateKey {
  return { endpointId: home, kind: 'endpoint', id: 'revocations' }
}
