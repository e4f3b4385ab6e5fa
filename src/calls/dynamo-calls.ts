/** Calls in DynamoDB, large ones with their content in S3. */
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { validate as isUuid } from 'uuid'
import type { Aws } from '../aws/aws.js'
import { isConditionRefused } from '../aws/rows.js'
import { callKey } from '../aws/table-keys.js'
import type { CallRecord } from '../domain/call.js'
import { type Clock, systemClock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { Log } from '../telemetry/telemetry.js'
import { readContent, storeContent, toCallContent } from './call-content.js'
import { type CallRow, readCallRow, toCallRecord, toCallRow, toIso } from './call-row.js'
import type { Calls } from './calls.js'

export interface DynamoCallsOptions {
  readonly aws: Aws
  /** Days until a record may be deleted; 0 keeps it for ever. */
  readonly retentionDays: number
  /** UTF-8 bytes of arguments and content above which they go to S3. Default 32 KiB. */
  readonly offloadBytes?: number | undefined
  readonly log: Log
  readonly clock?: Clock | undefined
}

const DEFAULT_OFFLOAD_BYTES = 32 * 1024

export function createDynamoCalls({
  aws,
  retentionDays,
  offloadBytes = DEFAULT_OFFLOAD_BYTES,
  log,
  clock = systemClock,
}: DynamoCallsOptions): Calls {
  return {
    async finish(call) {
      try {
        const content = toCallContent(call, offloadBytes)
        await storeContent(aws, call, content)
        await putOnce(aws, call, toCallRow(call, content, retentionDays))
      } catch (cause) {
        const { endpointId, callId } = call
        log.error({ err: cause, endpointId, callId }, 'a call could not be recorded')
        throw new GatewayError(
          'NOT_RECORDED',
          `The function has run, but call ${callId} could not be recorded`,
          { cause },
        )
      }
    },

    async read(endpointId, callId) {
      const row = await readRow(aws, endpointId, callId)
      if (!row || isExpired(row, clock)) return undefined
      return toCallRecord(endpointId, row, await readContent(aws, { endpointId, callId }, row))
    },
  }
}

/** A put that landed although its answer was lost is refused when sent again: that is success. */
async function putOnce(aws: Aws, call: CallRecord, item: Record<string, unknown>): Promise<void> {
  try {
    await aws.db.send(
      new PutCommand({
        TableName: aws.tables.calls,
        Item: item,
        ConditionExpression: 'attribute_not_exists(#pk)',
        ExpressionAttributeNames: { '#pk': 'endpoint_id' },
      }),
    )
  } catch (error) {
    if (!isConditionRefused(error)) throw error
    const stored = await readRow(aws, call.endpointId, call.callId)
    if (!stored || !isSameEnd(stored, call)) throw error
  }
}

function isSameEnd(stored: CallRow, call: CallRecord): boolean {
  return (
    stored.updated_at === toIso(call.updatedAt) &&
    stored.status === call.status &&
    stored.user_id === call.userId
  )
}

async function readRow(aws: Aws, endpointId: string, callId: string): Promise<CallRow | undefined> {
  if (!isUuid(callId)) return undefined
  const { Item } = await aws.db.send(
    new GetCommand({
      TableName: aws.tables.calls,
      Key: callKey(endpointId, callId),
      ConsistentRead: true,
    }),
  )
  return Item && readCallRow(Item)
}

/** The engine deletes expired rows up to days late, or never. */
function isExpired(row: CallRow, clock: Clock): boolean {
  return row.expires_at !== undefined && row.expires_at <= clock.now() / 1000
}
