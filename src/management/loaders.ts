/** What several fields of one request ask for, read together and once. */
import DataLoader from 'dataloader'
import type { ListedCall } from '../calls/calls.js'
import type { Inventory, ListedEndpoint, SettingState } from '../catalog/administration.js'
import type { BundleRef } from '../domain/bundle-ref.js'
import type { CallRecord } from '../domain/call.js'
import type { BundleDefinitions } from '../domain/capability.js'
import type { EndpointId } from '../domain/tenant.js'
import type { ApiKey } from '../keys/keys.js'
import type { ManagementParts } from './management.js'

export interface Loaders {
  /** Undefined for an endpoint that nobody has entered in the list. */
  listed(endpointId: EndpointId): Promise<ListedEndpoint | undefined>
  inventory(endpointId: EndpointId): Promise<Inventory>
  settings(endpointId: EndpointId): Promise<readonly SettingState[]>
  /** The oldest first. */
  keys(endpointId: EndpointId): Promise<readonly ApiKey[]>
  /** With what was said; undefined where the endpoint has no such call. */
  call(call: Pick<ListedCall, 'endpointId' | 'callId'>): Promise<CallRecord | undefined>
  definitions(ref: BundleRef): Promise<BundleDefinitions>
  /** After a change, within one request: what was read before it is read anew. */
  clear(): void
}

type LoadedParts = Pick<ManagementParts, 'administration' | 'calls' | 'endpoints' | 'keys'>

export function createLoaders(parts: LoadedParts): Loaders {
  const { administration, calls, endpoints, keys } = parts
  const entries = once((endpointId: EndpointId) => endpoints.read(endpointId))
  const inventories = once((endpointId: EndpointId) => administration.inventory(endpointId))
  const settings = once((endpointId: EndpointId) => administration.settings(endpointId))
  const keyLists = once((endpointId: EndpointId) => keys.list(endpointId))
  const callsOf = new Map<EndpointId, DataLoader<string, CallRecord | undefined>>()
  const callLoader = (endpointId: EndpointId) => {
    const known = callsOf.get(endpointId)
    if (known !== undefined) return known
    const loader = new DataLoader<string, CallRecord | undefined>(async (callIds) => {
      const found = await calls.readMany(endpointId, callIds)
      return callIds.map((callId) => found.get(callId))
    })
    callsOf.set(endpointId, loader)
    return loader
  }
  const versions = new DataLoader<BundleRef, BundleDefinitions, string>(
    (refs) => Promise.all(refs.map((ref) => administration.definitions(ref))),
    {
      cacheKeyFn: ({ endpointId, packageName, sha256 }) => `${endpointId} ${packageName} ${sha256}`,
    },
  )
  return {
    listed: entries.load,
    inventory: inventories.load,
    settings: settings.load,
    keys: keyLists.load,
    call: ({ endpointId, callId }) => callLoader(endpointId).load(callId),
    definitions: (ref) => versions.load(ref),
    clear: () => {
      for (const each of [entries, inventories, settings, keyLists, callsOf]) each.clear()
      versions.clearAll()
    },
  }
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
    clear: () => known.clear(),
  }
}
