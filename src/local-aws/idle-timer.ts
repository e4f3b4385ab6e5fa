import type { ServerResponse } from 'node:http'

/** Calls `onIdle` once, when for `idleMs` no request has been open; without a limit never. */
export function createIdleTimer(idleMs: number | undefined, onIdle: () => void) {
  let openRequests = 0
  const wait = () => (idleMs === undefined ? undefined : setTimeout(onIdle, idleMs))
  let timer = wait()
  return {
    /** Counts a request until its answer has ended, in whatever way. */
    count(response: ServerResponse): void {
      clearTimeout(timer)
      openRequests++
      response.once('close', () => {
        openRequests--
        if (openRequests > 0) return
        clearTimeout(timer)
        timer = wait()
      })
    },
    stop(): void {
      clearTimeout(timer)
    },
  }
}
