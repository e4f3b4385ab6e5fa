/** Databases that calls are recorded in, and what lies in them past the product's own reading. */
import { GetCommand } from '@aws-sdk/lib-dynamodb'
import { onTestFinished, vi } from 'vitest'
import { type Aws, type ClientOptions, createAws } from '../../src/aws/aws.js'
import { createDynamoStateStore } from '../../src/aws/dynamo-state-store.js'
import { callKey } from '../../src/aws/table-keys.js'
import { createTables, tableNames } from '../../src/aws/tables.js'
import { shardOf } from '../../src/calls/call-id.js'
import type { Calls } from '../../src/calls/calls.js'
import { createDynamoCalls, type DynamoCallsOptions } from '../../src/calls/dynamo-calls.js'
import type { CallRecord } from '../../src/domain/call.js'
import { systemClock } from '../../src/domain/clock.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestAws } from '../support/aws.js'
import { startDynoxide } from '../support/dynoxide.js'

export interface Engine {
  readonly aws: Aws
  /** True when it can delete rows that have expired. */
  readonly deletesExpired: boolean
  /** Another client of it. */
  connect(options?: Pick<ClientOptions, 'maxAttempts'>): Aws
  stop(): Promise<void>
}

/** The embedded engine. */
export async function startEmbedded(): Promise<Engine> {
  const test = await startTestAws()
  const { aws, client } = test
  const { bucket, tables } = aws
  const connect = (options = {}) => createAws({ bucket, tables, client: { ...client, ...options } })
  return { aws, deletesExpired: false, connect, stop: () => test.stop() }
}

/** Another one, with the bucket of the embedded. */
export async function startSecond(): Promise<Engine> {
  const local = await startTestAws({ tables: false })
  const dynoxide = await startDynoxide()
  const { client } = dynoxide
  const { bucket, s3 } = local.aws
  const connect = (options = {}) => ({
    ...createAws({ bucket, tables: tableNames('test-'), client: { ...client, ...options } }),
    s3,
  })
  const aws = connect()
  await createTables(aws)
  return {
    aws,
    deletesExpired: true,
    connect,
    async stop() {
      aws.close()
      await dynoxide.stop()
      await local.stop()
    },
  }
}

export type CallsChange = Partial<Omit<DynamoCallsOptions, 'aws' | 'state'>>

/** Calls of an instance of its own, which ends with the test. */
export function openCalls(aws: Aws, change?: CallsChange): Calls {
  const calls = createCallsIn(aws, change)
  onTestFinished(() => calls.close(0))
  return calls
}

/** The same, to be closed by who made them. */
export function createCallsIn(aws: Aws, change: CallsChange = {}): Calls {
  const { clock = systemClock } = change
  const state = createDynamoStateStore({ aws, clock })
  return createDynamoCalls({ aws, state, retentionDays: 90, log: silentLog, ...change })
}

export type CallKey = Pick<CallRecord, 'endpointId' | 'callId'>

export async function rowOf(aws: Aws, { endpointId, callId }: CallKey) {
  const Key = { ...callKey(endpointId, callId, shardOf(callId)) }
  const { Item } = await aws.db.send(
    new GetCommand({ TableName: aws.tables.calls, Key, ConsistentRead: true }),
  )
  return Item
}

/** Looks again and again until it no longer throws; nothing tells when the database has something. */
export function waitUntil<T>(look: () => Promise<T>): Promise<T> {
  return vi.waitFor(look, { timeout: 10_000, interval: 20 })
}
