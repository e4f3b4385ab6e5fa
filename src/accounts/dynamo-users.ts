/** Users in one table, partitioned by their home: an endpoint, or `*` for the whole gateway. */
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Aws } from '../aws/aws.js'
import { tenantOfRow } from '../aws/row-tenant.js'
import { isConditionRefused, type Row } from '../aws/rows.js'
import { ROLES } from '../domain/caller.js'
import type { User, Users } from './accounts.js'

const UserRow = z
  .object({
    endpoint_id: z.string().transform(tenantOfRow),
    username: z.string(),
    roles: z.array(z.enum(ROLES)),
    disabled: z.boolean(),
    epoch: z.number(),
    password_hash: z.string().optional(),
    created_at: z.string(),
    updated_at: z.string(),
    updated_by: z.string(),
  })
  .transform((row): User => ({
    home: row.endpoint_id,
    username: row.username,
    roles: row.roles,
    isDisabled: row.disabled,
    epoch: row.epoch,
    passwordHash: row.password_hash,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  }))

/** When a row may be written. */
interface Condition {
  readonly ConditionExpression: string
  readonly ExpressionAttributeNames: Record<string, string>
  readonly ExpressionAttributeValues?: Row
}

export function createDynamoUsers({ db, tables }: Pick<Aws, 'db' | 'tables'>): Users {
  const put = async (user: User, condition: Condition): Promise<boolean> => {
    try {
      await db.send(new PutCommand({ TableName: tables.users, Item: toRow(user), ...condition }))
      return true
    } catch (error) {
      if (isConditionRefused(error)) return false
      throw error
    }
  }
  return {
    read: async (home, username) => {
      const Key = { endpoint_id: home, username }
      const found = await db.send(
        new GetCommand({ TableName: tables.users, Key, ConsistentRead: true }),
      )
      return found.Item && UserRow.parse(found.Item)
    },
    create: (user) =>
      put(user, {
        ConditionExpression: 'attribute_not_exists(#name)',
        ExpressionAttributeNames: { '#name': 'username' },
      }),
    replace: (before, after) =>
      put(after, {
        ConditionExpression: '#updated = :updated AND #epoch = :epoch',
        ExpressionAttributeNames: { '#updated': 'updated_at', '#epoch': 'epoch' },
        ExpressionAttributeValues: { ':updated': before.updatedAt, ':epoch': before.epoch },
      }),
    list: async (home, { after, limit }) => {
      const page = await db.send(
        new QueryCommand({
          TableName: tables.users,
          ConsistentRead: true,
          KeyConditionExpression: '#pk = :pk',
          ExpressionAttributeNames: { '#pk': 'endpoint_id' },
          ExpressionAttributeValues: { ':pk': home },
          Limit: limit,
          ...(after !== undefined && { ExclusiveStartKey: { endpoint_id: home, username: after } }),
        }),
      )
      return UserRow.array().parse(page.Items ?? [])
    },
  }
}

function toRow(user: User): Row {
  return {
    endpoint_id: user.home,
    username: user.username,
    roles: user.roles,
    disabled: user.isDisabled,
    epoch: user.epoch,
    password_hash: user.passwordHash,
    created_at: user.createdAt,
    updated_at: user.updatedAt,
    updated_by: user.updatedBy,
  }
}
