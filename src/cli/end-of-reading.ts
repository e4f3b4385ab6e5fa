import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type { Program } from './program.js'

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

/** Aborted when whoever has started a command that goes on wants no more of it. */
export function untilUnwanted({
  stdout,
  untilSignal,
}: Pick<Program, 'stdout' | 'untilSignal'>): AbortSignal {
  const interrupted = new AbortController()
  void untilSignal().then(() => interrupted.abort())
  return AbortSignal.any([endOfReading(stdout), interrupted.signal])
}

/** Waits for a reader that is slow, so that nothing piles up here. */
export async function writeLines(
  stdout: Writable,
  lines: readonly string[],
  over: AbortSignal,
): Promise<void> {
  const text = lines.map((line) => `${line}\n`).join('')
  if (text === '' || stdout.write(text)) return
  await once(stdout, 'drain', { signal: over }).catch(() => undefined)
}
