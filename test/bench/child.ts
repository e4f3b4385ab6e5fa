/**
 * Child processes of a bench. Each is started as a group of its own, so that a terminal's Ctrl+C
 * reaches the bench alone, which then stops them in its order.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface Child {
  readonly process: ChildProcess
  readonly pid: number
  /** The next message that it sends. */
  message<T>(wait: Wait): Promise<T>
  /** The first match in a line of its standard output. */
  line(pattern: RegExp, wait: Wait): Promise<string>
  /** The end of what it wrote on standard error. */
  readonly errors: () => string
  readonly stop: () => Promise<void>
}

export interface Wait {
  readonly signal: AbortSignal
  readonly timeoutMs: number
}

const MAX_ERRORS_CHARS = 16 * 1024
/** From SIGTERM to SIGKILL. */
const STOP_TIMEOUT_MS = 10_000

export function watchChild(child: ChildProcess, name: string): Child {
  const { pid } = child
  if (pid === undefined) throw new Error(`${name} could not be started`)
  let written = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    written = (written + text).slice(-MAX_ERRORS_CHARS)
  })
  const errors = () => written

  /** Whatever comes first: the event, the end of the child, the time-out, the end of the bench. */
  const until = async <T>(listen: (signal: AbortSignal) => Promise<T>, wait: Wait): Promise<T> => {
    if (hasEnded(child)) throw new Error(`${name} has ended:\n${written}`)
    const settled = new AbortController()
    const signals = [wait.signal, settled.signal, AbortSignal.timeout(wait.timeoutMs)]
    const signal = AbortSignal.any(signals)
    const ended = once(child, 'close', { signal }).then(() => {
      throw new Error('it has ended')
    })
    try {
      return await Promise.race([listen(signal), ended])
    } catch (error) {
      wait.signal.throwIfAborted()
      const reason: unknown = signal.aborted ? signal.reason : error
      throw new Error(`${name} failed: ${String(reason)}\n${written}`, { cause: error })
    } finally {
      settled.abort()
    }
  }
  return {
    process: child,
    pid,
    errors,
    message: async <T>(wait: Wait) =>
      until(async (signal) => (await once(child, 'message', { signal }))[0] as T, wait),
    line: async (pattern, wait) => until((signal) => readLine(child, pattern, signal), wait),
    stop: () => stop(child),
  }
}

async function readLine(child: ChildProcess, pattern: RegExp, signal: AbortSignal) {
  if (child.stdout === null) throw new Error('its standard output is not read')
  for await (const line of createInterface({ input: child.stdout, signal })) {
    const [found] = pattern.exec(line) ?? []
    if (found === undefined) continue
    child.stdout.resume()
    return found
  }
  throw new Error(`it never said ${pattern}`)
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await ended
  clearTimeout(timer)
}
