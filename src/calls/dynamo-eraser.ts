/** Removes what is recorded of calls that have ended. */
import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import type { Aws } from '../aws/aws.js'
import { deleteObject } from '../aws/objects.js'
import { isConditionRefused } from '../aws/rows.js'
import { callContentKey, callKey } from '../aws/table-keys.js'
import type { Clock } from '../domain/clock.js'
import { shardOf } from './call-id.js'
import { isExpired, toListed } from './call-row.js'
import type { Calls } from './calls.js'
import { readRow } from './dynamo-call-rows.js'
import type { Sweeper } from './dynamo-sweeper.js'

export interface EraserParts {
  readonly aws: Aws
  readonly sweeper: Pick<Sweeper, 'closeLeft'>
  readonly clock: Clock
}

/**
 * The object goes before its row, which alone says that there is one: should it break off between
 * the two, the call is still found, and can be erased again. One that has ended stays as it is, so
 * nothing is removed of a call that runs.
 */
export function createEraser({ aws, sweeper, clock }: EraserParts): Calls['erase'] {
  return async (endpointId, callId) => {
    const found = await readRow(aws, endpointId, callId)
    if (found === undefined) return 'unknown'
    const row = await sweeper.closeLeft(endpointId, found)
    if (row.status === 'in_process') return 'running'
    if (row.content_in_s3 === true) await deleteObject(aws, callContentKey(endpointId, callId))
    const isRemoved = await removeEnded(aws, { ...callKey(endpointId, callId, shardOf(callId)) })
    return isRemoved && !isExpired(row, clock) ? toListed(endpointId, row) : 'unknown'
  }
}

/** @returns false when somebody else was first */
async function removeEnded(
  { db, tables }: Aws,
  Key: Readonly<Record<string, string>>,
): Promise<boolean> {
  try {
    await db.send(
      new DeleteCommand({
        TableName: tables.calls,
        Key,
        ConditionExpression: 'attribute_exists(#pk) AND #status <> :running',
        ExpressionAttributeNames: { '#pk': 'endpoint_id', '#status': 'status' },
        ExpressionAttributeValues: { ':running': 'in_process' },
      }),
    )
    return true
  } catch (error) {
    if (!isConditionRefused(error)) throw error
    return false
  }
}
