/** A gateway's log as an author needs it: what the own code throws and prints, in plain words. */
import type { Writable } from 'node:stream'
import type { Log } from '../telemetry/telemetry.js'
import { toSourceStack } from './source-stack.js'

export interface DevLogOptions {
  /** In which the author works. */
  readonly folder: string
  readonly stderr: Writable
  /** Gets what is not about the author's code. */
  readonly rest: Log
}

export function createDevLog({ folder, stderr, rest }: DevLogOptions): Log {
  const tell = (heading: string, stack: string) =>
    stderr.write(`${heading}: ${toSourceStack(stack, folder)}\n`)
  return {
    debug(fields) {
      const { stack, output } = { stack: undefined, output: undefined, ...fields }
      if (typeof stack === 'string') tell('A function threw', stack)
      if (typeof output === 'string') stderr.write(output)
    },
    info: () => undefined,
    warn(fields, message) {
      const { error } = { error: undefined, ...fields }
      if (typeof error === 'string') tell(message, error)
      else rest.warn(fields, message)
    },
    error: (fields, message) => rest.error(fields, message),
  }
}
