import type { Writable } from 'node:stream'

/**
 * Whoever reads standard output may stop, such as `head`: then there is nobody to tell more, and
 * that is no error.
 *
 * @returns aborted when it has stopped
 */
export function endOfReading(stdout: Writable): AbortSignal {
  const over = new AbortController()
  stdout.on('error', (error) => {
    if (!('code' in error) || error.code !== 'EPIPE') throw error
    over.abort()
  })
  return over.signal
}
