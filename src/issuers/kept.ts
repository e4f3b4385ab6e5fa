/**
 * Something that another machine tells us: asked for when it is first needed, kept, and asked for
 * again now and then. While that machine is away, what it told last holds for a while.
 */
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { Log } from '../telemetry/telemetry.js'

export interface Kept<Value> {
  /** @throws GatewayError `ACCOUNTS_UNAVAILABLE` when it cannot be had, and none is kept */
  get(): Promise<Value>
  /** The newest that may be had: it is asked for again, at most once in 10 s. */
  renew(): Promise<Value>
}

export interface KeptParts<Value> {
  /** What it is, for the log. */
  readonly name: string
  readonly load: () => Promise<Value>
  readonly clock: Clock
  readonly log: Log
}

/** Older than this it is used, and asked for again beside that. */
const FRESH_MS = 10 * 60_000
/** Older than this it is not used any longer. */
const MAX_AGE_MS = 12 * 3_600_000
/**
 * Between two attempts that nothing but an unknown key asks for: so long one that is new may wait
 * when others make up keys, and so often the other machine is asked for those.
 */
const RENEW_MS = 10_000
/** After the first failure; doubled after each, up to the last. */
const RETRY_MS = 1_000
const MAX_RETRY_MS = 30_000

interface Held<Value> {
  readonly value: Value
  readonly loadedAt: number
}

export function createKept<Value>({ name, load, clock, log }: KeptParts<Value>): Kept<Value> {
  let held: Held<Value> | undefined
  let loading: Promise<Value> | undefined
  let triedAt = -Infinity
  let failures = 0

  const start = async (): Promise<Value> => {
    triedAt = clock.now()
    try {
      const value = await load()
      held = { value, loadedAt: clock.now() }
      failures = 0
      return value
    } catch (cause) {
      failures++
      log.warn({ err: cause, failures }, `${name} could not be read`)
      throw unavailable(cause)
    } finally {
      loading = undefined
    }
  }
  const loadOnce = (): Promise<Value> => (loading ??= start())
  const restMs = () => (failures === 0 ? 0 : Math.min(RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS))
  const mayTry = (minMs = 0) => clock.now() - triedAt >= Math.max(minMs, restMs())
  const usable = () =>
    held !== undefined && clock.now() - held.loadedAt < MAX_AGE_MS ? held : undefined

  return {
    get: async () => {
      const known = usable()
      if (known === undefined) {
        if (loading === undefined && !mayTry()) throw unavailable()
        return loadOnce()
      }
      const isOld = clock.now() - known.loadedAt >= FRESH_MS
      if (isOld && mayTry()) loadOnce().catch(() => undefined)
      return known.value
    },
    renew: async () => {
      const known = usable()
      if (loading === undefined && !mayTry(RENEW_MS)) {
        if (known === undefined) throw unavailable()
        return known.value
      }
      if (known === undefined) return loadOnce()
      return loadOnce().catch(() => known.value)
    },
  }
}

function unavailable(cause?: unknown): GatewayError {
  return new GatewayError('ACCOUNTS_UNAVAILABLE', 'Who calls cannot be checked now', { cause })
}
