/**
 * What is remembered here, and what is forgotten with it? The front door of the room; the table of
 * what falls with what is `cascade.ts`.
 */
import type { CacheKind } from '../domain/cache-kind.js'
import type { CacheEntries, Purge } from '../peers/peers.js'

export { createCaches } from './told-caches.js'

/** One part that remembers something of endpoints. It forgets nothing that a call still needs. */
export interface Memory {
  readonly kind: CacheKind
  count(endpointId: string): number | Promise<number>
  /**
   * @param keys only of these: ids of settings, names of packages, and of all else names of modules;
   * a part that cannot tell them apart forgets all
   * @returns how many it has forgotten
   */
  forget(endpointId: string, keys: ReadonlySet<string> | undefined): number | Promise<number>
  /**
   * Names of the modules that one of its own keys stands for; undefined where that is not known.
   * Absent: its keys are modules.
   */
  readonly modulesOf?: (endpointId: string, key: string) => ReadonlySet<string> | undefined
}

/** What instances have answered: each by what it remembers, or has forgotten. */
export interface InstanceEntries {
  readonly instanceId: string
  readonly entries: readonly CacheEntries[]
}

export interface Caches {
  /**
   * On every instance that hears of it; who answers within half a second is named. One that does not
   * hear of it, because the word is lost, forgets nothing.
   */
  purge(endpointId: string, purge: Purge): Promise<readonly InstanceEntries[]>
  describe(endpointId: string): Promise<readonly InstanceEntries[]>
}
