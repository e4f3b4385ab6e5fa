/**
 * The history of an endpoint's calls, the newest first, over all partitions that they are spread
 * over. A page goes on where the ids of the page before ended, so that what comes in or is erased
 * meanwhile moves nothing.
 */
import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { Aws } from '../aws/aws.js'
import type { Clock } from '../domain/clock.js'
import { leastIdAt, shardsUpTo } from './call-id.js'
import { type CallRow, isExpired, readCallRow, toListed } from './call-row.js'
import type { CallSettingsStore } from './call-settings.js'
import type { HistoryPage, HistoryQuery } from './calls.js'
import { readCursor, toCursor } from './history-cursor.js'
import { filterOf, partitionOf } from './history-partition.js'
import { columnsOf, withUnread } from './listed-fields.js'

export interface HistoryParts {
  readonly aws: Aws
  readonly settings: CallSettingsStore
  readonly clock: Clock
}

export interface History {
  list(query: HistoryQuery): Promise<HistoryPage>
}

const MAX_LIMIT = 100

/** How often every partition is read for one page: where a filter fits little, it may stay short. */
const MAX_ROUNDS = 10

/** Of single partitions, for one page; they are read twice in any case. */
const MAX_READS = 512

/** Rows that are looked at in one round, at least: a filter may leave few of them. */
const LEAST_ROWS = 64

/** The same of one of several partitions: the one that ends first ends the round for all. */
const LEAST_ROWS_OF_SHARD = 5

/** Above every id. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

export function createHistory(parts: HistoryParts): History {
  return {
    async list(query) {
      const limit = Math.min(Math.max(query.limit, 1), MAX_LIMIT)
      const { shards } = await parts.settings.read(query.endpointId)
      const rounds = Math.min(Math.max(Math.floor(MAX_READS / shards), 2), MAX_ROUNDS)
      const found: CallRow[] = []
      let range: Range | undefined = rangeOf(query)
      for (let round = 0; round < rounds && range !== undefined; round++) {
        const slice: Slice = await readSlice(parts, query, { range, shards, limit })
        found.push(...slice.rows)
        range = slice.next === undefined ? undefined : goOn(query, range, slice.next)
        if (found.length >= limit) break
      }
      const page = found.slice(0, limit)
      const reached = query.isBackward === true ? range?.after : range?.before
      const next = found.length > limit ? page.at(-1)?.mcp_function_call_uuid : reached
      const calls = page.map((row) => toListed(query.endpointId, row))
      if (query.isBackward === true) calls.reverse()
      return { calls, ...(next !== undefined && { cursor: toCursor(query, next) }) }
    },
  }
}

/** Ids of what is still to be looked at lie between these two. */
interface Range {
  readonly after: string
  readonly before: string
}

function rangeOf(query: HistoryQuery): Range {
  const all = {
    after: leastIdAt(query.from ?? 0),
    before: query.to === undefined ? LAST_ID : leastIdAt(query.to),
  }
  const cursor = readCursor(query)
  return cursor === undefined ? all : goOn(query, all, cursor)
}

/** @param from everything up to there was looked at, or is to be passed over */
function goOn({ isBackward = false }: HistoryQuery, range: Range, from: string): Range {
  if (isBackward) return { ...range, after: from > range.after ? from : range.after }
  return { ...range, before: from < range.before ? from : range.before }
}

interface Slice {
  /** In the order of reading: the newest first, or the oldest first for a page backward. */
  readonly rows: readonly CallRow[]
  /** Everything up to this id, and it, has been looked at; undefined when there is nothing more. */
  readonly next?: string | undefined
}

interface SliceOptions {
  readonly range: Range
  readonly shards: number
  readonly limit: number
}

/** As far as every partition has been looked at. */
async function readSlice(
  parts: HistoryParts,
  query: HistoryQuery,
  { range, shards, limit }: SliceOptions,
): Promise<Slice> {
  const rows = Math.max(
    Math.ceil((2 * limit) / shards),
    Math.ceil(LEAST_ROWS / shards) + LEAST_ROWS_OF_SHARD,
  )
  const slices = await Promise.all(
    shardsUpTo(shards).map((shard) => readShard(parts, query, { shard, range, rows })),
  )
  const inOrder = query.isBackward === true ? byIdUp : byIdDown
  const ends = slices.flatMap(({ next }) => (next === undefined ? [] : [next]))
  const next = ends.sort(inOrder)[0]
  const read = slices
    .flatMap((slice) => slice.rows)
    .filter((row) => next === undefined || inOrder(row.mcp_function_call_uuid, next) <= 0)
    .sort((a, b) => inOrder(a.mcp_function_call_uuid, b.mcp_function_call_uuid))
  return { rows: read, next }
}

function byIdUp(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function byIdDown(a: string, b: string): number {
  return byIdUp(b, a)
}

interface ShardRange {
  readonly shard: string | undefined
  readonly range: Range
  readonly rows: number
}

async function readShard(
  { aws, clock }: HistoryParts,
  query: HistoryQuery,
  { shard, range, rows }: ShardRange,
): Promise<Slice> {
  const { after, before } = range
  if (before <= after) return { rows: [] }
  const { index, name, value } = partitionOf(query, shard)
  const filter = filterOf(query)
  const columns = columnsOf(query.fields).map((column, at) => [`#l${at}`, column] as const)
  const { Items = [], LastEvaluatedKey: last } = await aws.db.send(
    new QueryCommand({
      TableName: aws.tables.calls,
      ...(index !== undefined && { IndexName: index }),
      KeyConditionExpression: '#pk = :pk AND #id BETWEEN :after AND :before',
      ...(filter.expression !== '' && { FilterExpression: filter.expression }),
      ProjectionExpression: columns.map(([placeholder]) => placeholder).join(', '),
      ExpressionAttributeNames: {
        '#pk': name,
        '#id': ID,
        ...filter.names,
        ...Object.fromEntries(columns),
      },
      ExpressionAttributeValues: {
        ':pk': value,
        ':after': after,
        ':before': before,
        ...filter.values,
      },
      ScanIndexForward: query.isBackward === true,
      Limit: rows,
    }),
  )
  const read = Items.map((item) => readCallRow(withUnread(item, query.fields))).filter(
    (row) => isWithin(range, row.mcp_function_call_uuid) && !isExpired(row, clock),
  )
  return { rows: read, next: typeof last?.[ID] === 'string' ? last[ID] : undefined }
}

const ID = 'mcp_function_call_uuid'

/** The engine gives the calls at both ends too. */
function isWithin({ after, before }: Range, callId: string): boolean {
  return callId > after && callId < before
}
