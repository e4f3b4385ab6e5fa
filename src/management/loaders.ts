/** What several fields of one request ask for, read together and once. */
import DataLoader from 'dataloader'
import type { ListedCall } from '../calls/calls.js'
import type { Inventory, ListedEndpoint, SettingState } from '../catalog/administration.js'
import type { BundleRef } from '../domain/bundle-ref.js'
import type { CallRecord } from '../domain/call.js'
import type { BundleDefinitions } from '../domain/capability.js'
import type { EndpointId } from '../domain/tenant.js'
import type { ApiKey } from '../keys/keys.js'
import { createCallPayloads } from './call-payloads.js'
import type { ManagementParts } from './management.js'

export interface Loaders {
  /** Undefined for an endpoint that nobody has entered in the list. */
  listed(endpointId: EndpointId): Promise<ListedEndpoint | undefined>
  inventory(endpointId: EndpointId): Promise<Inventory>
  settings(endpointId: EndpointId): Promise<readonly SettingState[]>
  /** The oldest first. */
  keys(endpointId: EndpointId): Promise<readonly ApiKey[]>
  /**
   * With what was said; undefined where the endpoint has no such call. One that cannot be read, or is
   * more than one answer holds, rejects alone.
   */
  call(call: Pick<ListedCall, 'endpointId' | 'callId'>): Promise<CallRecord | undefined>
  definitions(ref: BundleRef): Promise<BundleDefinitions>
  /** After a change, within one request: what was read before it is read anew. */
  clear(): void
  /** The same when another answer of the same request begins. */
  renew(): void
}

type LoadedParts = Pick<ManagementParts, 'administration' | 'calls' | 'endpoints' | 'keys'>

export function createLoaders(parts: LoadedParts): Loaders {
  const { administration, calls, endpoints, keys } = parts
  const entries = once((endpointId: EndpointId) => endpoints.read(endpointId))
  const inventories = once((endpointId: EndpointId) => administration.inventory(endpointId))
  const settings = once(async (endpointId: EndpointId) => {
    const found = await administration.settings(endpointId)
    // Their packages and classes may be newer than what was looked at before them.
    inventories.drop(endpointId)
    return found
  })
  const keyLists = once((endpointId: EndpointId) => keys.list(endpointId))
  const payloads = createCallPayloads(calls)
  const versions = new DataLoader<BundleRef, BundleDefinitions, string>(
    // One that is not in the store hides none of the others.
    (refs) => Promise.all(refs.map((ref) => administration.definitions(ref).catch(toError))),
    {
      cacheKeyFn: ({ endpointId, packageName, sha256 }) => `${endpointId} ${packageName} ${sha256}`,
    },
  )
  const clear = () => {
    for (const each of [entries, inventories, settings, keyLists, payloads]) each.clear()
    versions.clearAll()
  }
  return {
    listed: entries.load,
    inventory: inventories.load,
    settings: settings.load,
    keys: keyLists.load,
    call: ({ endpointId, callId }) => payloads.load(endpointId, callId),
    definitions: (ref) => versions.load(ref),
    clear,
    renew: () => {
      clear()
      payloads.renew()
    },
  }
}

function toError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause), { cause })
}

/** One reading for an endpoint, however many fields ask. */
function once<Value>(read: (endpointId: EndpointId) => Promise<Value>) {
  const known = new Map<EndpointId, Promise<Value>>()
  return {
    load: (endpointId: EndpointId): Promise<Value> => {
      const value = known.get(endpointId) ?? read(endpointId)
      known.set(endpointId, value)
      return value
    },
    drop: (endpointId: EndpointId) => void known.delete(endpointId),
    clear: () => known.clear(),
  }
}
