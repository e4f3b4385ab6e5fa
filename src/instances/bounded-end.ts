/** Waits for the end of a thread or process, but not for ever. */
import type { Log } from '../telemetry/telemetry.js'

/** In milliseconds. A thread that hangs in a call of the system cannot be ended before that returns. */
const MAX_WAIT_MS = 3000

/** Settles when it is gone, or after a few seconds, which is logged. */
export async function waitForEnd(gone: Promise<unknown>, bundle: object, log: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      log.warn({ bundle, waitedMs: MAX_WAIT_MS }, 'an instance does not end')
      resolve()
    }, MAX_WAIT_MS)
  })
  await Promise.race([gone, late]).finally(() => clearTimeout(timer))
}
