/** The settings of limits → what counts, in this process or through Redis. */
import type { Config } from './config/config.js'
import type { Clock } from './domain/clock.js'
import { createDeferredQuotas } from './limits/deferred-quotas.js'
import {
  type AddressFailures,
  createAddressFailures,
  createLimits,
  type Limits,
} from './limits/limits.js'
import { createMemoryQuotas } from './limits/memory-quotas.js'
import type { Quotas } from './limits/quota.js'
import type { Log } from './telemetry/telemetry.js'

export interface OpenLimits {
  readonly limits: Limits
  close(): void
}

/** @returns undefined for stdio: its one client started this process */
export function openLimits(
  config: Config,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): OpenLimits | undefined {
  if (config.MCP_TRANSPORT === 'stdio') return undefined
  const quotas = openQuotas(config, log)
  const rules = {
    userPerMinute: config.RATE_USER_PER_MINUTE,
    keyPerMinute: config.RATE_KEY_PER_MINUTE,
    functionPerMinute: config.RATE_FUNCTION_PER_MINUTE,
    userBytesPerMinute: config.RATE_USER_BYTES_PER_MINUTE,
    endpointPerMinute: config.RATE_ENDPOINT_PER_MINUTE,
    endpointBytesPerMinute: config.RATE_ENDPOINT_BYTES_PER_MINUTE,
    callsPerUser: config.MAX_CALLS_PER_USER,
    callsPerEndpoint: config.MAX_CALLS_PER_ENDPOINT,
  }
  return { limits: createLimits(rules, { quotas, clock }), close: quotas.close }
}

export function openFailureLimit(config: Config, clock: Clock): AddressFailures {
  return createAddressFailures(config.RATE_FAILURES_PER_MINUTE, clock)
}

function openQuotas({ REDIS_URL: url }: Config, log: Log): Quotas {
  if (url === undefined) return createMemoryQuotas()
  return createDeferredQuotas(async () => {
    const { createRedisQuotas } = await import('./limits/redis-quotas.js')
    return createRedisQuotas({ url, log })
  })
}
