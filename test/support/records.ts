import { paginateQuery } from '@aws-sdk/lib-dynamodb'
import { type Aws, createAws } from '../../src/aws/aws.js'
import { tableNames } from '../../src/aws/tables.js'
import { connectLocalAws } from '../../src/local-aws/local-aws.js'

export interface StoredCall {
  readonly mcp_function_call_uuid: string
  readonly name: string
  readonly mcp_type: string
  readonly status: string
  readonly user_id: string
  readonly arguments?: string
  readonly content?: string
  readonly time_spent: number
  readonly bundle_sha256: string
  readonly protocol_version: string
  readonly error?: { code: string; message: string }
}

/** What the database itself holds, past all of the product's own reading; newest first. */
export async function readStoredCalls(
  dataFolder: string,
  endpointId = 'default',
  spawnEngine: () => void = refuseToSpawn,
): Promise<StoredCall[]> {
  const client = connectLocalAws({ dataFolder, spawnEngine })
  const aws = createAws({ bucket: 'bundles', tables: tableNames(), client })
  try {
    return await readCallRows(aws, endpointId)
  } finally {
    aws.close()
  }
}

/** The same through a client that is there already. */
export async function readCallRows(aws: Aws, endpointId: string): Promise<StoredCall[]> {
  const pages = paginateQuery(
    { client: aws.db },
    {
      TableName: aws.tables.calls,
      ConsistentRead: true,
      KeyConditionExpression: '#pk = :pk',
      ExpressionAttributeNames: { '#pk': 'endpoint_id' },
      ExpressionAttributeValues: { ':pk': endpointId },
      ScanIndexForward: false,
    },
  )
  const rows: StoredCall[] = []
  for await (const page of pages) rows.push(...((page.Items ?? []) as StoredCall[]))
  return rows
}

function refuseToSpawn(): never {
  throw new Error('the engine of this data folder does not run')
}
