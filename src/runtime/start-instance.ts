/** What an instance is, whatever holds it: a thread or a process with one bundle version. */
import type { OpenBundle } from '../bundles/bundles.js'
import type { NetworkAccess } from '../domain/network.js'
import type { GatewayMessage, InstanceMessage } from '../function-host/function-host.js'

/** Starts the place in which the code of one bundle version runs. */
export type StartInstance = (place: InstancePlace, events: InstanceEvents) => StartedInstance

/** Who shares an instance: calls of one bundle version whose modules ask for the same network. */
export interface InstancePlace {
  readonly bundle: OpenBundle
  readonly network: NetworkAccess
}

export interface InstanceEvents {
  message(message: InstanceMessage): void
  /** It died of itself; said once, with one sentence. Never after `stop`. */
  died(reason: string): void
}

export interface StartedInstance {
  send(message: GatewayMessage): void
  /** Delivers at once what has arrived already, as far as that is possible. */
  drain(): void
  /** Kills it, a busy loop too; settles when it is gone. */
  stop(): Promise<void>
}
