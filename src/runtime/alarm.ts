/** One timer for many points in time, so that a call costs no timer of its own. */
import type { Clock } from '../domain/clock.js'

export interface Alarm {
  /** Rings at this time (milliseconds since 1970) or earlier. */
  setFor(timeMs: number): void
  clear(): void
}

/** The longest delay that a Node timer takes, in milliseconds. */
const MAX_DELAY_MS = 2 ** 31 - 1

/**
 * @param ring does what is due and says when to ring next, or undefined for not at all; called once
 * what has arrived by then was read: whoever answered in time is not late because this process was
 */
export function createAlarm(clock: Clock, ring: (now: number) => number | undefined): Alarm {
  let timer: NodeJS.Timeout | undefined
  let afterReading: NodeJS.Immediate | undefined
  let ringsAt = Infinity

  const clear = () => {
    clearTimeout(timer)
    clearImmediate(afterReading)
    ringsAt = Infinity
  }
  const onTimer = () => {
    afterReading = setImmediate(ringNow)
  }
  const ringNow = () => {
    clear()
    const next = ring(clock.now())
    if (next !== undefined) setFor(next)
  }
  const setFor = (timeMs: number) => {
    if (timeMs >= ringsAt) return
    clearTimeout(timer)
    ringsAt = timeMs
    const delayMs = Math.ceil(timeMs - clock.now())
    timer = setTimeout(onTimer, Math.min(Math.max(delayMs, 0), MAX_DELAY_MS))
  }
  return { setFor, clear }
}
