/** What the constructors of classes receive; what is secret is never shown. */
import type { SettingChange } from '../catalog/administration.js'
import type { EndpointId } from '../domain/tenant.js'
import { pageOf } from './connection.js'
import type { ManagementContext } from './context.js'
import { toGlobalId } from './global-id.js'
import { guardedBy, type GuardedInput } from './guarded-by.js'
import type { NodeKind } from './node-kind.js'
import { findPackage, offeredAt } from './offered.js'
import type { Resolvers, SettingMemberInput } from './schema-types.js'
import type { SettingSource } from './sources.js'

export const settingNode: NodeKind<SettingSource> = {
  right: 'admin',
  idOf: ({ endpointId, setting }) => toGlobalId('Setting', endpointId, setting.settingId),
  read: (context, endpointId, [settingId = '']) => findSetting(context, endpointId, settingId),
}

export const settingResolvers: Resolvers = {
  Endpoint: {
    settings: async ({ endpointId }, { packageName = null, ...args }, { loaders }) => {
      const settings = await loaders.settings(endpointId)
      const wanted = settings.filter(
        (setting) => packageName === null || setting.packageName === packageName,
      )
      const sources = wanted.map((setting) => ({ endpointId, setting }))
      const scope = ['settings', endpointId, packageName]
      return pageOf(sources, args, { keyOf: ({ setting }) => setting.settingId, scope })
    },
    setting: ({ endpointId }, { settingId }, context) =>
      findSetting(context, endpointId, settingId),
  },

  Setting: {
    id: settingNode.idOf,
    settingId: ({ setting }) => setting.settingId,
    package: ({ endpointId, setting }, _args, context) =>
      findPackage(context, endpointId, setting.packageName),
    modules: async ({ endpointId, setting: { settingId } }, _args, context) => {
      const { modules } = await offeredAt(context, endpointId)
      return [...modules.values()].filter(({ module }) => module.settingId === settingId)
    },
    members: ({ setting }) =>
      setting.members.map(({ name, isSecret, isSet, value = null }) => ({
        name,
        isSecret,
        isSet,
        value: isSecret ? null : value,
      })),
    updatedAt: ({ setting }) => setting.updatedAt,
    updatedBy: ({ setting }) => setting.updatedBy,
  },

  Mutation: {
    createSetting: (_source, { input }, context) =>
      change(context, input, { mode: 'create', set: toMembers(input.members) }),
    updateSetting: (_source, { input }, context) =>
      change(context, input, {
        mode: 'update',
        set: toMembers(input.members ?? []),
        remove: input.remove ?? [],
      }),
    deleteSetting: (_source, { input }, context) => change(context, input, { mode: 'empty' }),
  },
}

/** @returns null when no class of an active bundle has it */
export async function findSetting(
  { loaders }: ManagementContext,
  endpointId: EndpointId,
  settingId: string,
): Promise<SettingSource | null> {
  const settings = await loaders.settings(endpointId)
  const setting = settings.find((each) => each.settingId === settingId)
  return setting === undefined ? null : { endpointId, setting }
}

async function change(
  context: ManagementContext,
  input: GuardedInput & { readonly settingId: string },
  wanted: Pick<SettingChange, 'mode' | 'set' | 'remove'>,
) {
  const { settingId } = input
  const guarded = guardedBy(context, input)
  const { administration } = context.parts
  const setting = await administration.changeSetting({ ...guarded, settingId, ...wanted })
  return { setting: { endpointId: guarded.endpointId, setting }, userErrors: [] }
}

/** Secret, unless it is said not to be. */
function toMembers(members: readonly SettingMemberInput[]): NonNullable<SettingChange['set']> {
  return members.map(({ name, value = null, isSecret }) => ({
    name,
    value,
    isSecret: isSecret ?? true,
  }))
}
