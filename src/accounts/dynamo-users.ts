/** Users in one table, partitioned by their home: an endpoint, or `*` for the whole gateway. */
import { GetCommand, paginateQuery, PutCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Aws } from '../aws/aws.js'
import { tenantOfRow } from '../aws/row-tenant.js'
import { isConditionRefused, type Row } from '../aws/rows.js'
import { ROLES } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { User, UserPage, Users } from './accounts.js'
import { isSubject } from './user-names.js'

const UserRow = z
  .object({
    endpoint_id: z.string().transform(tenantOfRow),
    username: z.string(),
    roles: z.array(z.enum(ROLES)),
    disabled: z.boolean(),
    epoch: z.number(),
    password_hash: z.string().optional(),
    removed: z.boolean().optional(),
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
    ...(row.removed === true && { isRemoved: true }),
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
  const read = async (home: EndpointId, username: string): Promise<User | undefined> => {
    if (!isSubject(username)) return undefined
    const Key = { endpoint_id: home, username }
    const found = await db.send(
      new GetCommand({ TableName: tables.users, Key, ConsistentRead: true }),
    )
    return found.Item && UserRow.parse(found.Item)
  }
  return {
    read: async (home, username) => {
      const user = await read(home, username)
      return user?.isRemoved === true ? undefined : user
    },
    readTrace: read,
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
    list: async (home, page) => {
      const users: User[] = []
      for await (const user of listed({ db, tables }, home, page)) {
        users.push(user)
        if (users.length >= page.limit) break
      }
      return page.isBackward === true ? users.toReversed() : users
    },
  }
}

/** Rows that are read at a time at least: traces are among them. */
const MIN_ROWS = 25

/** In order of name, or against it for a page that goes backward. */
async function* listed(
  { db, tables }: Pick<Aws, 'db' | 'tables'>,
  home: EndpointId,
  { after, before, isBackward = false, limit }: UserPage,
): AsyncGenerator<User> {
  const start = isBackward ? before : after
  if (start !== undefined && !isSubject(start))
    throw new GatewayError('CURSOR_INVALID', 'after, before: not a name of a user')
  const pages = paginateQuery(
    { client: db, startingToken: start && { endpoint_id: home, username: start } },
    {
      TableName: tables.users,
      ConsistentRead: true,
      ScanIndexForward: !isBackward,
      KeyConditionExpression: '#pk = :pk',
      FilterExpression: 'attribute_not_exists(#removed)',
      ExpressionAttributeNames: { '#pk': 'endpoint_id', '#removed': 'removed' },
      ExpressionAttributeValues: { ':pk': home },
      Limit: Math.max(limit, MIN_ROWS),
    },
  )
  for await (const page of pages) yield* UserRow.array().parse(page.Items ?? [])
}

function toRow(user: User): Row {
  return {
    endpoint_id: user.home,
    username: user.username,
    roles: user.roles,
    disabled: user.isDisabled,
    epoch: user.epoch,
    password_hash: user.passwordHash,
    removed: user.isRemoved,
    created_at: user.createdAt,
    updated_at: user.updatedAt,
    updated_by: user.updatedBy,
  }
}
