/** Packages and the classes in them. */
import { pageOf } from './connection.js'
import type { ManagementContext } from './context.js'
import { functionPage } from './function-page.js'
import { toGlobalId } from './global-id.js'
import { guardedBy } from './guarded-by.js'
import type { NodeKind } from './node-kind.js'
import { findModule, findPackage, moduleKey, offeredAt, packageKey, packageOf } from './offered.js'
import type { EndpointModulesArgs, Resolvers } from './schema-types.js'
import { findSetting } from './setting-resolvers.js'
import type { ModuleSource, PackageSource } from './sources.js'
import { foldedText, readText } from './text-filter.js'
import { versionPage, versionsOf } from './version-page.js'

export const moduleNode: NodeKind<ModuleSource> = {
  right: 'publish',
  idOf: ({ endpointId, module }) =>
    toGlobalId('Module', endpointId, module.moduleName, module.className),
  read: (context, endpointId, [moduleName = '', className = '']) =>
    findModule(context, endpointId, { moduleName, className }),
}

export const packageNode: NodeKind<PackageSource> = {
  right: 'publish',
  idOf: ({ endpointId, state }) => toGlobalId('Package', endpointId, state.packageName),
  read: (context, endpointId, [packageName = '']) => findPackage(context, endpointId, packageName),
}

export const moduleResolvers: Resolvers = {
  Endpoint: {
    packages: async ({ endpointId }, args, context) => {
      const { packages } = await offeredAt(context, endpointId)
      return pageOf([...packages.values()], args, {
        keyOf: packageKey,
        scope: ['packages', endpointId],
      })
    },
    package: ({ endpointId }, { packageName }, context) =>
      findPackage(context, endpointId, packageName),
    modules: ({ endpointId }, args, context) => modulePage(context, { ...args, endpointId }),
    module: ({ endpointId }, name, context) => findModule(context, endpointId, name),
  },

  Package: {
    id: packageNode.idOf,
    packageName: ({ state }) => state.packageName,
    activeVersion: ({ endpointId, state: { packageName, activeSha256 } }) => ({
      endpointId,
      packageName,
      sha256: activeSha256,
    }),
    versions: (source, args) =>
      versionPage(versionsOf(source), args, [source.endpointId, source.state.packageName]),
    modules: ({ endpointId, state: { packageName } }, args, context) =>
      modulePage(context, { ...args, endpointId, filter: { packageName } }),
    revision: ({ state }) => state.revision,
    updatedAt: ({ state }) => state.activatedAt,
    updatedBy: ({ state }) => state.activatedBy,
  },

  Module: {
    id: moduleNode.idOf,
    moduleName: ({ module }) => module.moduleName,
    className: ({ module }) => module.className,
    package: ({ endpointId, module }, _args, context) =>
      packageOf(context, endpointId, module.packageName),
    setting: ({ endpointId, module: { settingId } }, _args, context) =>
      findSetting(context, endpointId, settingId),
    network: ({ module: { network = 'brokered' } }) => NETWORKS[network],
    source: ({ module }) => module.source ?? null,
    functions: ({ endpointId, module: { moduleName, className } }, args, context) =>
      functionPage(context, { ...args, endpointId, filter: { moduleName }, className }),
    updatedAt: ({ module }) => module.updatedAt,
    updatedBy: ({ module }) => module.updatedBy,
  },

  Mutation: {
    deletePackage: async (_source, { input }, context) => {
      const { packageName } = input
      await context.parts.administration.removePackage({
        ...guardedBy(context, input),
        packageName,
      })
      return { deletedPackageName: packageName, userErrors: [] }
    },
  },
}

const NETWORKS = { none: 'NONE', brokered: 'BROKERED', all: 'ALL' } as const

interface WantedModules extends EndpointModulesArgs {
  readonly endpointId: ModuleSource['endpointId']
}

async function modulePage(
  context: ManagementContext,
  { endpointId, filter, ...args }: WantedModules,
) {
  const packageName = filter?.packageName ?? null
  const text = readText(filter?.text)
  const { modules } = await offeredAt(context, endpointId)
  const wanted = [...modules.values()].filter(
    ({ module }) =>
      (packageName === null || module.packageName === packageName) &&
      foldedText(module.moduleName, module.className).includes(text),
  )
  const scope = ['modules', endpointId, packageName, text]
  return pageOf(wanted, args, { keyOf: moduleKey, scope })
}
