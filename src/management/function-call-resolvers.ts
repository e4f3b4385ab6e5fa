/** Executions of functions: what was called, and how to end or erase one. */
import type { ListedCall } from '../calls/calls.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import { callConnection, type CallFilter } from './call-connection.js'
import { endpointOf, type ManagementContext } from './context.js'
import { cancelCall, deleteCall } from './end-call.js'
import { fromStatus, fromType, toStatus, toType } from './enums.js'
import { toGlobalId } from './global-id.js'
import type { NodeKind } from './node-kind.js'
import { findFunction, findModule } from './offered.js'
import type {
  FunctionCallFilter,
  InputMaybe,
  Resolvers,
  SubscriptionCallRecordedArgs,
} from './schema-types.js'
import type { FunctionCallSource, FunctionSource, ModuleSource } from './sources.js'
import { eventOf, listenTo } from './subscription.js'

export const functionCallNode: NodeKind<FunctionCallSource> = {
  right: 'admin',
  idOf: ({ endpointId, call }) => toGlobalId('FunctionCall', endpointId, call.callId),
  read: (context, endpointId, [callId = '']) => callOf(context, endpointId, callId),
}

export const functionCallResolvers: Resolvers = {
  Endpoint: {
    calls: ({ endpointId }, { filter, ...page }, context, info) =>
      callConnection(context, toFilter(endpointId, filter), page, info),
    call: ({ endpointId }, { callId }, context) => callOf(context, endpointId, callId),
  },
  FunctionCall: {
    id: (source) => functionCallNode.idOf(source),
    callId: ({ call }) => call.callId,
    status: ({ call }) => fromStatus(call.status),
    type: ({ call }) => fromType(call.mcpType),
    name: ({ call }) => call.name,
    function: (source, _args, context) => calledFunction(context, source),
    module: (source, _args, context) => calledModule(context, source),
    userId: ({ call }) => call.userId,
    sessionId: ({ call }) => call.sessionId ?? null,
    conversationId: ({ call }) => call.conversationId ?? null,
    traceId: ({ call }) => call.traceId ?? null,
    bundleSha256: ({ call }) => call.bundleSha256,
    protocolVersion: ({ call }) => call.protocolVersion,
    createdAt: ({ call }) => new Date(call.createdAt),
    updatedAt: ({ call }) => new Date(call.updatedAt),
    durationMs: ({ call }) => call.timeSpentMs,
    arguments: async (source, _args, context) => (await recordOf(context, source))?.arguments,
    content: async (source, _args, context) => (await recordOf(context, source))?.content,
    error: ({ call }) => call.error ?? null,
  },
  Mutation: {
    cancelCall: (_source, { input }, context) => cancelCall(context, input),
    deleteCall: (_source, { input }, context) => deleteCall(context, input),
  },
  Subscription: {
    callRecorded: {
      subscribe: (_source, args, context) => hearCalls(context, args),
      resolve: eventOf<RecordedEvent>,
    },
  },
}

/** Records name a resource by its URI, or its template. */
function calledFunction(
  context: ManagementContext,
  { endpointId, call: { mcpType, name: key } }: FunctionCallSource,
): Promise<FunctionSource | null> {
  return findFunction(context, endpointId, { mcpType, key })
}

async function calledModule(
  context: ManagementContext,
  source: FunctionCallSource,
): Promise<ModuleSource | null> {
  const called = await calledFunction(context, source)
  return called && findModule(context, source.endpointId, called.listed.fn.target)
}

async function callOf(
  { loaders }: ManagementContext,
  endpointId: EndpointId,
  callId: string,
): Promise<FunctionCallSource | null> {
  const record = await loaders.call({ endpointId, callId })
  return record === undefined ? null : { endpointId, call: record, record }
}

/** In a list all of those that are asked for are read together. */
function recordOf(
  { loaders }: ManagementContext,
  { endpointId, call, record }: FunctionCallSource,
) {
  return record ?? loaders.call({ endpointId, callId: call.callId })
}

/** @throws GatewayError `INVALID_PARAMS` */
function toFilter(
  endpointId: EndpointId,
  filter: InputMaybe<FunctionCallFilter> | undefined,
): CallFilter {
  const { type, name, userId, status, from, to } = filter ?? {}
  if (isGiven(name) && !isGiven(type))
    throw new GatewayError('INVALID_PARAMS', 'filter.name: goes with filter.type')
  return {
    endpointId,
    mcpType: isGiven(type) ? toType(type) : undefined,
    name: name ?? undefined,
    userId: userId ?? undefined,
    status: isGiven(status) ? toStatus(status) : undefined,
    from: from?.getTime(),
    to: to?.getTime(),
  }
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined
}

interface RecordedEvent {
  readonly cursor: string
  readonly isGap: boolean
  readonly call: FunctionCallSource | null
}

function hearCalls(context: ManagementContext, args: Partial<SubscriptionCallRecordedArgs>) {
  const { parts, signal: client } = context
  const { after, name, userId } = args
  const endpointId = endpointOf(context, args.endpointId)
  const isWanted = (call: ListedCall) =>
    (!isGiven(name) || call.name === name) && (!isGiven(userId) || call.userId === userId)
  return listenTo<RecordedEvent>(client, ({ signal, ready, tell }) =>
    parts.recordedCalls.hear(endpointId, {
      after: after ?? undefined,
      signal,
      ready,
      onCall: (call, cursor) => {
        if (isWanted(call)) tell({ cursor, isGap: false, call: { endpointId, call } })
      },
      onGap: (cursor) => tell({ cursor, isGap: true, call: null }),
    }),
  )
}
