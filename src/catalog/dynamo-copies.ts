/** Copies of a bundle's functions and modules in the tables, for listing. */
import { DeleteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Aws } from '../aws/aws.js'
import { isConditionRefused, readPartition } from '../aws/rows.js'
import type { EndpointId } from '../domain/tenant.js'
import { type Copy, type CopyPlan, type RowsByKind, SORT_KEY, takenOver } from './copies.js'
import { inGroups } from './in-groups.js'

/** Whose rows, written by whom and when. */
export interface Writer {
  readonly endpointId: EndpointId
  readonly packageName: string
  readonly actor: string
  /** ISO 8601. */
  readonly now: string
}

/** All function and module rows of an endpoint, of whatever package. */
export async function readCopies(aws: Aws, endpointId: EndpointId): Promise<RowsByKind> {
  const [functions, modules] = await Promise.all([
    readPartition(aws.db, { tableName: aws.tables.functions, endpointId }),
    readPartition(aws.db, { tableName: aws.tables.modules, endpointId }),
  ])
  return { functions, modules }
}

/**
 * Writes the bundle's own attributes and leaves the operator's.
 *
 * @throws GatewayError `CONFLICT` when a row became another package's in the meantime
 */
export async function writeCopies(
  aws: Aws,
  writer: Writer,
  writes: readonly Copy[],
): Promise<void> {
  await inGroups(writes, async (copy) => {
    try {
      await aws.db.send(toUpdate(aws, writer, copy))
    } catch (cause) {
      if (!isConditionRefused(cause)) throw cause
      const { Item } = await aws.db.send(
        new GetCommand({ ...rowOf(aws, writer, copy), ConsistentRead: true }),
      )
      throw takenOver(copy, Item, cause)
    }
  })
}

/** Removes rows that are still the package's. */
export async function removeCopies(
  aws: Aws,
  writer: Writer,
  removals: CopyPlan['removals'],
): Promise<void> {
  await inGroups(removals, async (removal) => {
    try {
      await aws.db.send(
        new DeleteCommand({
          ...rowOf(aws, writer, removal),
          ConditionExpression: '#package = :mine',
          ExpressionAttributeNames: { '#package': 'package_name' },
          ExpressionAttributeValues: { ':mine': writer.packageName },
        }),
      )
    } catch (error) {
      if (!isConditionRefused(error)) throw error
    }
  })
}

function rowOf(aws: Aws, { endpointId }: Writer, { kind, id }: Pick<Copy, 'kind' | 'id'>) {
  return {
    TableName: aws.tables[kind],
    Key: { endpoint_id: endpointId, [SORT_KEY[kind]]: id },
  }
}

function toUpdate(aws: Aws, writer: Writer, copy: Copy): UpdateCommand {
  const attributes = Object.entries({
    ...copy.attributes,
    updated_at: writer.now,
    ...(copy.kind === 'modules' && { updated_by: writer.actor }),
  }).map(([name, value], n) => ({ name, value, hash: `#a${n}`, colon: `:a${n}` }))
  const present = attributes.filter(({ value }) => value !== undefined)
  const absent = attributes.filter(({ value }) => value === undefined)
  const set = `SET ${present.map(({ hash, colon }) => `${hash} = ${colon}`).join(', ')}`
  const remove = absent.length > 0 ? ` REMOVE ${absent.map(({ hash }) => hash).join(', ')}` : ''
  return new UpdateCommand({
    ...rowOf(aws, writer, copy),
    UpdateExpression: `${set}${remove}`,
    ConditionExpression: 'attribute_not_exists(#tenant) OR #package = :mine',
    ExpressionAttributeNames: {
      '#tenant': 'endpoint_id',
      '#package': 'package_name',
      ...Object.fromEntries(attributes.map(({ hash, name }) => [hash, name])),
    },
    ExpressionAttributeValues: {
      ':mine': writer.packageName,
      ...Object.fromEntries(present.map(({ colon, value }) => [colon, value])),
    },
  })
}
