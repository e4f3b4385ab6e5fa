/** One thread that hashes and compares passwords; started by the first of them. */
import { Worker } from 'node:worker_threads'
import { GatewayError } from '../domain/errors.js'
import type { PasswordJob } from './password-worker.js'

export interface PasswordWork {
  /**
   * @param cost of bcrypt: each step doubles the work
   * @param leaves places for others to wait in, at least; default: 0
   * @throws GatewayError `BUSY` when too many wait
   */
  hash(password: string, cost: number, leaves?: number): Promise<string>
  /** @throws GatewayError `BUSY` when too many wait */
  compare(password: string, hash: string): Promise<boolean>
  /** Refuses those that wait, and those that come later, with `SHUTTING_DOWN`. */
  close(): Promise<void>
}

export interface PasswordThreadOptions {
  /** The compiled `password-worker.js`. */
  readonly entry: URL
  /** Beside the one that runs; each takes a quarter of a second or more. Default: 64. */
  readonly maxWaiting?: number | undefined
}

interface Waiting {
  readonly job: PasswordJob
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: unknown) => void
}

export function createPasswordThread({
  entry,
  maxWaiting = 64,
}: PasswordThreadOptions): PasswordWork {
  const waiting: Waiting[] = []
  let running: Waiting | undefined
  let worker: Worker | undefined
  let isClosed = false

  const next = () => {
    running = waiting.shift()
    if (running === undefined) {
      // Nobody waits for it: it keeps no process alive.
      worker?.unref()
      return
    }
    worker ??= start()
    worker.ref()
    worker.postMessage(running.job, [])
  }
  const start = (): Worker => {
    const started = new Worker(entry, { env: {}, argv: [], execArgv: [] })
    started.on('message', (answer: unknown) => {
      running?.resolve(answer)
      next()
    })
    const die = (error: unknown) => {
      if (worker !== started) return
      worker = undefined
      running?.reject(error)
      next()
    }
    started.on('error', die)
    started.on('exit', (code) => die(new Error(`the thread of passwords ended with code ${code}`)))
    return started
  }
  const ask = (job: PasswordJob, leaves = 0): Promise<unknown> => {
    if (isClosed) throw shuttingDown()
    if (running !== undefined && waiting.length >= maxWaiting - leaves) throw tooManyPasswords()
    return new Promise((resolve, reject) => {
      waiting.push({ job, resolve, reject })
      if (running === undefined) next()
    })
  }

  return {
    hash: async (password, cost, leaves) =>
      String(await ask({ kind: 'hash', password, cost }, leaves)),
    compare: async (password, hash) => (await ask({ kind: 'compare', password, hash })) === true,
    close: async () => {
      isClosed = true
      const ending = worker
      worker = undefined
      const over = shuttingDown()
      for (const { reject } of waiting.splice(0)) reject(over)
      running?.reject(over)
      running = undefined
      await ending?.terminate()
    },
  }
}

function shuttingDown(): GatewayError {
  return new GatewayError('SHUTTING_DOWN', 'This server is shutting down')
}

export function tooManyPasswords(): GatewayError {
  const data = { retryAfterS: 1 }
  return new GatewayError('BUSY', 'Too many sign in at this moment: try again', { data })
}
