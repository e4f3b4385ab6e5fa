/** How the process of an instance ends, and why. */
import type { ChildProcess } from 'node:child_process'
import type { MemoryWatch } from './memory-watch.js'

export interface Fate {
  /** Calls it once, when the process has ended. */
  onDeath(tell: (death: Death) => void): void
  /** Ends it at once, a busy loop too; the first reason counts. */
  kill(reason: string): void
  /** Ends it a moment from now, unless it ends by itself. */
  expire(reason: string): void
  /** The last thing that it said: what its code threw outside of any call. */
  thrown(stack: string): void
}

export interface Death {
  /** One sentence, without a subject. */
  readonly reason: string
  /** For the log alone. */
  readonly error?: string | undefined
}

export interface FateOptions {
  readonly memory: MemoryWatch
  readonly maxHeapMb: number
  /** What it has printed to stderr at last. */
  readonly lastStderr: () => string
}

const MIB = 1024 * 1024

/** From the end of its channel to its own end, in milliseconds. */
const LAST_MOMENTS_MS = 500

export function createFate(child: ChildProcess, options: FateOptions): Fate {
  const { memory, maxHeapMb, lastStderr } = options
  let killedFor: string | undefined
  let thrown: string | undefined

  const kill = (reason: string) => {
    killedFor ??= reason
    child.kill('SIGKILL')
  }
  const stopWatching = memory.watch(child.pid, (bytes) =>
    kill(`it held ${toMib(bytes)} MiB of memory, and ${toMib(memory.maxBytes)} are allowed`),
  )
  const reasonOf = (code: number | null, signal: string | null): string => {
    if (killedFor !== undefined) return killedFor
    if (lastStderr().includes('heap out of memory'))
      return `it reached its heap limit of ${maxHeapMb} MiB`
    if (thrown !== undefined) return 'an error was thrown outside of any call'
    if (signal !== null) return `it was ended by ${signal}`
    return `its code ended it (process.exit, code ${code})`
  }
  return {
    onDeath(tell) {
      child.once('error', ({ message }) => tell({ reason: `it could not be started: ${message}` }))
      child.once('close', (code, signal) => {
        stopWatching()
        tell({ reason: reasonOf(code, signal), error: thrown ?? (lastStderr() || undefined) })
      })
    },
    kill,
    expire(reason) {
      const timer = setTimeout(() => kill(reason), LAST_MOMENTS_MS).unref()
      child.once('exit', () => clearTimeout(timer))
    },
    thrown(stack) {
      thrown = stack
    },
  }
}

function toMib(bytes: number): number {
  return Math.round(bytes / MIB)
}
