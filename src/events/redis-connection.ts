/** Connections to Redis: the one for commands, which mends itself, and how any of them is opened. */
import { once } from 'node:events'
import { createClient } from 'redis'
import type { Log } from '../telemetry/telemetry.js'
import { eventsUnavailable } from './event-order.js'
import { scripts } from './redis-scripts.js'

export interface ConnectionOptions {
  /** `redis://` or `rediss://`; it may hold a password, so it is never logged. */
  readonly url: string
  /** For a connection to open, and for each command. */
  readonly timeoutMs: number
}

export type RedisClient = ReturnType<typeof openRedis>

interface SocketBehaviour {
  /** As operators see it in `CLIENT LIST`. */
  readonly name: string
  /** A connection that is silent for this long is dead. */
  readonly silenceMs: number
  /** Undefined when nothing is asked in between. */
  readonly pingMs?: number | undefined
  readonly reconnectStrategy: false | ((failures: number) => number)
}

/** Commands never wait for a connection: they fail, and the caller decides. */
export function openRedis({ url, timeoutMs }: ConnectionOptions, behaviour: SocketBehaviour) {
  const { name, silenceMs, pingMs, reconnectStrategy } = behaviour
  return createClient({
    url,
    name,
    scripts,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    commandOptions: { timeout: timeoutMs },
    ...(pingMs !== undefined && { pingInterval: pingMs }),
    socket: { connectTimeout: timeoutMs, socketTimeout: silenceMs, reconnectStrategy },
  })
}

/** Doubles up to two seconds, half of it by chance: instances shall not all come back at once. */
export function backOffMs(failures: number): number {
  return Math.min(2000, 50 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random() / 2)
}

export interface RedisCommands {
  /** @throws GatewayError `EVENTS_UNAVAILABLE` at the latest after the time limit */
  run<Result>(command: (client: RedisClient) => Promise<Result>): Promise<Result>
  close(): void
}

const PING_MS = 3000
const SILENCE_MS = 10_000

/** Connects when the first command comes. */
export function createRedisCommands(options: ConnectionOptions & { log: Log }): RedisCommands {
  const { log, timeoutMs } = options
  const client = openRedis(options, {
    name: 'mcp-events',
    silenceMs: SILENCE_MS,
    pingMs: PING_MS,
    reconnectStrategy: backOffMs,
  })
  let connecting: Promise<unknown> | undefined
  let isClosed = false
  let isAway = false
  // Every command that waits for the connection listens.
  client.setMaxListeners(0)
  client.on('ready', () => {
    if (isAway) log.info({}, 'Redis is back')
    isAway = false
  })
  client.on('error', (err) => {
    if (!isAway && !isClosed)
      log.warn({ err }, 'Redis is away: events are not told until it is back')
    isAway = true
  })

  /** A cut connection is waited for; the first attempt that fails ends the wait. */
  const connected = async (signal: AbortSignal) => {
    if (isClosed) throw eventsUnavailable('it was closed')
    const isReady = client.isReady ? undefined : once(client, 'ready', { signal })
    connecting ??= client.connect().catch(() => undefined)
    await isReady
  }

  return {
    async run(command) {
      if (isClosed) throw eventsUnavailable('it was closed')
      const signal = AbortSignal.timeout(timeoutMs)
      try {
        if (!client.isReady) await connected(signal)
        return await settledBy(signal, command(client))
      } catch (cause) {
        throw eventsUnavailable(isClosed ? 'it was closed' : 'Redis does not answer', { cause })
      }
    },

    close() {
      isClosed = true
      client.destroy()
      // Commands that wait for the connection hear of the end as of any failure to connect.
      client.emit('error', new Error('closed'))
    },
  }
}

function settledBy<Result>(signal: AbortSignal, result: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason)
    signal.addEventListener('abort', giveUp, { once: true })
    void result.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp))
  })
}
