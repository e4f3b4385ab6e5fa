/** The state store in one table: values as JSON text, every write with its condition. */
import { randomUUID } from 'node:crypto'
import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Clock } from '../domain/clock.js'
import type { StateItem, StateKey, StateStore } from '../domain/state-store.js'
import type { Aws } from './aws.js'
import { isConditionRefused, type Row } from './rows.js'
import { stateKey } from './table-keys.js'

export interface DynamoStateStoreOptions {
  readonly aws: Aws
  readonly clock: Clock
}

const StateRow = z.object({
  value: z.string(),
  /** Another one with every write, so that a row that was removed and made anew differs too. */
  version: z.string(),
  /** Milliseconds since 1970; `expires_at`, in seconds, is for the engine alone. */
  expires_at_ms: z.number(),
})

const Value = z.record(z.string(), z.unknown())

const MAX_VALUE_BYTES = 64 * 1024

/** When a row may be written: which names and values its condition mentions. */
interface Condition {
  readonly expression: string
  readonly names: Record<string, string>
  readonly values: Row
}

export function createDynamoStateStore({ aws, clock }: DynamoStateStoreOptions): StateStore {
  return {
    // The engine deletes expired rows up to days late, or never: such a row may be taken over.
    create: async (key, item) =>
      put(aws, toRow(key, item), {
        expression: 'attribute_not_exists(#pk) OR #expires <= :now',
        names: { '#pk': 'endpoint_id', '#expires': 'expires_at_ms' },
        values: { ':now': clock.now() },
      }),

    async read(key) {
      const row = await readRow(aws, stateKey(key))
      if (row === undefined || row.expires_at_ms <= clock.now()) return undefined
      const value = Value.parse(JSON.parse(row.value))
      return { value, expiresAt: row.expires_at_ms, version: row.version }
    },

    replace: async (key, version, item) =>
      put(aws, toRow(key, item), {
        expression: '#version = :version AND #expires > :now',
        names: { '#version': 'version', '#expires': 'expires_at_ms' },
        values: { ':version': version, ':now': clock.now() },
      }),

    async remove(key) {
      await aws.db.send(new DeleteCommand({ TableName: aws.tables.state, Key: stateKey(key) }))
    },
  }
}

type NewRow = ReturnType<typeof toRow>

function toRow(key: StateKey, { value, expiresAt }: StateItem) {
  const text = JSON.stringify(value)
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_VALUE_BYTES)
    throw new RangeError(`state ${key.kind} has ${bytes} bytes; ${MAX_VALUE_BYTES} are taken`)
  return {
    ...stateKey(key),
    value: text,
    version: randomUUID(),
    expires_at: Math.ceil(expiresAt / 1000),
    expires_at_ms: expiresAt,
  }
}

/** @returns false when the condition does not hold */
async function put(aws: Aws, row: NewRow, condition: Condition): Promise<boolean> {
  try {
    await aws.db.send(
      new PutCommand({
        TableName: aws.tables.state,
        Item: row,
        ConditionExpression: condition.expression,
        ExpressionAttributeNames: condition.names,
        ExpressionAttributeValues: condition.values,
      }),
    )
    return true
  } catch (error) {
    if (!isConditionRefused(error)) throw error
    // A put that landed although its answer was lost is refused when it is sent again.
    return (await readRow(aws, row))?.version === row.version
  }
}

async function readRow(aws: Aws, { endpoint_id, state_key }: ReturnType<typeof stateKey>) {
  const { Item } = await aws.db.send(
    new GetCommand({
      TableName: aws.tables.state,
      Key: { endpoint_id, state_key },
      ConsistentRead: true,
    }),
  )
  return Item && StateRow.parse(Item)
}
