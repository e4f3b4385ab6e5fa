/** Loads a bundle's modules in a throw-away instance, to see what is missing before it is served. */
import type { OpenBundle } from '../bundles/bundles.js'
import { GatewayError } from '../domain/errors.js'
import { shuttingDown } from './job-answer.js'
import type { MethodName } from './runtime.js'
import type { StartInstance } from '../instances/instances.js'

export interface TrialLoads {
  /** One sentence a problem. */
  run(bundle: OpenBundle, methods: readonly MethodName[]): Promise<string[]>
  close(): Promise<void>
}

/** Trial loads at the same time; one more is `BUSY`. */
const MAX_TRIAL_LOADS = 4

/** How long one may take where nothing else is said, in milliseconds. */
export const CHECK_TIMEOUT_MS = 10_000

export function createTrialLoads(start: StartInstance, timeoutMs: number): TrialLoads {
  const running = new Set<Promise<string[]>>()
  const closing = new AbortController()
  return {
    run(bundle, methods) {
      if (running.size >= MAX_TRIAL_LOADS)
        throw new GatewayError('BUSY', `${MAX_TRIAL_LOADS} bundles are being checked; try again`)
      const load = loadOnTrial(bundle, methods, { start, timeoutMs, signal: closing.signal })
      running.add(load)
      return load.finally(() => running.delete(load))
    },
    async close() {
      closing.abort()
      await Promise.allSettled(running)
    },
  }
}

interface TrialLoadOptions {
  readonly start: StartInstance
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

async function loadOnTrial(
  bundle: OpenBundle,
  methods: readonly MethodName[],
  { start, timeoutMs, signal }: TrialLoadOptions,
): Promise<string[]> {
  const { promise, resolve, reject } = createSettable<string[]>()
  const instance = start(
    { bundle, network: 'none' },
    {
      message: (message) => message[0] === 'problems' && resolve([...message[1]]),
      died: (reason) =>
        resolve([`The modules could not be loaded: their instance died, ${reason}`]),
    },
  )
  const timer = setTimeout(() => resolve([loadedTooLate(timeoutMs)]), timeoutMs)
  const onAbort = () => reject(shuttingDown())
  signal.addEventListener('abort', onAbort)
  instance.send(['check', methods])
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
    await instance.stop()
  }
}

/** The problem of modules that have not loaded in time. */
export function loadedTooLate(timeoutMs: number): string {
  return `The modules did not load within ${timeoutMs} ms`
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function createSettable<T>() {
  const ends: { resolve?: (value: T) => void; reject?: (error: Error) => void } = {}
  const promise = new Promise<T>((resolve, reject) => Object.assign(ends, { resolve, reject }))
  return {
    promise,
    resolve: (value: T) => ends.resolve?.(value),
    reject: (error: Error) => ends.reject?.(error),
  }
}
