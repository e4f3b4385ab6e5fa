/**
 * The history of an endpoint's calls, the newest first, over all partitions that they are spread
 * over. A page goes on where the ids of the page before ended, so that what comes in meanwhile
 * moves nothing.
 */
import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb'
import type { Aws } from '../aws/aws.js'
import {
  callPartitionKey,
  failedCallsKey,
  functionCallsKey,
  runningCallsKey,
  userCallsKey,
} from '../aws/table-keys.js'
import type { Clock } from '../domain/clock.js'
import type { EndpointId } from '../domain/tenant.js'
import { leastIdAt, shardsUpTo } from './call-id.js'
import {
  type CallRow,
  isExpired,
  LISTED_COLUMNS,
  readCallRow,
  toCallRecord,
  toRowName,
} from './call-row.js'
import type { CallSettingsStore } from './call-settings.js'
import { toValidText } from './clip-text.js'
import type { HistoryPage, HistoryQuery, ListedCall } from './calls.js'
import { readCursor, toCursor } from './history-cursor.js'

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

/** The same of one of several partitions: the one with the newest calls ends the round for all. */
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
      let before: string | undefined =
        readCursor(query) ?? (query.to === undefined ? LAST_ID : leastIdAt(query.to))
      for (let round = 0; round < rounds && before !== undefined; round++) {
        const slice: Slice = await readSlice(parts, query, { before, shards, limit })
        found.push(...slice.rows)
        before = slice.next
        if (found.length >= limit) break
      }
      const page = found.slice(0, limit)
      const next = found.length > limit ? page.at(-1)?.mcp_function_call_uuid : before
      const calls = page.map((row) => toListed(query.endpointId, row))
      return { calls, ...(next !== undefined && { cursor: toCursor(query, next) }) }
    },
  }
}

interface Slice {
  /** The newest first. */
  readonly rows: readonly CallRow[]
  /** Everything from this id on has been looked at; undefined when there is nothing more. */
  readonly next?: string | undefined
}

interface SliceOptions {
  readonly before: string
  readonly shards: number
  readonly limit: number
}

/** As far down as every partition has been looked at. */
async function readSlice(
  parts: HistoryParts,
  query: HistoryQuery,
  { before, shards, limit }: SliceOptions,
): Promise<Slice> {
  const rows = Math.max(
    Math.ceil((2 * limit) / shards),
    Math.ceil(LEAST_ROWS / shards) + LEAST_ROWS_OF_SHARD,
  )
  const slices = await Promise.all(
    shardsUpTo(shards).map((shard) => readShard(parts, query, { shard, before, rows })),
  )
  const floors = slices.flatMap(({ next }) => (next === undefined ? [] : [next]))
  const floor = floors.sort().at(-1)
  const newest = slices
    .flatMap((slice) => slice.rows)
    .filter((row) => floor === undefined || row.mcp_function_call_uuid >= floor)
    .sort(byIdDown)
  return { rows: newest, next: floor }
}

function byIdDown(a: CallRow, b: CallRow): number {
  return a.mcp_function_call_uuid < b.mcp_function_call_uuid ? 1 : -1
}

interface ShardRange {
  readonly shard: string | undefined
  readonly before: string
  readonly rows: number
}

async function readShard(
  { aws, clock }: HistoryParts,
  query: HistoryQuery,
  { shard, before, rows }: ShardRange,
): Promise<Slice> {
  const from = leastIdAt(query.from ?? 0)
  if (before <= from) return { rows: [] }
  const { index, name, value } = partitionOf(query, shard)
  const filter = filterOf(query)
  const { Items = [], LastEvaluatedKey: last } = await aws.db.send(
    new QueryCommand({
      TableName: aws.tables.calls,
      ...(index !== undefined && { IndexName: index }),
      KeyConditionExpression: '#pk = :pk AND #id BETWEEN :from AND :before',
      ...(filter.expression !== '' && { FilterExpression: filter.expression }),
      ProjectionExpression: LISTED_NAMES.map(([placeholder]) => placeholder).join(', '),
      ExpressionAttributeNames: {
        '#pk': name,
        '#id': ID,
        ...filter.names,
        ...Object.fromEntries(LISTED_NAMES),
      },
      ExpressionAttributeValues: {
        ':pk': value,
        ':from': from,
        ':before': before,
        ...filter.values,
      },
      ScanIndexForward: false,
      Limit: rows,
    }),
  )
  const read = Items.map(readCallRow).filter(
    (row) => row.mcp_function_call_uuid < before && !isExpired(row, clock),
  )
  return { rows: read, next: typeof last?.[ID] === 'string' ? last[ID] : undefined }
}

const ID = 'mcp_function_call_uuid'

const LISTED_NAMES = LISTED_COLUMNS.map((column, at) => [`#l${at}`, column] as const)

interface Partition {
  /** Absent for the table itself. */
  readonly index?: string
  readonly name: string
  readonly value: string
}

/** The partition with the fewest other calls in it. */
function partitionOf(query: HistoryQuery, shard: string | undefined): Partition {
  const { endpointId, mcpType, status } = query
  const name = query.name && toValidText(query.name)
  const userId = query.userId && toValidText(query.userId)
  if (mcpType !== undefined && name !== undefined)
    return {
      index: 'by_function',
      name: 'function_key',
      value: functionCallsKey(endpointId, { mcpType, name }, shard),
    }
  if (userId !== undefined)
    return { index: 'by_user', name: 'user_key', value: userCallsKey(endpointId, userId, shard) }
  if (status === 'in_process')
    return { index: 'failures', name: 'failure_key', value: runningCallsKey(endpointId, shard) }
  if (status === 'failed' || status === 'timed_out')
    return { index: 'failures', name: 'failure_key', value: failedCallsKey(endpointId, shard) }
  return { name: 'endpoint_id', value: callPartitionKey(endpointId, shard) }
}

type Filter = Required<
  Pick<QueryCommandInput, 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>
>

/** Whatever is asked for beside the partition; what the partition grants already does no harm. */
function filterOf({ mcpType, name, userId, status }: HistoryQuery) {
  const wanted = {
    mcp_type: mcpType,
    name: name && toRowName(name),
    user_id: userId && toValidText(userId),
    status,
  }
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined)
  const names: Filter['ExpressionAttributeNames'] = {}
  const values: Filter['ExpressionAttributeValues'] = {}
  const conditions = given.map(([column, value], at) => {
    names[`#f${at}`] = column
    values[`:f${at}`] = value
    return `#f${at} = :f${at}`
  })
  return { expression: conditions.join(' AND '), names, values }
}

function toListed(endpointId: EndpointId, row: CallRow): ListedCall {
  const {
    arguments: _arguments,
    content: _content,
    ...listed
  } = toCallRecord(endpointId, row, {
    arguments: undefined,
    content: undefined,
  })
  return listed
}
