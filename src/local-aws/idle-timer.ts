import type { ServerResponse } from 'node:http'

/** Calls `onIdle` once, when for `idleMs` no request has been open. */
export function createIdleTimer(idleMs: number, onIdle: () => void) {
  let openRequests = 0
  let timer = setTimeout(onIdle, idleMs)
  return {
    /** Counts a request until its answer has ended, in whatever way. */
    count(response: ServerResponse): void {
      clearTimeout(timer)
      openRequests++
      response.once('close', () => {
        openRequests--
        if (openRequests > 0) return
        clearTimeout(timer)
        timer = setTimeout(onIdle, idleMs)
      })
    },
    stop(): void {
      clearTimeout(timer)
    },
  }
}
