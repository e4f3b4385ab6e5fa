/** What whoever manages an endpoint sees and changes, on the tables and the memory of the catalog. */
import type { EndpointId } from '../domain/tenant.js'
import type { CatalogAdministration, Inventory } from './administration.js'
import { unavailable } from './bundle-definitions.js'
import type { Snapshot } from './catalog.js'
import type { ActivationParts } from './dynamo-activation.js'
import type { SnapshotLoader } from './dynamo-loading.js'
import { defineFunction, listFunctions, removeFunction } from './dynamo-operator-functions.js'
import { isRemembered, readPackage, registeredVersion } from './dynamo-packages.js'
import { removePackage, removeVersion } from './dynamo-removals.js'
import { changeSetting, readSettings } from './dynamo-setting-changes.js'
import { buildInventory } from './inventory.js'
import type { SnapshotCache } from './snapshot-cache.js'

export interface AdministrationParts extends ActivationParts {
  readonly loader: Pick<SnapshotLoader, 'sourceOf'>
  readonly snapshots: Pick<SnapshotCache, 'get' | 'expire'>
}

export function createDynamoAdministration(parts: AdministrationParts): CatalogAdministration {
  const { snapshots, loader } = parts
  const inventories = new WeakMap<Snapshot, Inventory>()
  /** Whatever comes of a change, the next look is at the database. */
  const changing = async <Result>(endpointId: EndpointId, change: Promise<Result>) => {
    try {
      return await change
    } finally {
      snapshots.expire(endpointId)
    }
  }
  return {
    async inventory(endpointId) {
      const snapshot = await snapshots.get(endpointId)
      const known = inventories.get(snapshot)
      if (known !== undefined) return known
      const source = loader.sourceOf(snapshot)
      if (source === undefined) throw new Error('a snapshot came from nowhere')
      const inventory = buildInventory(snapshot, source)
      inventories.set(snapshot, inventory)
      return inventory
    },

    async definitions(ref) {
      const { endpointId, packageName, sha256 } = ref
      const source = loader.sourceOf(await snapshots.get(endpointId))
      const seen = source?.packages.find((row) => row.package_name === packageName)
      const row =
        seen && isRemembered(seen, sha256)
          ? seen
          : await readPackage(parts.aws, endpointId, packageName)
      if (!row || !isRemembered(row, sha256))
        throw unavailable(ref, 'this package does not have it at this endpoint')
      const stored = await parts.definitions.read(registeredVersion(endpointId, row, sha256))
      return stored.definitions
    },

    async settings(endpointId) {
      const settings = await readSettings(parts, endpointId)
      // They may be of a package that is not in the snapshot yet.
      snapshots.expire(endpointId)
      return settings
    },
    changeSetting: (change) => changing(change.endpointId, changeSetting(parts, change)),
    defineFunction: (definition) =>
      changing(definition.endpointId, defineFunction(parts, definition)),
    definedFunctions: (endpointId) => listFunctions(parts, endpointId),
    removeFunction: (removal) => changing(removal.endpointId, removeFunction(parts, removal)),
    removePackage: (removal) => changing(removal.endpointId, removePackage(parts, removal)),
    removeVersion: (version) => changing(version.ref.endpointId, removeVersion(parts, version)),
  }
}
