/**
 * One connection that waits for news of every stream that this instance listens to, each from where
 * it stands. When it breaks, the next one goes on from the same places.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../domain/clock.js'
import type { Log } from '../telemetry/telemetry.js'
import { isLater } from './event-order.js'
import type { EventId, Stream } from './events.js'
import {
  type Followed,
  isAt,
  type Place,
  tellEntries,
  type Told,
  tellGap,
} from './redis-followed.js'
import {
  backOffMs,
  type ConnectionOptions,
  openRedis,
  type RedisClient,
  type RedisCommands,
} from './redis-connection.js'

export interface RedisReaderOptions {
  readonly connection: ConnectionOptions
  readonly commands: RedisCommands
  readonly keyPrefix: string
  readonly maxAgeMs: number
  readonly clock: Clock
  readonly log: Log
}

export interface RedisReader {
  /** @param place the newest entry: what comes after it is heard. @returns the way to stop */
  listen(stream: Stream, place: Place, told: Told): () => void
  close(): Promise<void>
}

/** The longest look at the streams; a stream that the wake-up missed is heard after it. */
const MAX_BLOCK_MS = 5000
/** Entries of each stream in one answer. */
const COUNT = 64
const WAKE_EXPIRY_MS = 60_000

export function createRedisReader(options: RedisReaderOptions): RedisReader {
  const { commands, keyPrefix, clock, log } = options
  const followed = new Map<string, Followed>()
  const wakeKey = `${keyPrefix}wake:${randomUUID()}`
  const closing = new AbortController()
  const state: ReadState = { wakeKey, wakeId: '0-0', lookedAt: clock.now(), failures: 0 }
  let running: Promise<void> | undefined

  /** Ends the look that is waiting, so that the next one has all the streams. */
  const wake = () =>
    commands
      .run((client) =>
        client
          .multi()
          .xAdd(wakeKey, '*', { w: '1' }, { TRIM: { strategy: 'MAXLEN', threshold: 1 } })
          .pExpire(wakeKey, WAKE_EXPIRY_MS)
          .exec(),
      )
      .catch((err: unknown) => log.debug({ err }, 'the reader of events was not woken'))

  const follow = (stream: Stream, place: Place): Followed => {
    const key = keyPrefix + stream
    const known = followed.get(key)
    if (known !== undefined) return known
    const added = { stream, key, place, since: clock.now(), listeners: new Set<Told>() }
    followed.set(key, added)
    if (running === undefined) running = keepReading(options, { followed, state, closing })
    else void wake()
    return added
  }

  return {
    listen(stream, place, told) {
      const entry = follow(stream, place)
      entry.listeners.add(told)
      return () => {
        entry.listeners.delete(told)
        if (entry.listeners.size === 0 && followed.get(entry.key) === entry)
          followed.delete(entry.key)
      }
    },

    async close() {
      for (const { listeners } of followed.values()) listeners.clear()
      followed.clear()
      closing.abort()
      await running
    },
  }
}

interface ReadState {
  readonly wakeKey: string
  wakeId: EventId
  /** When the last look ended, in milliseconds since 1970. */
  lookedAt: number
  /** In a row. */
  failures: number
}

interface Reading {
  readonly followed: ReadonlyMap<string, Followed>
  readonly state: ReadState
  readonly closing: AbortController
}

/** Connects anew whenever the connection breaks, until it is closed. */
async function keepReading(options: RedisReaderOptions, reading: Reading): Promise<void> {
  const { signal } = reading.closing
  while (!signal.aborted) {
    try {
      await readUntilBroken(options, reading)
    } catch (err) {
      if (signal.aborted) return
      const isFirst = reading.state.failures++ === 0
      if (isFirst) options.log.warn({ err }, 'the reader of events lost Redis and connects again')
      await sleep(backOffMs(reading.state.failures), undefined, { signal }).catch(() => undefined)
    }
  }
}

async function readUntilBroken(options: RedisReaderOptions, reading: Reading): Promise<never> {
  const { signal } = reading.closing
  const client = openRedis(options.connection, {
    name: 'mcp-events-reader',
    silenceMs: MAX_BLOCK_MS + options.connection.timeoutMs,
    reconnectStrategy: false,
  })
  // Whatever breaks rejects what was asked.
  client.on('error', () => undefined)
  const end = () => client.destroy()
  signal.addEventListener('abort', end, { once: true })
  try {
    await client.connect()
    await checkPlaces(client, options, reading)
    for (;;) {
      await look(client, options, reading)
      reading.state.failures = 0
    }
  } finally {
    signal.removeEventListener('abort', end)
    client.destroy()
  }
}

/** After a time without a connection: does the log still reach back to every place? */
async function checkPlaces(
  client: RedisClient,
  { maxAgeMs, clock, log }: RedisReaderOptions,
  { followed, state }: Reading,
): Promise<void> {
  const now = clock.now()
  const check = async (entry: Followed) => {
    const isLong = now - Math.max(state.lookedAt, entry.since) >= maxAgeMs
    const { id } = entry.place
    const reach = await client.checkReach(entry.key, { id, maxAgeMs, isLong })
    if (reach.isWhole || !isAt(entry, id)) return
    // A log that went back to before the place is heard from its end.
    entry.place = { id: isLater(id, reach.newestId) ? reach.newestId : id, total: undefined }
    tellGap(entry, log)
  }
  await Promise.all([...followed.values()].map(check))
}

/** Waits for news once, and tells them. */
async function look(
  client: RedisClient,
  { clock, log, maxAgeMs }: RedisReaderOptions,
  { followed, state }: Reading,
): Promise<void> {
  const asked = new Map(followed)
  const streams = [...asked.values()].map(({ key, place }) => ({ key, id: place.id }))
  const wake = { key: state.wakeKey, id: state.wakeId }
  // Looks are more frequent than a stream can come and expire.
  const blockMs = Math.min(MAX_BLOCK_MS, Math.ceil(maxAgeMs / 2))
  const reply = await client.xRead([wake, ...streams], { BLOCK: blockMs, COUNT })
  state.lookedAt = clock.now()
  for (const { name, messages } of reply ?? []) {
    if (name === state.wakeKey) state.wakeId = messages.at(-1)?.id ?? state.wakeId
    const entry = asked.get(name)
    if (entry !== undefined) tellEntries(entry, messages, log)
  }
}
