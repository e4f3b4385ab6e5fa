/** How much of an endpoint this process remembers, and how that is forgotten. */
import { MCP_TYPES } from '../domain/capability.js'
import type { CatalogCounts, CatalogMemory, RememberedModule } from './administration.js'
import type { DefinitionStore } from './bundle-definitions.js'
import type { CatalogFunction, Snapshot } from './catalog.js'
import type { SnapshotLoader } from './dynamo-loading.js'
import type { SnapshotSource } from './inventory.js'
import type { ActiveBundle } from './snapshot.js'
import type { SnapshotCache } from './snapshot-cache.js'

export interface CatalogMemoryParts {
  readonly snapshots: Pick<SnapshotCache, 'remembered' | 'expire' | 'forget'>
  readonly loader: Pick<SnapshotLoader, 'sourceOf'>
  readonly definitions: Pick<DefinitionStore, 'forget'>
}

const NOTHING: CatalogCounts = { settings: 0, modules: 0, functions: 0, snapshots: 0 }

export function createCatalogMemory({
  snapshots,
  loader,
  definitions,
}: CatalogMemoryParts): CatalogMemory {
  return {
    count(endpointId) {
      const snapshot = snapshots.remembered(endpointId)
      const source = snapshot && loader.sourceOf(snapshot)
      return snapshot && source ? countsOf(snapshot, source.bundles) : NOTHING
    },
    modules(endpointId) {
      const snapshot = snapshots.remembered(endpointId)
      const source = snapshot && loader.sourceOf(snapshot)
      return snapshot && source ? modulesOf(snapshot, source) : undefined
    },
    expire: (endpointId) => snapshots.expire(endpointId),
    forget(endpointId) {
      definitions.forget(endpointId)
      return snapshots.forget(endpointId)
    },
  }
}

function modulesOf(snapshot: Snapshot, { packages, bundles }: SnapshotSource): RememberedModule[] {
  const listed = MCP_TYPES.flatMap((type) => snapshot.list(type))
  const all = [...listed, ...snapshot.disabled]
  return bundles.flatMap(({ ref: { packageName }, definitions: { modules } }) => {
    const row = packages.find((each) => each.package_name === packageName)
    const versions = row ? [row.active_sha256, ...row.previous_sha256] : []
    return modules.map(({ moduleName, className, settingId }) => {
      const isOwn = ({ target }: CatalogFunction) =>
        target.bundle.packageName === packageName &&
        target.moduleName === moduleName &&
        target.className === className
      const functions = all.filter(isOwn).length
      return { packageName, versions, moduleName, className, settingId, functions }
    })
  })
}

function countsOf(snapshot: Snapshot, bundles: readonly ActiveBundle[]): CatalogCounts {
  const sum = (count: (bundle: ActiveBundle) => number) =>
    bundles.reduce((total, bundle) => total + count(bundle), 0)
  return {
    settings: sum(({ settings }) => settings.size),
    modules: sum(({ definitions }) => definitions.modules.length),
    functions: MCP_TYPES.reduce(
      (total, type) => total + snapshot.list(type).length,
      snapshot.disabled.length,
    ),
    snapshots: 1,
  }
}
