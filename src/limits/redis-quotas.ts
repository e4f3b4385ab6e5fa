/**
 * Points that all instances share, through Redis. While it is away each instance counts by itself:
 * nobody is refused for it, and a limit then holds for each instance.
 */
import { once } from 'node:events'
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'
import { createClient } from 'redis'
import type { Log } from '../telemetry/telemetry.js'
import { toQuota } from './library-quota.js'
import { MINUTE_S, type Quotas } from './quota.js'

export interface RedisQuotasOptions {
  /** `redis://` or `rediss://`; it may hold a password, so it is never logged. */
  readonly url: string
  readonly log: Log
  /** How long a minute is; only tests have shorter ones. */
  readonly minuteS?: number | undefined
}

/** For a connection to open, and for each command: a request waits for it. */
const TIMEOUT_MS = 500
const PING_MS = 3000
/** A connection that is silent for this long is dead. */
const SILENCE_MS = 10_000

export function createRedisQuotas(options: RedisQuotasOptions): Quotas {
  const { minuteS: duration = MINUTE_S } = options
  const client = openClient(options)
  const connected = connectOnce(client)
  return {
    open: (name, points) =>
      toQuota(points, async () => {
        await connected
        return new RateLimiterRedis({
          storeClient: client,
          useRedisPackage: true,
          rejectIfRedisNotReady: true,
          keyPrefix: `mcp:limits:${name}`,
          points,
          duration,
          insuranceLimiter: new RateLimiterMemory({ points, duration }),
        })
      }),
    close: () => client.destroy(),
  }
}

/** One of its own: what waits for events must not hold up requests. */
function openClient({ url, log }: RedisQuotasOptions) {
  let isAway = false
  const client = createClient({
    url,
    name: 'mcp-limits',
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    commandOptions: { timeout: TIMEOUT_MS },
    pingInterval: PING_MS,
    socket: {
      connectTimeout: TIMEOUT_MS,
      socketTimeout: SILENCE_MS,
      reconnectStrategy: backOffMs,
    },
  })
  client.on('ready', () => {
    if (isAway) log.info({}, 'Redis is back: instances count requests together again')
    isAway = false
  })
  client.on('error', (err) => {
    if (!isAway) log.warn({ err }, 'Redis is away: each instance counts requests by itself')
    isAway = true
  })
  return client
}

/** Doubles up to two seconds, half of it by chance: instances shall not all come back at once. */
function backOffMs(failures: number): number {
  return Math.min(2000, 50 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random() / 2)
}

/** Settles with the first attempt, whatever comes of it; never rejects. */
async function connectOnce(client: ReturnType<typeof openClient>): Promise<void> {
  const first = once(client, 'ready', { signal: AbortSignal.timeout(TIMEOUT_MS) })
  client.connect().catch(() => undefined)
  // An error event ends the waiting too.
  await first.catch(() => undefined)
}
