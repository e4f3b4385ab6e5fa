/** What the code of an instance prints goes to the log; a flood is dropped, but read. */
import type { Readable } from 'node:stream'
import type { BundleRef } from '../domain/bundle-ref.js'
import { systemClock } from '../domain/clock.js'
import { createMessageBudget } from '../function-host/function-host.js'
import type { Log } from '../telemetry/telemetry.js'

/** Longer pieces of output are cut, in UTF-16 units. */
const MAX_OUTPUT_LENGTH = 8 * 1024

export interface Output {
  readonly stdout: Readable
  readonly stderr: Readable
}

/** @returns what was printed to stderr at last */
export function logOutput({ stdout, stderr }: Output, bundle: BundleRef, log: Log): () => string {
  const budget = createMessageBudget(systemClock)
  let last = ''
  const capture = (stream: Readable, name: string) => {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      const output = text.slice(0, MAX_OUTPUT_LENGTH)
      if (budget.take(output.length)) log.debug({ bundle, output }, `a bundle wrote to ${name}`)
      if (name === 'stderr') last = (last + output).slice(-MAX_OUTPUT_LENGTH)
    })
  }
  capture(stdout, 'stdout')
  capture(stderr, 'stderr')
  return () => last
}
