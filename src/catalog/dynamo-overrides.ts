/** The one row of an endpoint's overrides, each change of it one conditional write. */
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { Aws } from '../aws/aws.js'
import { isConditionRefused } from '../aws/rows.js'
import { OVERRIDES_KEY } from '../aws/table-keys.js'
import { type Clock, toIso } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'
import type { FunctionOverride, OverrideChange } from './catalog.js'
import { auditOverride } from './dynamo-audit.js'
import {
  changeOverrides,
  type Changer,
  overrideOf,
  type Overrides,
  readOverrides,
  toStoredOverrides,
} from './overrides.js'

export interface OverrideParts {
  readonly aws: Aws
  readonly log: Log
  readonly clock: Clock
}

/** A change that lost against others this often is given up. */
const MAX_ATTEMPTS = 10

export async function loadOverrides(aws: Aws, endpointId: EndpointId): Promise<Overrides> {
  const { Item } = await aws.db.send(
    new GetCommand({
      TableName: aws.tables.modules,
      Key: { endpoint_id: endpointId, module_name: OVERRIDES_KEY },
      ConsistentRead: true,
    }),
  )
  return readOverrides(Item)
}

/** @see Catalog.setOverride */
export async function changeOverride(
  parts: OverrideParts,
  change: OverrideChange,
): Promise<FunctionOverride | undefined> {
  const { aws, clock } = parts
  const { endpointId, actor } = change
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const changer = { actor, now: toIso(clock.now()) }
    const before = await loadOverrides(aws, endpointId)
    const after = changeOverrides(before, change, changer)
    // A write that landed although its answer was lost is made once more, to the same effect.
    if (!(await write(aws, endpointId, { before, after, changer }))) continue
    const [was, is] = [overrideOf(before, change), overrideOf(after, change)]
    await auditOverride(parts, change, { was, is, now: changer.now })
    return is
  }
  throw new GatewayError('CONFLICT', 'Others are changing what is set; read it and try again')
}

interface Written {
  readonly before: Overrides
  readonly after: Overrides
  readonly changer: Changer
}

/** @returns false when the row is no longer as it was read */
async function write(
  { db, tables }: Aws,
  endpointId: EndpointId,
  { before, after, changer }: Written,
): Promise<boolean> {
  const isFirst = before.revision === 0
  try {
    await db.send(
      new PutCommand({
        TableName: tables.modules,
        Item: {
          endpoint_id: endpointId,
          module_name: OVERRIDES_KEY,
          revision: after.revision,
          overrides: toStoredOverrides(after),
          updated_at: changer.now,
          updated_by: changer.actor,
        },
        ConditionExpression: isFirst ? 'attribute_not_exists(#expected)' : '#expected = :expected',
        ExpressionAttributeNames: { '#expected': 'revision' },
        ...(!isFirst && { ExpressionAttributeValues: { ':expected': before.revision } }),
      }),
    )
    return true
  } catch (error) {
    if (isConditionRefused(error)) return false
    throw error
  }
}
