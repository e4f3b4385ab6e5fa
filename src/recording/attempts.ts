/**
 * Tries with a limit of time, and the pauses between them: soon at first, later and later then,
 * never all at the same time.
 */
import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'

const FIRST_PAUSE_MS = 25
const LONGEST_PAUSE_MS = 1000

export interface Attempts {
  /**
   * Tries once. What takes longer than an attempt may is left to itself, should it not mind its
   * signal.
   */
  run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** @param failures how often it has failed in a row; at least 1 */
  pause(failures: number): Promise<void>
  /** No attempt goes on from here, and no pause. */
  end(): void
  readonly isOver: boolean
}

/** @param limitMs how long one attempt may take */
export function createAttempts(limitMs: number): Attempts {
  const running = new Set<AbortController>()
  const ended = new AbortController()
  // As many pauses as there are records that wait.
  setMaxListeners(0, ended.signal)
  return {
    async run(work) {
      ended.signal.throwIfAborted()
      const controller = new AbortController()
      const { signal } = controller
      const timer = setTimeout(() => controller.abort(tookTooLong(limitMs)), limitMs)
      running.add(controller)
      try {
        return await Promise.race([work(signal), rejectedBy(signal)])
      } finally {
        clearTimeout(timer)
        running.delete(controller)
      }
    },
    async pause(failures) {
      const most = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS)
      const pauseMs = most / 2 + (Math.random() * most) / 2
      // The only error there is: no pause goes on from here.
      await delay(pauseMs, undefined, { signal: ended.signal }).catch(() => undefined)
    },
    end() {
      const reason = new Error('the gateway has stopped')
      ended.abort(reason)
      for (const controller of running) controller.abort(reason)
    },
    get isOver() {
      return ended.signal.aborted
    },
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function tookTooLong(limitMs: number): Error {
  return new Error(`it took longer than ${limitMs} ms`)
}
