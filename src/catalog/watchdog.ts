/** Ends synchronous code that takes too long, backtracking regular expressions included. */
import { createContext, Script } from 'node:vm'
import { isJsonObject } from '../domain/json.js'

/** What was asked for did not end in time; nothing of it goes on. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut'
  readonly limitMs: number

  constructor(limitMs: number, options?: ErrorOptions) {
    super(`took longer than ${limitMs} ms`, options)
    this.limitMs = limitMs
  }
}

const nothing = () => undefined
let pending: () => unknown = nothing

/** V8 ends a script in time, and whatever the script calls with it. */
const context = createContext({ run: () => pending() })
const script = new Script('run()', { filename: 'watchdog' })

/**
 * Runs work that neither waits for anything nor calls this again. The thread that watches makes
 * it about 0.1 ms slower: for what may be slow only.
 *
 * @param limitMs real time, in milliseconds; a native function that runs at its end is waited for
 * @returns what the work returns; what it throws passes through
 * @throws TimedOut
 */
export function runWithin<T>(limitMs: number, work: () => T): T {
  pending = work
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the script returns what the work does
    return script.runInContext(context, { timeout: limitMs }) as T
  } catch (error) {
    if (isTimeOut(error)) throw new TimedOut(limitMs, { cause: error })
    throw error
  } finally {
    pending = nothing
  }
}

/** It is an error of the script's own context, where `Error` is another one. */
function isTimeOut(error: unknown): boolean {
  return isJsonObject(error) && error['code'] === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
}
