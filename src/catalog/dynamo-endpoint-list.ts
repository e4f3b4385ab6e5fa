/** The list of endpoints: a row of each under the gateway's home, without an end. */
import { DeleteCommand, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Aws } from '../aws/aws.js'
import { tenantOfRow } from '../aws/row-tenant.js'
import { isConditionRefused } from '../aws/rows.js'
import { ENDPOINT_LIST_PREFIX, endpointListKey } from '../aws/table-keys.js'
import { GATEWAY_HOME } from '../domain/caller.js'
import { type Clock, toIso } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import {
  type EndpointEntry,
  type EndpointList,
  type ListedEndpoint,
  MAX_DESCRIPTION_CHARS,
  type NameRange,
} from './administration.js'
import { assertUnchanged, laterThan } from './changed-since.js'

export interface EndpointListOptions {
  readonly aws: Pick<Aws, 'db' | 'tables'>
  readonly clock: Clock
}

const Row = z.object({
  state_key: z.string(),
  /** Another one with every write. */
  version: z.string(),
  description: z.string().optional(),
  /** ISO 8601. */
  created_at: z.string(),
  updated_at: z.string(),
  updated_by: z.string(),
})

type Row = z.infer<typeof Row>

/** Longer than the name of any endpoint: what is compared with names needs no more. */
const MAX_NAME_CHARS = 64
/** A change that lost against others this often is given up. */
const MAX_ATTEMPTS = 10

export function createDynamoEndpointList({ aws, clock }: EndpointListOptions): EndpointList {
  /** @returns undefined when it is no longer as it was read */
  const write = async (entry: EndpointEntry, before: Row | undefined) => {
    const row = toRow(entry, before, toIso(clock.now()))
    return (await put(aws, row, before)) ? toListed(row) : undefined
  }
  return {
    async read(endpointId) {
      const row = await readRow(aws, endpointId)
      return row && toListed(row)
    },

    page: (range) => readPage(aws, range),

    async enter(entry) {
      refuseWrong(entry)
      const entered = await write(entry, undefined)
      if (entered) return entered
      throw new GatewayError('CONFLICT', `Endpoint "${entry.endpointId}" is in the list already`)
    },

    async describe({ ifUpdatedAt, ...entry }) {
      refuseWrong(entry)
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const before = await readRow(aws, entry.endpointId)
        assertUnchanged(`Endpoint "${entry.endpointId}"`, before?.updated_at, ifUpdatedAt)
        const described = await write(entry, before)
        if (described) return described
      }
      throw new GatewayError('CONFLICT', 'Others are describing this endpoint; try again')
    },

    async remove(endpointId) {
      const Key = endpointListKey(endpointId)
      await aws.db.send(new DeleteCommand({ TableName: aws.tables.state, Key }))
    },
  }
}

type Tables = EndpointListOptions['aws']

function refuseWrong({ description = '' }: EndpointEntry): void {
  if (description.length > MAX_DESCRIPTION_CHARS)
    throw new GatewayError(
      'INVALID_PARAMS',
      `description: must have at most ${MAX_DESCRIPTION_CHARS} characters`,
    )
}

function toRow(
  { endpointId, description, actor }: EndpointEntry,
  before: Row | undefined,
  now: string,
): Row {
  const said = description ?? before?.description
  return {
    state_key: endpointListKey(endpointId).state_key,
    version: randomUUID(),
    ...(said !== undefined && said !== '' && { description: said }),
    created_at: before?.created_at ?? now,
    updated_at: laterThan(before?.updated_at, now),
    updated_by: actor,
  }
}

function toListed(row: Row): ListedEndpoint {
  return {
    endpointId: tenantOfRow(row.state_key.slice(ENDPOINT_LIST_PREFIX.length)),
    ...(row.description !== undefined && { description: row.description }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  }
}

async function readRow({ db, tables }: Tables, endpointId: EndpointId): Promise<Row | undefined> {
  const Key = endpointListKey(endpointId)
  const { Item } = await db.send(
    new GetCommand({ TableName: tables.state, Key, ConsistentRead: true }),
  )
  return Item && Row.parse(Item)
}

/** @returns false when the row is not as it was read */
async function put(aws: Tables, row: Row, before: Row | undefined): Promise<boolean> {
  const { endpointId } = toListed(row)
  try {
    await aws.db.send(
      new PutCommand({
        TableName: aws.tables.state,
        Item: { ...endpointListKey(endpointId), ...row },
        ConditionExpression: before ? '#version = :version' : 'attribute_not_exists(#version)',
        ExpressionAttributeNames: { '#version': 'version' },
        ...(before && { ExpressionAttributeValues: { ':version': before.version } }),
      }),
    )
    return true
  } catch (error) {
    if (!isConditionRefused(error)) throw error
    // A put that landed although its answer was lost is refused when it is sent again.
    return (await readRow(aws, endpointId))?.version === row.version
  }
}

/** Both ends are part of a range of the database, and of none of ours: so two rows more are read. */
async function readPage(
  { db, tables }: Tables,
  { after, before, isBackward = false, limit }: NameRange,
): Promise<readonly ListedEndpoint[]> {
  const from = keyOf(after ?? '')
  // The character that follows the one with which the prefix ends.
  const to = before === undefined ? `${ENDPOINT_LIST_PREFIX.slice(0, -1)}$` : keyOf(before)
  if (Buffer.compare(Buffer.from(from), Buffer.from(to)) > 0) return []
  const { Items: items = [] } = await db.send(
    new QueryCommand({
      TableName: tables.state,
      ConsistentRead: true,
      ScanIndexForward: !isBackward,
      KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#pk': 'endpoint_id', '#sk': 'state_key' },
      ExpressionAttributeValues: { ':pk': GATEWAY_HOME, ':from': from, ':to': to },
      Limit: limit + 2,
    }),
  )
  const rows = Row.array()
    .parse(items)
    .filter(({ state_key: key }) => key !== from && key !== to)
    .slice(0, limit)
    .map(toListed)
  return isBackward ? rows.toReversed() : rows
}

function keyOf(name: string): string {
  return `${ENDPOINT_LIST_PREFIX}${name.slice(0, MAX_NAME_CHARS)}`
}
