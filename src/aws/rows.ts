/** Reading rows, and telling a refused condition from a failure. */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb'
import type { EndpointId } from '../domain/tenant.js'

export type Row = Record<string, unknown>

export interface PartitionQuery {
  readonly tableName: string
  readonly endpointId: EndpointId
  /** Only rows whose sort key begins with the prefix. */
  readonly sortKey?: { readonly name: string; readonly prefix: string } | undefined
  readonly signal?: AbortSignal | undefined
}

/** All rows of one tenant's partition, in order of the sort key, as the last write left them. */
export async function readPartition(
  db: DynamoDBDocumentClient,
  { tableName, endpointId, sortKey, signal }: PartitionQuery,
): Promise<Row[]> {
  const pages = paginateQuery(
    { client: db },
    {
      TableName: tableName,
      ConsistentRead: true,
      KeyConditionExpression: sortKey ? '#pk = :pk AND begins_with(#sk, :sk)' : '#pk = :pk',
      ExpressionAttributeNames: { '#pk': 'endpoint_id', ...(sortKey && { '#sk': sortKey.name }) },
      ExpressionAttributeValues: { ':pk': endpointId, ...(sortKey && { ':sk': sortKey.prefix }) },
    },
    { abortSignal: signal },
  )
  const rows: Row[] = []
  for await (const page of pages) rows.push(...(page.Items ?? []))
  return rows
}

/** True when a conditional write was refused because its condition did not hold. */
export function isConditionRefused(error: unknown): boolean {
  return error instanceof ConditionalCheckFailedException
}
