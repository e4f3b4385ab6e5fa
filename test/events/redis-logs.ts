/** Event logs on a real Redis, as the instances of a gateway have them. */
import { systemClock } from '../../src/domain/clock.js'
import type { EventLog, Stream } from '../../src/events/events.js'
import { createRedisEventLog } from '../../src/events/redis-event-log.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { event } from './heard.js'

export const limits = { maxEvents: 1000, maxBytes: 1_000_000, maxAgeMs: 60_000 }

/** @param urlOf where Redis is when a log is opened */
export function createRedisLogs(urlOf: () => string) {
  const opened: EventLog[] = []
  return {
    open(other: Partial<typeof limits> = {}, timeoutMs = 2000, url = urlOf()): EventLog {
      const log = createRedisEventLog({
        url,
        limits: { ...limits, ...other },
        clock: systemClock,
        log: silentLog,
        timeoutMs,
      })
      opened.push(log)
      return log
    },
    async closeAll(): Promise<void> {
      await Promise.all(opened.splice(0).map((log) => log.close()))
    },
  }
}

/** Appends as soon as the log can be reached again. */
export async function appendWhenBack(log: EventLog, stream: Stream, n: number): Promise<string> {
  try {
    return await log.append(stream, event(n))
  } catch {
    return appendWhenBack(log, stream, n)
  }
}
