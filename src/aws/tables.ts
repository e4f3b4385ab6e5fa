/** Which tables there are, and how they come into being. Every one is partitioned by tenant. */
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
  ResourceInUseException,
  ResourceNotFoundException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { setTimeout as delay } from 'node:timers/promises'
import { CALL_INDEXES, type CallIndex } from './table-keys.js'
import { expireRows } from './time-to-live.js'

export interface TableNames {
  readonly modules: string
  readonly functions: string
  readonly calls: string
  readonly settings: string
  readonly users: string
  readonly state: string
  readonly audit: string
}

/** The tables of one deployment; the prefix keeps several apart in one AWS account. */
export function tableNames(prefix = 'mcp-'): TableNames {
  return {
    modules: `${prefix}modules`,
    functions: `${prefix}functions`,
    calls: `${prefix}function_calls`,
    settings: `${prefix}settings`,
    users: `${prefix}users`,
    state: `${prefix}state`,
    audit: `${prefix}audit`,
  }
}

const SORT_KEYS: Readonly<Record<keyof TableNames, string>> = {
  modules: 'module_name',
  functions: 'function_uuid',
  calls: 'mcp_function_call_uuid',
  settings: 'setting_id',
  users: 'username',
  state: 'state_key',
  audit: 'audit_uuid',
}

/** Tables whose rows end by themselves at `expires_at`. */
const EXPIRING = ['calls', 'state', 'audit'] as const

/** What a page of the history shows; arguments and content are read by key. */
const LISTED_ATTRIBUTES = [
  'mcp_type',
  'name',
  'status',
  'time_spent',
  'user_id',
  'session_id',
  'conversation_id',
  'trace_id',
  'bundle_sha256',
  'protocol_version',
  'error',
  'created_at',
  'updated_at',
  'expires_at',
  'deadline',
]

/** A new table of AWS is active after seconds; one minute means that something is wrong. */
const MAX_WAIT_MS = 60_000
const POLL_MS = 100

/**
 * Creates the tables that are missing and waits until all can be used. Safe to repeat, and for
 * several processes at once.
 *
 * @throws Error when a table of that name exists with other keys or indexes
 */
export async function createTables({ db, tables }: TablesOf): Promise<void> {
  const definitions = tableNouns.map((noun) => tableDefinition(tables[noun], noun))
  await allOf(definitions.map((definition) => createTable(db, definition)))
  await allOf(EXPIRING.map((noun) => expireRows(db, tables[noun])))
}

/** Waits for all, also when one fails, so that nothing goes on behind the caller's back. */
async function allOf(works: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(works)
  const failure = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failure) throw failure.reason
}

/** What `createTables` needs of `Aws`. */
interface TablesOf {
  readonly db: DynamoDBDocumentClient
  readonly tables: TableNames
}

type TableDefinition = CreateTableCommandInput & { TableName: string }

const tableNouns = [
  'modules',
  'functions',
  'calls',
  'settings',
  'users',
  'state',
  'audit',
] as const satisfies readonly (keyof TableNames)[]

function tableDefinition(tableName: string, noun: keyof TableNames): TableDefinition {
  const sortKey = SORT_KEYS[noun]
  const indexes = noun === 'calls' ? CALL_INDEXES : []
  const attributes = ['endpoint_id', sortKey, ...indexes.map((index) => index.partitionKey)]
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributes.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    KeySchema: keySchema('endpoint_id', sortKey),
    ...(indexes.length > 0 && {
      GlobalSecondaryIndexes: indexes.map((index) => indexDefinition(index, sortKey)),
    }),
  }
}

function indexDefinition(index: CallIndex, sortKey: string): GlobalSecondaryIndex {
  return {
    IndexName: index.name,
    KeySchema: keySchema(index.partitionKey, sortKey),
    Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: LISTED_ATTRIBUTES },
  }
}

function keySchema(partitionKey: string, sortKey: string): KeySchemaElement[] {
  return [
    { AttributeName: partitionKey, KeyType: 'HASH' },
    { AttributeName: sortKey, KeyType: 'RANGE' },
  ]
}

async function createTable(db: DynamoDBDocumentClient, definition: TableDefinition) {
  const found = await describeTable(db, definition.TableName)
  if (!found) {
    await db.send(new CreateTableCommand(definition)).catch((error: unknown) => {
      if (!(error instanceof ResourceInUseException)) throw error
    })
  }
  assertSameKeys(definition, await activeTable(db, definition.TableName))
}

async function activeTable(db: DynamoDBDocumentClient, tableName: string) {
  const attempts = MAX_WAIT_MS / POLL_MS
  for (let attempt = 0; attempt < attempts; attempt++) {
    const table = await describeTable(db, tableName)
    if (table?.TableStatus === 'ACTIVE') return table
    await delay(POLL_MS)
  }
  throw new Error(`table ${tableName} was not active after ${MAX_WAIT_MS} ms`)
}

async function describeTable(
  db: DynamoDBDocumentClient,
  tableName: string,
): Promise<TableDescription | undefined> {
  try {
    const answer = await db.send(new DescribeTableCommand({ TableName: tableName }))
    return answer.Table
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}

function assertSameKeys(wanted: TableDefinition, found: TableDescription): void {
  const expected = keysOf(wanted)
  const actual = keysOf(found)
  if (expected === actual) return
  throw new Error(`table ${wanted.TableName} exists with other keys: ${actual}, not ${expected}`)
}

function keysOf(table: Pick<TableDescription, 'KeySchema' | 'GlobalSecondaryIndexes'>): string {
  const indexes = (table.GlobalSecondaryIndexes ?? []).map(
    (index) => `${index.IndexName}(${keyNames(index.KeySchema)})`,
  )
  return [keyNames(table.KeySchema), ...indexes.sort()].join(' ')
}

function keyNames(schema: readonly KeySchemaElement[] = []): string {
  return schema.map((element) => element.AttributeName).join('+')
}
