/** Hears the gateway's own stream for as long as it is open, however late the log comes. */
import { GATEWAY_HOME } from '../domain/caller.js'
import { endpointStream, type EventListener, type EventLog } from '../events/events.js'
import type { Log } from '../telemetry/telemetry.js'

export const PEERS_STREAM = endpointStream(GATEWAY_HOME)

export interface Hearing {
  readonly isOpen: boolean
  /** Settles after the first attempt, whatever came of it. */
  open(): Promise<void>
  close(): void
}

export interface HearingParts {
  readonly events: Pick<EventLog, 'subscribe'>
  readonly log: Log
  /** Until the second attempt, in milliseconds; it doubles. Default: 100. */
  readonly firstRetryMs?: number | undefined
}

const FIRST_RETRY_MS = 100
/** Between two attempts at most, in milliseconds. */
const MAX_RETRY_MS = 5000

export function createHearing(parts: HearingParts, listener: EventListener): Hearing {
  const { events, log, firstRetryMs = FIRST_RETRY_MS } = parts
  let stop: (() => void) | undefined
  let timer: NodeJS.Timeout | undefined
  let opening: Promise<void> | undefined
  let retryMs = firstRetryMs
  let isClosed = false

  const attempt = async () => {
    try {
      const unsubscribe = await events.subscribe(PEERS_STREAM, listener)
      if (isClosed) unsubscribe()
      else stop = unsubscribe
    } catch (err) {
      if (isClosed) return
      if (retryMs === firstRetryMs)
        log.warn({ err }, 'other instances are not heard yet: it is tried again')
      timer = setTimeout(() => void attempt(), retryMs).unref()
      retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)
    }
  }
  return {
    get isOpen() {
      return stop !== undefined
    },
    open: () => {
      opening ??= attempt()
      return opening
    },
    close: () => {
      isClosed = true
      clearTimeout(timer)
      stop?.()
      stop = undefined
    },
  }
}
