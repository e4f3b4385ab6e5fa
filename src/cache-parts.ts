/** Which parts of this instance remember something of an endpoint? One of each kind. */
import type { Bundles } from './bundles/bundles.js'
import type { Memory } from './cache/cache.js'
import type { CatalogMemory, RememberedModule } from './catalog/administration.js'
import type { CacheKind } from './domain/cache-kind.js'
import type { Executor } from './runtime/runtime.js'

export interface RememberingParts {
  readonly catalog: CatalogMemory
  readonly executor: Pick<Executor, 'count' | 'retire'>
  readonly bundles: Pick<Bundles, 'count' | 'forget'>
}

export function openMemories({ catalog, executor, bundles }: RememberingParts): Memory[] {
  const modules = (endpointId: string) => catalog.modules(endpointId) ?? []
  const countIn = (
    kind: CacheKind,
    count: (modules: readonly RememberedModule[]) => number,
    keyOf: (module: RememberedModule) => string,
  ): Memory => ({
    kind,
    count: (endpointId) => count(modules(endpointId)),
    // They are part of the snapshot, which falls with them.
    forget: (endpointId, keys) =>
      count(modules(endpointId).filter((module) => isIn(keys, keyOf(module)))),
  })
  const namesWhere = (endpointId: string, isMeant: (module: RememberedModule) => boolean) => {
    const known = catalog.modules(endpointId)
    return known && new Set(known.filter(isMeant).map(nameOf))
  }
  return [
    {
      ...countIn('setting', countSettings, ({ settingId }) => settingId),
      modulesOf: (endpointId, key) => namesWhere(endpointId, ({ settingId }) => settingId === key),
    },
    countIn('module', ({ length }) => length, nameOf),
    countIn('function', countFunctions, nameOf),
    {
      kind: 'bundle',
      count: (endpointId) => bundles.count(endpointId),
      forget: (endpointId, keys) =>
        bundles.forget(endpointId, versionsOf(catalog.modules(endpointId), keys)),
      modulesOf: (endpointId, key) =>
        namesWhere(endpointId, ({ packageName }) => packageName === key),
    },
    {
      kind: 'worker',
      count: (endpointId) => executor.count(endpointId),
      forget: (endpointId, keys) => executor.retire(endpointId, keys),
    },
    {
      kind: 'snapshot',
      count: (endpointId) => catalog.count(endpointId).snapshots,
      forget: (endpointId) => catalog.forget(endpointId),
    },
    // Of lists nothing is kept: a cursor names the item that was shown last.
    { kind: 'list', count: () => 0, forget: () => 0 },
  ]
}

/** @returns undefined for all, also where it is not known which a package has */
function versionsOf(
  modules: readonly RememberedModule[] | undefined,
  packages: ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined {
  if (modules === undefined || packages === undefined) return undefined
  const own = modules.filter(({ packageName }) => packages.has(packageName))
  return new Set(own.flatMap(({ versions }) => versions))
}

function countSettings(modules: readonly RememberedModule[]): number {
  return new Set(modules.map(({ packageName, settingId }) => `${packageName}\n${settingId}`)).size
}

function countFunctions(modules: readonly RememberedModule[]): number {
  return modules.reduce((sum, { functions }) => sum + functions, 0)
}

function nameOf({ moduleName }: RememberedModule): string {
  return moduleName
}

function isIn(keys: ReadonlySet<string> | undefined, key: string): boolean {
  return keys === undefined || keys.has(key)
}
