/** Runs functions in processes of their own. */
import type { NetworkAccess } from '../domain/network.js'
import type { Outbound } from '../outbound/outbound.js'
import { createMemoryWatch, startProcess } from '../instances/instances.js'
import { createPooledExecutor, type PooledExecutorOptions } from './pooled-executor.js'
import type { Executor } from './runtime.js'

export interface ProcessExecutorOptions extends Omit<PooledExecutorOptions, 'kind' | 'start'> {
  /** The compiled `function-host/process-entry.js`. */
  readonly entry: URL
  /** MiB that a process may hold in all: its heap, and what lies outside of it. */
  readonly maxMemoryMb: number
  /** The most that any module gets, whatever it asks for. */
  readonly maxNetwork: NetworkAccess
  readonly outbound: Outbound
}

const MIB = 1024 * 1024

/**
 * Isolates what a worker does, and the file system outside of the bundle, child processes, native
 * add-ons, memory outside of the heap and, where Node can, the network.
 */
export function createProcessExecutor(options: ProcessExecutorOptions): Executor {
  const memory = createMemoryWatch({ maxBytes: options.maxMemoryMb * MIB })
  const executor = createPooledExecutor({
    ...options,
    kind: 'process',
    start: (place, events) => startProcess(place, { ...options, memory }, events),
  })
  return {
    ...executor,
    async close() {
      await executor.close()
      await options.outbound.close()
    },
  }
}
