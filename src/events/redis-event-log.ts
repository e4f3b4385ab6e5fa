/**
 * The event log of several instances, in Redis Streams (Redis 6.2 or later, one shard): an entry's
 * id is the event's id, so what is replayed and what is heard come from one log.
 *
 * A key for each stream; it expires when nothing was appended for as long as events are kept.
 */
import type { Clock } from '../domain/clock.js'
import type { Log } from '../telemetry/telemetry.js'
import { eventsDropped, eventsUnavailable, readEventId } from './event-order.js'
import type { EventId, EventLimits, EventLog, LoggedEvent } from './events.js'
import { createRedisCommands, type RedisClient, type RedisCommands } from './redis-connection.js'
import { BEGINNING, type Place, type StreamEntry, toEvent } from './redis-followed.js'
import { createRedisReader } from './redis-reader.js'

export interface RedisEventLogOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string
  readonly limits: EventLimits
  readonly clock: Clock
  readonly log: Log
  /** Begins every key. Default: `mcp:events:`. */
  readonly keyPrefix?: string | undefined
  /** For each command, in milliseconds. Default: 2000. */
  readonly timeoutMs?: number | undefined
}

/** Connects when it is first used. */
export function createRedisEventLog(options: RedisEventLogOptions): EventLog {
  const { url, limits, clock, log, keyPrefix = 'mcp:events:', timeoutMs = 2000 } = options
  const connection = { url, timeoutMs }
  const commands = createRedisCommands({ ...connection, log })
  const { maxAgeMs } = limits
  const reader = createRedisReader({ connection, commands, keyPrefix, maxAgeMs, clock, log })
  let isClosed = false

  return {
    isShared: true,

    append: (stream, body) => {
      const json = JSON.stringify(body)
      return commands.run((client) => client.appendEvent(keyPrefix + stream, json, limits))
    },

    read: (stream, { after, limit }) => {
      const key = keyPrefix + stream
      return after === undefined
        ? commands.run(async (client) =>
            toEvents((await client.xRange(key, '-', '+', { COUNT: limit })) ?? []),
          )
        : readAfter(commands, { key, after, limit })
    },

    subscribe: async (stream, listener) => {
      const place = await commands.run((client) => newestPlace(client, keyPrefix + stream))
      if (isClosed) throw eventsUnavailable('it was closed')
      return reader.listen(stream, place, { listener, after: place.id })
    },

    close: async () => {
      isClosed = true
      await reader.close()
      commands.close()
    },
  }
}

/** One command reads the id and what comes after it: nothing can be trimmed in between. */
async function readAfter(
  commands: RedisCommands,
  { key, after, limit }: { readonly key: string; readonly after: EventId; readonly limit: number },
): Promise<LoggedEvent[]> {
  if (readEventId(after) === undefined) throw eventsDropped(after)
  const entries = await commands.run((client) =>
    client.xRange(key, after, '+', { COUNT: limit + 1 }),
  )
  const [first, ...later] = entries ?? []
  // Entries go from the oldest on, so one that is there has everything after it.
  if (first?.id !== after) throw eventsDropped(after)
  return toEvents(later)
}

function toEvents(entries: readonly StreamEntry[]): LoggedEvent[] {
  return entries.flatMap((entry) => toEvent(entry) ?? [])
}

async function newestPlace(client: RedisClient, key: string): Promise<Place> {
  const newest = (await client.xRevRange(key, '+', '-', { COUNT: 1 }))?.[0]
  return newest === undefined ? BEGINNING : { id: newest.id, total: Number(newest.message['t']) }
}
