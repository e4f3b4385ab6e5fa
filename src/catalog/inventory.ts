/** What an endpoint has, for whoever manages it: made of what its snapshot was made of. */
import { MCP_TYPES } from '../domain/capability.js'
import type { CatalogModule, Inventory, ListedFunction } from './administration.js'
import type { CatalogFunction, FunctionOverride, PackageState, Snapshot } from './catalog.js'
import { laterOf } from './changed-since.js'
import type { PackageRow } from './dynamo-packages.js'
import { keyOf, type OperatorFunction, textOf } from './operator-functions.js'
import type { ActiveBundle } from './snapshot.js'

/** What a snapshot was made of. */
export interface SnapshotSource {
  /** In order of name. */
  readonly packages: readonly PackageRow[]
  readonly bundles: readonly ActiveBundle[]
  readonly overrides: readonly FunctionOverride[]
  /** Of those that operators have defined, the ones that it offers. */
  readonly functions: readonly OperatorFunction[]
}

export function buildInventory(snapshot: Snapshot, source: SnapshotSource): Inventory {
  return Object.freeze({
    version: snapshot.version,
    packages: Object.freeze(source.packages.map(toState)),
    modules: Object.freeze(modulesOf(source)),
    functions: Object.freeze(functionsOf(snapshot, source)),
  })
}

export function toState(row: PackageRow): PackageState {
  return {
    packageName: row.package_name,
    activeSha256: row.active_sha256,
    previousSha256: row.previous_sha256,
    revision: row.revision,
    activatedAt: row.updated_at,
    activatedBy: row.updated_by,
  }
}

function modulesOf({ packages, bundles }: SnapshotSource): CatalogModule[] {
  const rows = rowsByName(packages)
  return bundles
    .flatMap(({ ref: { packageName }, definitions }) => {
      const { updated_at: updatedAt = '', updated_by: updatedBy = '' } = rows.get(packageName) ?? {}
      return definitions.modules.map((module) => ({ ...module, packageName, updatedAt, updatedBy }))
    })
    .toSorted((a, b) => compare(a.moduleName, b.moduleName) || compare(a.className, b.className))
}

/** Its lists are in order; what is disabled has to find its place in them. */
function functionsOf(snapshot: Snapshot, source: SnapshotSource): ListedFunction[] {
  const rows = rowsByName(source.packages)
  const overrides = new Map(source.overrides.map((override) => [textOf(override), override]))
  const defined = new Map(source.functions.map((fn) => [textOf(keyOf(fn.definition)), fn]))
  const toListed = (fn: CatalogFunction): ListedFunction => {
    const { packageName } = fn.target.bundle
    const name = textOf({ mcpType: fn.mcpType, key: fn.uri ?? fn.name })
    const [own, row, override] = [defined.get(name), rows.get(packageName), overrides.get(name)]
    const definedAt = own ? own.updatedAt : row?.updated_at
    const updatedAt = laterOf(definedAt, override?.updatedAt) ?? ''
    const ofDefinition = own ? own.updatedBy : row?.updated_by
    return {
      fn,
      packageName,
      origin: own ? 'operator' : 'bundle',
      updatedAt,
      updatedBy: (updatedAt === definedAt ? ofDefinition : override?.updatedBy) ?? '',
    }
  }
  return MCP_TYPES.flatMap((type) => {
    const disabled = snapshot.disabled.filter(({ mcpType }) => mcpType === type)
    return [...snapshot.list(type), ...disabled].toSorted(
      (a, b) => compare(a.name, b.name) || compare(a.uri ?? '', b.uri ?? ''),
    )
  }).map(toListed)
}

function rowsByName(packages: readonly PackageRow[]): ReadonlyMap<string, PackageRow> {
  return new Map(packages.map((row) => [row.package_name, row]))
}

/** By code unit, as lists are. */
function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
