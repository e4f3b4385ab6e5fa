/** Rows that end by themselves at `expires_at`, where the engine can do that. */
import {
  DescribeTimeToLiveCommand,
  DynamoDBServiceException,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'

/**
 * Lets the engine delete rows after `expires_at` (seconds since 1970). An embedded engine that
 * knows no such operation keeps them; readers filter what has expired in any case.
 */
export async function expireRows(db: DynamoDBDocumentClient, tableName: string): Promise<void> {
  if (await isExpiring(db, tableName)) return
  try {
    await db.send(
      new UpdateTimeToLiveCommand({
        TableName: tableName,
        TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
      }),
    )
  } catch (error) {
    if (isUnknownOperation(error)) return
    // Another process may have switched it on between the look and the update.
    if (!(await isExpiring(db, tableName))) throw error
  }
}

async function isExpiring(db: DynamoDBDocumentClient, tableName: string): Promise<boolean> {
  try {
    const answer = await db.send(new DescribeTimeToLiveCommand({ TableName: tableName }))
    const status = answer.TimeToLiveDescription?.TimeToLiveStatus
    return status === 'ENABLED' || status === 'ENABLING'
  } catch (error) {
    if (isUnknownOperation(error)) return false
    throw error
  }
}

function isUnknownOperation(error: unknown): boolean {
  return error instanceof DynamoDBServiceException && error.name === 'UnknownOperationException'
}
