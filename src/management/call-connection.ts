/** A page of calls: one question to the history, that reads no more of each than the query shows. */
import type { GraphQLResolveInfo } from 'graphql'
import type { HistoryPage, HistoryQuery, ListedCall } from '../calls/calls.js'
import { type PageArguments, type PageRange, readRange } from './connection.js'
import type { ManagementContext } from './context.js'
import type { FunctionCall } from './schema-types.js'
import { selectedFields } from './selected-fields.js'
import type { ConnectionSource, FunctionCallSource } from './sources.js'

export type CallFilter = Omit<HistoryQuery, 'limit' | 'cursor' | 'isBackward' | 'fields'>

/** What each field is made from; ids are read in any case, and payloads one by one. */
const READ_FOR: {
  readonly [Field in keyof Required<FunctionCall>]: readonly (keyof ListedCall)[]
} = {
  id: [],
  callId: [],
  status: ['status'],
  type: ['mcpType'],
  name: ['name'],
  function: ['mcpType', 'name'],
  module: ['mcpType', 'name'],
  userId: ['userId'],
  sessionId: ['sessionId'],
  conversationId: ['conversationId'],
  traceId: ['traceId'],
  bundleSha256: ['bundleSha256'],
  protocolVersion: ['protocolVersion'],
  createdAt: ['createdAt'],
  updatedAt: ['updatedAt'],
  durationMs: ['timeSpentMs'],
  arguments: [],
  content: [],
  error: ['error'],
}

/** @throws GatewayError `INVALID_PARAMS`, `CURSOR_INVALID`, `BUSY` */
export async function callConnection(
  { parts: { calls }, history }: ManagementContext,
  filter: CallFilter,
  page: PageArguments,
  info: GraphQLResolveInfo,
): Promise<ConnectionSource<FunctionCallSource>> {
  const range = readRange(page)
  const { limit, isBackward } = range
  const query: HistoryQuery = {
    ...filter,
    limit,
    isBackward,
    cursor: isBackward ? range.before : range.after,
    fields: fieldsOf(info),
  }
  const found = await history.list(query)
  const edges = found.calls.map((call) => ({
    cursor: calls.cursorAt(query, call.callId),
    node: { endpointId: filter.endpointId, call },
  }))
  const ends = { first: edges[0]?.cursor, last: edges.at(-1)?.cursor }
  return { edges, pageInfo: pageInfoOf(range, found, ends) }
}

interface Ends {
  readonly first: string | undefined
  readonly last: string | undefined
}

/** Of a page that is short the history says how far it has looked: the next one begins there. */
function pageInfoOf(
  { isBackward, after, before }: PageRange,
  { cursor }: HistoryPage,
  { first, last }: Ends,
): ConnectionSource<FunctionCallSource>['pageInfo'] {
  if (isBackward)
    return {
      hasNextPage: before !== undefined,
      hasPreviousPage: cursor !== undefined,
      startCursor: cursor ?? first ?? null,
      endCursor: last ?? null,
    }
  return {
    hasNextPage: cursor !== undefined,
    hasPreviousPage: after !== undefined,
    startCursor: first ?? null,
    endCursor: cursor ?? last ?? null,
  }
}

function fieldsOf(info: GraphQLResolveInfo): readonly (keyof ListedCall)[] {
  const inEdges = selectedFields(info, ['edges', 'node'])
  const inNodes = selectedFields(info, ['nodes'])
  const read = Object.entries(READ_FOR).flatMap(([name, fields]) =>
    inEdges.has(name) || inNodes.has(name) ? fields : [],
  )
  return [...new Set(read)]
}
