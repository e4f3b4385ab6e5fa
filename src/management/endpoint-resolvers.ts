/** Endpoints: the tenants of a gateway. */
import type { ManagementContext } from './context.js'
import { endpointOf } from './context.js'
import { deleteEndpoint } from './delete-endpoint.js'
import { countByType } from './function-counts.js'
import { toGlobalId } from './global-id.js'
import { namedPage } from './named-page.js'
import type { NodeKind } from './node-kind.js'
import type { CreateEndpointInput, Resolvers } from './schema-types.js'
import type { EndpointSource } from './sources.js'
import { updateEndpoint } from './update-endpoint.js'

export const endpointNode: NodeKind<EndpointSource> = {
  right: 'publish',
  idOf: ({ endpointId }) => toGlobalId('Endpoint', endpointId),
  read: async (_context, endpointId) => ({ endpointId }),
}

export const endpointResolvers: Resolvers = {
  Query: {
    endpoint: (_source, { endpointId }, context) => ({
      endpointId: endpointOf(context, endpointId),
    }),
    endpoints: (_source, args, { parts: { endpoints } }) =>
      namedPage(
        {
          scope: ['endpoints'],
          read: (range) => endpoints.page(range),
          nameOf: ({ endpointId }) => endpointId,
          toNode: (listed) => ({ endpointId: listed.endpointId, listed }),
        },
        args,
      ),
  },

  Endpoint: {
    id: endpointNode.idOf,
    endpointId: ({ endpointId }) => endpointId,
    description: async (source, _args, context) =>
      (await listedOf(context, source))?.description ?? null,
    createdAt: async (source, _args, context) =>
      (await listedOf(context, source))?.createdAt ?? null,
    updatedAt: async (source, _args, context) =>
      (await listedOf(context, source))?.updatedAt ?? null,
    catalogVersion: async ({ endpointId }, _args, { loaders }) =>
      (await loaders.inventory(endpointId)).version,
    functionCounts: async ({ endpointId }, _args, { loaders }) => {
      const { functions } = await loaders.inventory(endpointId)
      const active = functions.map(({ fn }) => fn).filter(({ isDisabled }) => !isDisabled)
      return { ...countByType(active), disabled: functions.length - active.length }
    },
    recording: async ({ endpointId }, _args, { parts: { calls } }) => {
      const { shards, redact } = await calls.settings(endpointId)
      return { callShards: shards, redact: [...redact] }
    },
  },

  Mutation: {
    createEndpoint: async (_source, { input }, context) => ({
      endpoint: await createEndpoint(context, input),
      userErrors: [],
    }),
    updateEndpoint: async (_source, { input }, context) => ({
      endpoint: await updateEndpoint(context, input),
      userErrors: [],
    }),
    deleteEndpoint: async (_source, { input }, context) => ({
      deletedEndpointId: await deleteEndpoint(context, input),
      userErrors: [],
    }),
  },
}

async function listedOf({ loaders }: ManagementContext, { endpointId, listed }: EndpointSource) {
  return listed ?? loaders.listed(endpointId)
}

async function createEndpoint(
  context: ManagementContext,
  input: CreateEndpointInput,
): Promise<EndpointSource> {
  const { endpointId, userId: actor } = context.at(input.endpointId)
  const { endpoints, audit } = context.parts
  const description = input.description ?? undefined
  const listed = await endpoints.enter({ endpointId, description, actor })
  audit.note({
    endpointId,
    actor,
    action: 'endpoint.created',
    target: endpointId,
    address: context.address,
    // With the time: one that was deleted meanwhile and made again is another one.
    after: { description, createdAt: listed.createdAt },
  })
  return { endpointId, listed }
}
