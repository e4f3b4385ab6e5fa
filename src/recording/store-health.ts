/** Whether records are taken at the moment: a breaker that lets one call a second try. */
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { Log } from '../telemetry/telemetry.js'

export interface StoreHealth {
  /** @throws GatewayError `RECORDS_UNAVAILABLE` while it is away */
  demand(): void
  wrote(): void
  /** It will be tried again. */
  failed(error: unknown): void
  gaveUp(): void
}

/** Between two calls that find out whether it is back, in milliseconds. */
const PROBE_MS = 1000

/** Between two log lines about failures, in milliseconds: there may be thousands in between. */
const LOG_EVERY_MS = 1000

export function createStoreHealth(clock: Clock, log: Log): StoreHealth {
  let isAway = false
  let probesAt = 0
  let logsAt = -Infinity
  let failures = 0
  return {
    demand() {
      if (!isAway) return
      const now = clock.now()
      if (now < probesAt) throw unavailable('the database does not take records at the moment')
      probesAt = now + PROBE_MS
    },
    wrote() {
      isAway = false
    },
    failed(error) {
      failures += 1
      const now = clock.now()
      if (now < logsAt) return
      logsAt = now + LOG_EVERY_MS
      log.warn({ err: error, failures }, 'records could not be written; trying again')
      failures = 0
    },
    gaveUp() {
      isAway = true
      probesAt = clock.now() + PROBE_MS
    },
  }
}

export function unavailable(reason: string): GatewayError {
  return new GatewayError('RECORDS_UNAVAILABLE', `Nothing was run: ${reason}; try again`)
}
