/** Runs functions in worker threads. */
import { createPooledExecutor, type PooledExecutorOptions } from './pooled-executor.js'
import type { Executor } from './runtime.js'
import { startWorker } from '../instances/instances.js'

export interface WorkerExecutorOptions extends Omit<PooledExecutorOptions, 'kind' | 'start'> {
  /** The compiled `function-host/worker-entry.js`. */
  readonly entry: URL
}

/**
 * Isolates faults: heap, CPU, globals, environment, standard output, crashes. It is no security
 * boundary: the file system, child processes and the network stay reachable.
 */
export function createWorkerExecutor(options: WorkerExecutorOptions): Executor {
  return createPooledExecutor({
    ...options,
    kind: 'worker',
    start: ({ bundle }, events) => startWorker(bundle, options, events),
  })
}
