/** The rows of functions that operators have defined: each write of one is conditional, and decides. */
import { BatchGetCommand, DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { setTimeout as delay } from 'node:timers/promises'
import type { Aws } from '../aws/aws.js'
import { isConditionRefused, type Row } from '../aws/rows.js'
import type { EndpointId } from '../domain/tenant.js'
import { type OperatorFunction, readOperatorRow, toOperatorRow } from './operator-functions.js'

/** Keys in one request, at most. */
const MAX_KEYS = 100
/** Requests for what the database has left out, a little later each. */
const MAX_TRIES = 8
const FIRST_DELAY_MS = 20

/** Those of these rows that hold one, in order of id. */
export async function readOperatorRows(
  aws: Aws,
  endpointId: EndpointId,
  {
    uuids,
    signal,
  }: { readonly uuids: readonly string[]; readonly signal?: AbortSignal | undefined },
): Promise<readonly OperatorFunction[]> {
  const groups = Array.from({ length: Math.ceil(uuids.length / MAX_KEYS) }, (_, n) =>
    uuids.slice(n * MAX_KEYS, (n + 1) * MAX_KEYS),
  )
  const rows = await Promise.all(
    groups.map((group) => {
      const keys = group.map((uuid) => ({ endpoint_id: endpointId, function_uuid: uuid }))
      return readGroup(aws, keys, signal)
    }),
  )
  return rows
    .flat()
    .flatMap((row) => readOperatorRow(row) ?? [])
    .toSorted((a, b) => (a.uuid < b.uuid ? -1 : 1))
}

async function readGroup({ db, tables }: Aws, keys: Row[], signal?: AbortSignal): Promise<Row[]> {
  const rows: Row[] = []
  let left = keys
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt === MAX_TRIES) throw new Error(`${left.length} functions could not be read`)
    if (attempt > 0)
      await delay(Math.random() * FIRST_DELAY_MS * 2 ** attempt, undefined, { signal })
    const { Responses: found = {}, UnprocessedKeys: unread = {} } = await db.send(
      new BatchGetCommand({
        RequestItems: { [tables.functions]: { Keys: left, ConsistentRead: true } },
      }),
      { ...(signal && { abortSignal: signal }) },
    )
    rows.push(...(found[tables.functions] ?? []))
    left = unread[tables.functions]?.Keys ?? []
  }
  return rows
}

export interface WrittenRow {
  /** As it was read; undefined: there is none. */
  readonly before: OperatorFunction | undefined
  readonly after: OperatorFunction
}

/** @returns false when the row is not as it was read: then nothing was written */
export async function putOperatorRow(
  { db, tables }: Aws,
  endpointId: EndpointId,
  { before, after }: WrittenRow,
): Promise<boolean> {
  try {
    await db.send(
      new PutCommand({
        TableName: tables.functions,
        Item: toOperatorRow(endpointId, after),
        ConditionExpression: before ? '#stamp = :stamp' : 'attribute_not_exists(#tenant)',
        ExpressionAttributeNames: before ? { '#stamp': 'stamp' } : { '#tenant': 'endpoint_id' },
        ...(before && { ExpressionAttributeValues: { ':stamp': before.stamp } }),
      }),
    )
    return true
  } catch (error) {
    if (isConditionRefused(error)) return false
    throw error
  }
}

/** @returns false when the row is not as it was read: then nothing was removed */
export async function deleteOperatorRow(
  { db, tables }: Aws,
  endpointId: EndpointId,
  { uuid, stamp }: OperatorFunction,
): Promise<boolean> {
  try {
    await db.send(
      new DeleteCommand({
        TableName: tables.functions,
        Key: { endpoint_id: endpointId, function_uuid: uuid },
        ConditionExpression: '#stamp = :stamp',
        ExpressionAttributeNames: { '#stamp': 'stamp' },
        ExpressionAttributeValues: { ':stamp': stamp },
      }),
    )
    return true
  } catch (error) {
    if (isConditionRefused(error)) return false
    throw error
  }
}
