/** When to try again: soon at first, then more seldom, and never all pages at the same moment. */

/** Before the first try and between the later ones: milliseconds. Half of it is left to chance. */
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 10_000

/** What holds for less than this was no connection to speak of: milliseconds. */
const STEADY_MS = 10_000

/** @param {() => Promise<void>} connect */
export function createRetry(connect) {
  const over = new AbortController()
  const { signal } = over
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting
  /** @type {number | undefined} */
  let openedAt
  let failures = 0
  const again = () => {
    clearTimeout(waiting)
    waiting = undefined
    void connect()
  }
  /** Somebody looks at the page, or the network is back. */
  const hurry = () => {
    if (waiting !== undefined && document.visibilityState === 'visible') again()
  }
  window.addEventListener('online', hurry, { signal })
  document.addEventListener('visibilitychange', hurry, { signal })
  return {
    opened() {
      openedAt = performance.now()
    },
    later() {
      if (openedAt !== undefined && performance.now() - openedAt > STEADY_MS) failures = 0
      openedAt = undefined
      const longestMs = Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS)
      failures += 1
      clearTimeout(waiting)
      waiting = setTimeout(again, longestMs * (0.5 + Math.random() / 2))
    },
    stop() {
      over.abort()
      clearTimeout(waiting)
    },
  }
}
