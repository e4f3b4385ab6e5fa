/** Runs functions in worker threads, one warm instance per tenant and bundle version. */
import { systemClock, type Clock } from '../domain/clock.js'
import { createInstancePool } from './instance-pool.js'
import { refuseEnded, shuttingDown } from './job-answer.js'
import type { Executor } from './runtime.js'
import type { WorkerOptions } from './start-worker.js'
import { createTrialLoads } from './trial-load.js'

export interface WorkerExecutorOptions extends WorkerOptions {
  readonly clock?: Clock | undefined
  /** How long a trial load may take, in milliseconds; default 10,000. */
  readonly checkTimeoutMs?: number | undefined
}

/**
 * Isolates faults: heap, CPU, globals, environment, standard output, crashes. It is no security
 * boundary: the file system, child processes and the network stay reachable.
 */
export function createWorkerExecutor(options: WorkerExecutorOptions): Executor {
  const { clock = systemClock, checkTimeoutMs = 10_000 } = options
  const pool = createInstancePool({ ...options, clock })
  const trialLoads = createTrialLoads(options, checkTimeoutMs)
  let isClosed = false
  const refuseClosed = () => {
    if (isClosed) throw shuttingDown()
  }
  return {
    kind: 'worker',
    run: (job) =>
      new Promise((resolve, reject) => {
        refuseClosed()
        refuseEnded(job, clock)
        pool.instanceFor(job).run(job, { resolve, reject })
      }),
    async check(bundle, methods) {
      refuseClosed()
      return trialLoads.run(bundle, methods)
    },
    async close() {
      isClosed = true
      await Promise.all([pool.close(), trialLoads.close()])
    },
  }
}
