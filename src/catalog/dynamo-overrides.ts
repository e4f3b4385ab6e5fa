/** The one row of an endpoint's overrides, each change of it one conditional write. */
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { isDeepStrictEqual } from 'node:util'
import type { Aws } from '../aws/aws.js'
import { isConditionRefused, type Row } from '../aws/rows.js'
import { functionUuid, OVERRIDES_KEY } from '../aws/table-keys.js'
import { type Clock, toIso } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'
import type { FunctionName, FunctionOverride, OverrideChange } from './catalog.js'
import { assertUnchanged, laterOf } from './changed-since.js'
import { labelOf } from './copies.js'
import { auditOverride } from './dynamo-audit.js'
import { readPackage } from './dynamo-packages.js'
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

export async function loadOverrides(
  aws: Pick<Aws, 'db' | 'tables'>,
  endpointId: EndpointId,
): Promise<Overrides> {
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
  const { before, after, now } = await updateOverrides(parts, change, async (found, changer) => {
    const ofDefinition = await definedAt(parts.aws, change)
    assertSame(change, found, ofDefinition)
    return changeOverrides(found, change, { ...changer, definedAt: ofDefinition })
  })
  const [was, is] = [overrideOf(before, change), overrideOf(after, change)]
  await auditOverride(parts, change, { was, is, now })
  return is
}

/** A function as it was seen, and whose. */
type SeenFunction = FunctionName & Pick<OverrideChange, 'endpointId' | 'ifUpdatedAt'>

/** @throws GatewayError `CONFLICT` when the function was changed since it was seen */
export async function assertSeen(
  aws: Aws,
  seen: SeenFunction,
  overrides: Overrides,
): Promise<void> {
  if (seen.ifUpdatedAt === undefined) return
  assertSame(seen, overrides, await definedAt(aws, seen))
}

function assertSame(
  seen: SeenFunction,
  overrides: Overrides,
  ofDefinition: string | undefined,
): void {
  const updatedAt = laterOf(overrideOf(overrides, seen)?.updatedAt, ofDefinition)
  assertUnchanged(labelOf(seen), updatedAt, seen.ifUpdatedAt)
}

/** When its package or, of one that was defined by hand, its row was changed last. */
async function definedAt(aws: Aws, seen: SeenFunction): Promise<string | undefined> {
  const row = await readFunctionRow(aws, seen)
  const { package_name: packageName, updated_at: updatedAt } = row ?? {}
  if (typeof packageName === 'string')
    return (await readPackage(aws, seen.endpointId, packageName))?.updated_at
  return typeof updatedAt === 'string' ? updatedAt : undefined
}

/** Of a bundle's function or of one that was defined by hand. */
export async function readFunctionRow(
  { db, tables }: Aws,
  { endpointId, mcpType, key }: FunctionName & Pick<OverrideChange, 'endpointId'>,
): Promise<Row | undefined> {
  const Key = { endpoint_id: endpointId, function_uuid: functionUuid(endpointId, mcpType, key) }
  const found = await db.send(
    new GetCommand({ TableName: tables.functions, Key, ConsistentRead: true }),
  )
  return found.Item
}

/** What was changed, and when, in ISO 8601. */
export interface ChangedOverrides {
  readonly before: Overrides
  readonly after: Overrides
  readonly now: string
}

/**
 * Changes the row as often as it takes to do that to what it is now.
 *
 * @param change returns what it was given when there is nothing to do
 * @throws GatewayError `CONFLICT` when others kept changing it
 */
export async function updateOverrides(
  { aws, clock }: Pick<OverrideParts, 'aws' | 'clock'>,
  { endpointId, actor }: Pick<OverrideChange, 'endpointId' | 'actor'>,
  change: (before: Overrides, changer: Changer) => Overrides | Promise<Overrides>,
): Promise<ChangedOverrides> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const changer = { actor, now: toIso(clock.now()) }
    const before = await loadOverrides(aws, endpointId)
    const after = await change(before, changer)
    if (after === before || (await write(aws, endpointId, { before, after, changer })))
      return { before, after, now: changer.now }
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
          ...toStoredOverrides(after),
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
    if (!isConditionRefused(error)) throw error
    // A write that landed although its answer was lost is refused when it is sent again.
    const found = await loadOverrides({ db, tables }, endpointId)
    return isDeepStrictEqual(toStoredOverrides(found), toStoredOverrides(after))
  }
}
