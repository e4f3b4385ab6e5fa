/** How rows of calls are written: in groups while nothing stands there yet, else with a condition. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { validate as isUuid } from 'uuid'
import type { Aws } from '../aws/aws.js'
import { batchPut, type WireRow } from '../aws/batch-put.js'
import { isConditionRefused, type Row } from '../aws/rows.js'
import { callKey } from '../aws/table-keys.js'
import type { EndpointId } from '../domain/tenant.js'
import { shardOf } from './call-id.js'
import { type CallRow, readCallRow } from './call-row.js'

/** What BatchWriteItem takes. */
export const MAX_GROUP_ROWS = 25

type Value = string | number | boolean | undefined | { readonly [name: string]: Value }

/** Rows hold texts, numbers, flags and one level of an object: the SDK's own conversion costs more. */
export function toWireRow(row: Readonly<Record<string, Value>>): WireRow {
  const wire: WireRow = {}
  for (const [name, value] of Object.entries(row))
    if (value !== undefined) wire[name] = toAttribute(value)
  return wire
}

function toAttribute(value: Exclude<Value, undefined>): AttributeValue {
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: String(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  return { M: toWireRow(value) }
}

/** Writes rows that nobody has written yet, or these very ones. @returns those not taken */
export async function putRows(
  { dynamo, tables }: Aws,
  rows: readonly WireRow[],
  signal: AbortSignal,
): Promise<WireRow[]> {
  const { UnprocessedItems = {} } = await dynamo.send(batchPut(tables.calls, rows), {
    abortSignal: signal,
  })
  const left = new Set(
    UnprocessedItems[tables.calls]?.map(({ PutRequest }) => idOf(PutRequest?.Item)),
  )
  return left.size === 0 ? [] : rows.filter((row) => left.has(idOf(row)))
}

function idOf(row: WireRow | undefined): string | undefined {
  return row?.['mcp_function_call_uuid']?.S
}

const NOT_ENDED = 'attribute_not_exists(#pk) OR #status = :running'

/** What is said of a call that runs may come late: it never takes back a later deadline. */
const NOT_ENDED_NOR_LONGER =
  'attribute_not_exists(#pk) OR (#status = :running AND NOT #deadline > :deadline)'

/**
 * Writes a row where there is none yet, or one of a call that runs: the end of a call is written
 * once, and nothing of its beginning comes after it.
 *
 * @returns false when another row stands there and stays
 */
export async function writeUnlessEnded(aws: Aws, row: Row, signal: AbortSignal): Promise<boolean> {
  const { endpoint_id, mcp_function_call_uuid, ...columns } = row
  const set = Object.entries(columns).filter(([, value]) => value !== undefined)
  const gone = CHANGING_COLUMNS.filter((name) => columns[name] === undefined)
  const assignments = set.map((_, at) => `#c${at} = :c${at}`).join(', ')
  const removals = gone.map((_, at) => `#r${at}`).join(', ')
  const runs = row['status'] === 'in_process'
  try {
    await aws.db.send(
      new UpdateCommand({
        TableName: aws.tables.calls,
        Key: { endpoint_id, mcp_function_call_uuid },
        UpdateExpression: `SET ${assignments}${removals && ` REMOVE ${removals}`}`,
        ConditionExpression: runs ? NOT_ENDED_NOR_LONGER : NOT_ENDED,
        ExpressionAttributeNames: {
          '#pk': 'endpoint_id',
          '#status': 'status',
          ...(runs && { '#deadline': 'deadline' }),
          ...Object.fromEntries(set.map(([name], at) => [`#c${at}`, name])),
          ...Object.fromEntries(gone.map((name, at) => [`#r${at}`, name])),
        },
        ExpressionAttributeValues: {
          ':running': 'in_process',
          ...(runs && { ':deadline': row['deadline'] ?? 0 }),
          ...Object.fromEntries(set.map(([, value], at) => [`:c${at}`, value])),
        },
      }),
      { abortSignal: signal },
    )
    return true
  } catch (error) {
    if (!isConditionRefused(error)) throw error
    return false
  }
}

/** What one row of a call may have and the next one not. */
const CHANGING_COLUMNS = ['deadline', 'failure_key', 'arguments', 'content_preview']

export async function readRow(
  aws: Aws,
  endpointId: EndpointId,
  callId: string,
  signal?: AbortSignal,
): Promise<CallRow | undefined> {
  if (!isUuid(callId)) return undefined
  const { Item } = await aws.db.send(
    new GetCommand({
      TableName: aws.tables.calls,
      Key: callKey(endpointId, callId, shardOf(callId)),
      ConsistentRead: true,
    }),
    { ...(signal && { abortSignal: signal }) },
  )
  return Item && readCallRow(Item)
}

/** The end of the call was written by somebody else. */
export class AnotherEnd extends Error {
  override readonly name = 'AnotherEnd'
}

/** The request itself is refused, not the moment. */
const REFUSALS: ReadonlySet<string> = new Set(['ValidationException', 'SerializationException'])

/** True for what no second try would mend. */
export function isFinal(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error instanceof AnotherEnd || REFUSALS.has(error.name)
}
