/** Points of this process alone. */
import { toQuota } from './library-quota.js'
import { MINUTE_S, type Quotas } from './quota.js'

/** @param minuteS how long a minute is; only tests have shorter ones */
export function createMemoryQuotas({ minuteS = MINUTE_S } = {}): Quotas {
  return {
    open: (_name, perMinute) =>
      toQuota(perMinute, async () => {
        const { RateLimiterMemory } = await import('rate-limiter-flexible')
        return new RateLimiterMemory({ points: perMinute, duration: minuteS })
      }),
    close: () => undefined,
  }
}
