/** What agents see and call: from a bundle, or defined by hand. */
import { MCP_TYPES } from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import { callConnection } from './call-connection.js'
import type { ManagementContext } from './context.js'
import { fromType, toStatus, toType } from './enums.js'
import { explain } from './explain.js'
import { createFunction, removeFunction, setStatus, updateFunction } from './function-changes.js'
import { functionPage } from './function-page.js'
import { toGlobalId } from './global-id.js'
import type { NodeKind } from './node-kind.js'
import { findFunction, findModule } from './offered.js'
import type { FunctionStatistics, Resolvers } from './schema-types.js'
import type { FunctionSource } from './sources.js'

export const functionNode: NodeKind<FunctionSource> = {
  right: 'publish',
  idOf: (source) =>
    toGlobalId('Function', source.endpointId, source.listed.fn.mcpType, keyOf(source)),
  read: async (context, endpointId, [type, key = '']) => {
    const mcpType = MCP_TYPES.find((known) => known === type)
    return mcpType === undefined ? null : findFunction(context, endpointId, { mcpType, key })
  },
}

export const functionResolvers: Resolvers = {
  Endpoint: {
    functions: ({ endpointId }, args, context) => functionPage(context, { ...args, endpointId }),
    function: ({ endpointId }, { type, key }, context) =>
      findFunction(context, endpointId, { mcpType: toType(type), key }),
    explain: ({ endpointId }, asked, context) => explain(context, endpointId, asked),
  },

  Function: {
    id: functionNode.idOf,
    type: ({ listed }) => fromType(listed.fn.mcpType),
    name: ({ listed }) => listed.fn.name,
    uri: ({ listed }) => listed.fn.uri ?? null,
    description: ({ listed }) => {
      const { description } = listed.fn.data
      return typeof description === 'string' ? description : null
    },
    data: ({ listed }) => listed.fn.data,
    status: ({ listed }) => (listed.fn.isDisabled ? 'DISABLED' : 'ACTIVE'),
    origin: ({ listed }) => ORIGINS[listed.origin],
    module: async ({ endpointId, listed }, _args, context) => {
      const found = await findModule(context, endpointId, listed.fn.target)
      if (found !== null) return found
      throw new GatewayError('PACKAGE_NOT_FOUND', 'Its package went meanwhile')
    },
    methodName: ({ listed }) => listed.fn.target.functionName,
    isAsync: ({ listed }) => listed.fn.background !== undefined,
    access: ({ listed: { fn } }) => ({
      allow: fn.access?.allow ? [...fn.access.allow] : null,
      deny: [...(fn.access?.deny ?? [])],
      source: fn.access ? ORIGINS[fn.access.source] : null,
    }),
    redact: ({ listed }) => [...(listed.fn.redact ?? [])],
    calls: (source, { status, ...page }, context, info) => {
      const filter = { ...calledAs(source), status: status ? toStatus(status) : undefined }
      return callConnection(context, filter, page, info)
    },
    statistics: (source, { windowMinutes }, context) =>
      statisticsWithin(context, source, windowMinutes),
    updatedAt: ({ listed }) => listed.updatedAt,
    updatedBy: ({ listed }) => listed.updatedBy,
  },

  Mutation: {
    createFunction: async (_source, { input }, context) => ({
      function: await createFunction(context, input),
      userErrors: [],
    }),
    updateFunction: async (_source, { input }, context) => ({
      function: await updateFunction(context, input),
      userErrors: [],
    }),
    deleteFunction: async (_source, { input }, context) => ({
      deletedFunctionId: await removeFunction(context, input),
      userErrors: [],
    }),
    setFunctionStatus: async (_source, { input }, context) => ({
      function: await setStatus(context, input),
      userErrors: [],
    }),
  },
}

const ORIGINS = { bundle: 'BUNDLE', operator: 'OPERATOR' } as const

function keyOf({ listed: { fn } }: FunctionSource): string {
  return fn.uri ?? fn.name
}

/** As records name it. */
function calledAs(source: FunctionSource) {
  const { endpointId, listed } = source
  return { endpointId, mcpType: listed.fn.mcpType, name: keyOf(source) }
}

const MINUTE_MS = 60_000
const MAX_MINUTES = 7 * 24 * 60

/** @throws GatewayError `INVALID_PARAMS`, `BUSY` */
async function statisticsWithin(
  { parts: { clock }, history }: ManagementContext,
  source: FunctionSource,
  windowMinutes: number,
): Promise<FunctionStatistics> {
  if (windowMinutes < 1 || windowMinutes > MAX_MINUTES)
    throw new GatewayError('INVALID_PARAMS', `windowMinutes: must be from 1 to ${MAX_MINUTES}`)
  const to = clock.now()
  const from = to - windowMinutes * MINUTE_MS
  const statistics = await history.statistics({ ...calledAs(source), from, to })
  return { ...statistics, from, to }
}
