/**
 * Where does the code of one bundle version run, and how does that end? A thread or a process: the
 * front door of the room. Which calls run in it, and for how long, is the runtime's.
 */
import type { OpenBundle } from '../bundles/bundles.js'
import type { NetworkAccess } from '../domain/network.js'
import type { GatewayMessage, InstanceMessage } from '../function-host/function-host.js'
import type { CpuUse } from './cpu-time.js'

export type { CpuUse } from './cpu-time.js'
export { createMemoryWatch } from './memory-watch.js'
export { DENIES_NETWORK } from './process-flags.js'
export { startProcess } from './start-process.js'
export { startWorker } from './start-worker.js'

/** Starts the place in which the code of one bundle version runs. */
export type StartInstance = (place: InstancePlace, events: InstanceEvents) => StartedInstance

/** Who shares an instance: calls of one bundle version whose modules ask for the same network. */
export interface InstancePlace {
  readonly bundle: OpenBundle
  readonly network: NetworkAccess
}

export interface InstanceLimits {
  /** Heap of one instance, in MiB. */
  readonly maxHeapMb: number
  /** UTF-8 bytes of one result's JSON. */
  readonly maxResultBytes: number
}

/** What concerns calls; the rest is between an instance and whoever starts it. */
export type RuntimeMessage = Exclude<InstanceMessage, readonly ['ready' | 'fetch', ...unknown[]]>

export interface InstanceEvents {
  message(message: RuntimeMessage): void
  /** It died of itself; said once, with one sentence. Never after `stop`. */
  died(reason: string): void
}

export interface StartedInstance {
  send(message: GatewayMessage): void
  /** Undefined before it is ready for code of the bundle, and when the system does not tell. */
  cpu(): CpuUse | undefined
  /** Kills it, a busy loop too; settles when it is gone, or seconds later when it hangs in the system. */
  stop(): Promise<void>
}
