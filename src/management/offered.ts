/** What an endpoint offers, in the order of pages and by name: made once of each inventory. */
import type { Inventory } from '../catalog/administration.js'
import type { FunctionName } from '../catalog/catalog.js'
import { MCP_TYPES } from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { ManagementContext } from './context.js'
import type { FunctionSource, ModuleSource, PackageSource } from './sources.js'

export interface Offered {
  /** Each in order of its key, by which pages go on. */
  readonly functions: ReadonlyMap<string, FunctionSource>
  readonly modules: ReadonlyMap<string, ModuleSource>
  readonly packages: ReadonlyMap<string, PackageSource>
}

const known = new WeakMap<Inventory, Offered>()

export async function offeredAt(
  { loaders }: Pick<ManagementContext, 'loaders'>,
  endpointId: EndpointId,
): Promise<Offered> {
  const inventory = await loaders.inventory(endpointId)
  const offered = known.get(inventory) ?? toOffered(inventory, endpointId)
  known.set(inventory, offered)
  return offered
}

function toOffered({ functions, modules, packages }: Inventory, endpointId: EndpointId): Offered {
  return {
    functions: inOrder(
      functions.map((listed) => ({ endpointId, listed })),
      functionKey,
    ),
    modules: inOrder(
      modules.map((module) => ({ endpointId, module })),
      moduleKey,
    ),
    packages: inOrder(
      packages.map((state) => ({ endpointId, state })),
      packageKey,
    ),
  }
}

function inOrder<Source>(
  sources: readonly Source[],
  keyOf: (source: Source) => string,
): ReadonlyMap<string, Source> {
  const entries = sources.map((source) => [keyOf(source), source] as const)
  // Keys of different sources differ; by code unit, as pages compare them.
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Below whatever stands in a name. */
const GAP = '\u0000'

/** By type, as they are told apart everywhere, then by name. */
export function functionKey({ listed: { fn } }: FunctionSource): string {
  return [MCP_TYPES.indexOf(fn.mcpType), fn.name, fn.uri ?? ''].join(GAP)
}

export function moduleKey({ module }: ModuleSource): string {
  return moduleKeyOf(module)
}

function moduleKeyOf({ moduleName, className }: ModuleName): string {
  return [moduleName, className].join(GAP)
}

export function packageKey({ state }: PackageSource): string {
  return state.packageName
}

export interface ModuleName {
  readonly moduleName: string
  readonly className: string
}

const byName = new WeakMap<Offered, ReadonlyMap<string, FunctionSource>>()

/** @returns null when the endpoint has no such function, not even a disabled one */
export async function findFunction(
  context: Pick<ManagementContext, 'loaders'>,
  endpointId: EndpointId,
  { mcpType, key }: FunctionName,
): Promise<FunctionSource | null> {
  const offered = await offeredAt(context, endpointId)
  const named = byName.get(offered) ?? toNamed(offered)
  byName.set(offered, named)
  return named.get([mcpType, key].join(GAP)) ?? null
}

function toNamed({ functions }: Offered): ReadonlyMap<string, FunctionSource> {
  const entries = [...functions.values()].map((source) => {
    const { mcpType, name, uri } = source.listed.fn
    return [[mcpType, uri ?? name].join(GAP), source] as const
  })
  return new Map(entries)
}

/** @returns null when no active bundle has such a class */
export async function findModule(
  context: Pick<ManagementContext, 'loaders'>,
  endpointId: EndpointId,
  name: ModuleName,
): Promise<ModuleSource | null> {
  const { modules } = await offeredAt(context, endpointId)
  return modules.get(moduleKeyOf(name)) ?? null
}

/** @returns null when nothing is published under that name */
export async function findPackage(
  context: Pick<ManagementContext, 'loaders'>,
  endpointId: EndpointId,
  packageName: string,
): Promise<PackageSource | null> {
  const { packages } = await offeredAt(context, endpointId)
  return packages.get(packageName) ?? null
}

/** The package of what was found in it. @throws GatewayError `PACKAGE_NOT_FOUND` when it went meanwhile */
export async function packageOf(
  context: Pick<ManagementContext, 'loaders'>,
  endpointId: EndpointId,
  packageName: string,
): Promise<PackageSource> {
  const found = await findPackage(context, endpointId, packageName)
  if (found !== null) return found
  throw new GatewayError('PACKAGE_NOT_FOUND', `There is no package "${packageName}" any more`)
}
