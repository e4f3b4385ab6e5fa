/**
 * How an endpoint wants its calls to be recorded: one item of the state store, remembered for a
 * moment, so that a call costs no read.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import { isPointer, MAX_POINTERS, POINTER_RULE } from '../domain/json-pointer.js'
import { changeState } from '../domain/state-changes.js'
import type { StateKey, StateStore } from '../domain/state-store.js'
import type { EndpointId } from '../domain/tenant.js'
import { MAX_SHARDS } from './call-id.js'
import type { RecordSettings } from './calls.js'

const Settings = z.object({
  /** Over how many partitions its calls are spread; may only grow. */
  shards: z.number().int().min(1).max(MAX_SHARDS).default(1),
  /** JSON pointers into the arguments of every function, of what no record may hold. */
  redact: z.array(z.string()).default([]),
})

export interface CallSettingsStore {
  /** As they were at most 1.5 s ago; as they were known last while they cannot be read. */
  read(endpointId: EndpointId): Promise<RecordSettings>
  /** The same without waiting; undefined while they are being read. */
  recent(endpointId: EndpointId): RecordSettings | undefined
  /** The same without waiting: what is known, however old, or what an endpoint begins with. */
  peek(endpointId: EndpointId): RecordSettings
  /** @returns what is stored then */
  change(
    endpointId: EndpointId,
    change: (settings: RecordSettings) => RecordSettings,
  ): Promise<RecordSettings>
}

const DEFAULTS = Settings.parse({})

const REMEMBERED_MS = 1500

/** They are read again before they are forgotten, so that calls that go on find them at hand. */
const AHEAD_MS = 750

const MAX_REMEMBERED = 10_000

/** They have no end of their own: milliseconds since 1970, in the year 2500. */
const NEVER = Date.UTC(2500, 0)

/** For a reading that is not answered; what was known before it is used then, if anything was. */
const PATIENCE_MS = 1000

/** What is known of one endpoint. Times in milliseconds since 1970. */
interface Known {
  settings?: RecordSettings
  /** When the reading began that they come from. */
  readAt: number
  goodUntil: number
  reading?: Promise<RecordSettings> | undefined
}

export function createCallSettings(state: StateStore, clock: Clock): CallSettingsStore {
  const all = new LRUCache<string, Known>({ max: MAX_REMEMBERED })

  const knownOf = (endpointId: EndpointId): Known => {
    const found = all.get(endpointId)
    if (found !== undefined) return found
    const known: Known = { readAt: -Infinity, goodUntil: -Infinity }
    all.set(endpointId, known)
    return known
  }
  const reading = (endpointId: EndpointId, known: Known): Promise<RecordSettings> => {
    if (known.reading !== undefined) return known.reading
    known.reading = load(state, clock, { endpointId, known })
    // Nobody may wait for it; the next one who asks tries again.
    known.reading.catch(() => undefined)
    return known.reading
  }
  const recent = (endpointId: EndpointId): RecordSettings | undefined => {
    const known = knownOf(endpointId)
    const left = known.goodUntil - clock.now()
    if (left <= AHEAD_MS) void reading(endpointId, known)
    return left > 0 ? known.settings : undefined
  }
  return {
    recent,
    read: async (endpointId) => recent(endpointId) ?? reading(endpointId, knownOf(endpointId)),
    peek: (endpointId) => recent(endpointId) ?? knownOf(endpointId).settings ?? DEFAULTS,
    async change(endpointId, change) {
      const settings = await changeState(state, keyOf(endpointId), (stored) => {
        const value = Settings.parse(change(Settings.parse(stored?.value ?? {})))
        return { value, item: { value, expiresAt: NEVER } }
      })
      const readAt = clock.now()
      all.set(endpointId, { settings, readAt, goodUntil: readAt + REMEMBERED_MS })
      return settings
    },
  }
}

interface Reading {
  readonly endpointId: EndpointId
  readonly known: Known
}

async function load(
  state: StateStore,
  clock: Clock,
  { endpointId, known }: Reading,
): Promise<RecordSettings> {
  const readAt = clock.now()
  const stored = readStored(state, endpointId).then((settings) => {
    // It may come late, after another one that began later.
    if (readAt >= known.readAt) Object.assign(known, { settings, readAt })
    return settings
  })
  try {
    const settings = await Promise.race([stored, unanswered()])
    known.goodUntil = readAt + REMEMBERED_MS
    return settings
  } catch (error) {
    if (known.settings === undefined) throw error
    known.goodUntil = clock.now() + REMEMBERED_MS
    return known.settings
  } finally {
    known.reading = undefined
  }
}

async function readStored(state: StateStore, endpointId: EndpointId): Promise<RecordSettings> {
  const item = await state.read(keyOf(endpointId))
  return item === undefined ? DEFAULTS : Settings.parse(item.value)
}

/** @throws GatewayError `INVALID_PARAMS` for what no endpoint can have, and for fewer shards */
export function changeSettings(
  before: RecordSettings,
  { shards = before.shards, redact = before.redact }: Partial<RecordSettings>,
): RecordSettings {
  if (!Number.isInteger(shards) || shards < 1 || shards > MAX_SHARDS)
    throw invalid('shards', `must be a whole number from 1 to ${MAX_SHARDS}`)
  if (shards < before.shards)
    throw invalid('shards', `must be at least ${before.shards}: calls lie in as many already`)
  if (redact.length > MAX_POINTERS)
    throw invalid('redact', `may have at most ${MAX_POINTERS} pointers`)
  if (!redact.every(isPointer)) throw invalid('redact', `each must be ${POINTER_RULE}`)
  return { shards, redact: [...redact] }
}

function invalid(field: string, expected: string): GatewayError {
  return new GatewayError('INVALID_PARAMS', `${field}: ${expected}`)
}

async function unanswered(): Promise<never> {
  await delay(PATIENCE_MS, undefined, { ref: false })
  throw new Error('the settings of an endpoint cannot be read at the moment')
}

function keyOf(endpointId: EndpointId): StateKey {
  return { endpointId, kind: 'endpoint', id: 'calls' }
}
