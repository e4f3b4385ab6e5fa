import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { putObject } from '../../src/aws/objects.js'
import { createDynamoStateStore } from '../../src/aws/dynamo-state-store.js'
import { callContentKey, callKey } from '../../src/aws/table-keys.js'
import { newCallId } from '../../src/calls/call-id.js'
import { createDynamoCalls } from '../../src/calls/dynamo-calls.js'
import type { CallRecord } from '../../src/domain/call.js'
import { systemClock } from '../../src/domain/clock.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { awsLosingAnswer } from '../aws/lost-answers.js'
import { startTestAws, type TestAws } from '../support/aws.js'

let test: TestAws
beforeAll(async () => {
  test = await startTestAws()
})
afterAll(() => test.stop())

const DAY_MS = 86_400_000
const createdAt = Date.UTC(2026, 0, 31, 12, 0, 0, 123)
let nowMs = createdAt

const open = (aws = test.aws, retentionDays = 90) => {
  const clock = { now: () => nowMs }
  const state = createDynamoStateStore({ aws, clock })
  return createDynamoCalls({ aws, state, retentionDays, log: silentLog, clock })
}

const aCall = (change: Partial<CallRecord> = {}): CallRecord => ({
  endpointId: 'acme',
  callId: newCallId(1),
  mcpType: 'tool',
  name: 'lookup',
  userId: 'ann',
  arguments: { city: 'Bern' },
  content: { content: [{ type: 'text', text: '21 °C' }] },
  status: 'completed',
  timeSpentMs: 12.5,
  bundleSha256: 'ab12',
  protocolVersion: '2026-07-28',
  createdAt,
  updatedAt: createdAt + 13,
  ...change,
})

async function rowOf(call: CallRecord) {
  const { Item } = await test.aws.db.send(
    new GetCommand({
      TableName: test.aws.tables.calls,
      Key: { ...callKey(call.endpointId, call.callId) },
    }),
  )
  return Item
}

async function objectsOf(endpointId: string): Promise<string[]> {
  const s3 = await test.aws.s3()
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: test.aws.bucket, Prefix: `mcp_content/${endpointId}/` }),
  )
  return Contents.map(({ Key = '' }) => Key)
}

describe('a finished call', () => {
  it('is read back as it was, whatever its arguments hold', async () => {
    let deep: unknown = 'bottom'
    for (let level = 0; level < 100; level++) deep = [deep]
    const call = aCall({
      arguments: {
        '': null,
        big: 12_345_678_901_234_567_890n.toString(),
        exact: 0.1 + 0.2,
        tiny: 5e-324,
        empty: [[], {}, ''],
        half: '\ud83d',
        deep,
      },
      sessionId: 's',
      conversationId: 'c',
      traceId: 't',
      status: 'failed',
      error: { code: 'FUNCTION_FAILED', message: 'no such city' },
    })
    await open().finish(call)
    expect(await open().read('acme', call.callId)).toEqual(call)
  })

  it('without arguments or content has neither', async () => {
    const call = aCall({ arguments: undefined, content: undefined, status: 'cancelled' })
    await open().finish(call)
    expect(await open().read('acme', call.callId)).toEqual(call)
  })

  it('has the attributes of the data model, and an end', async () => {
    const call = aCall()
    await open().finish(call)
    expect(await rowOf(call)).toEqual({
      endpoint_id: 'acme',
      mcp_function_call_uuid: call.callId,
      function_key: 'acme#tool#lookup',
      user_key: 'acme#ann',
      mcp_type: 'tool',
      name: 'lookup',
      user_id: 'ann',
      status: 'completed',
      time_spent: 12.5,
      bundle_sha256: 'ab12',
      protocol_version: '2026-07-28',
      arguments: '{"city":"Bern"}',
      content: '{"content":[{"type":"text","text":"21 °C"}]}',
      created_at: '2026-01-31T12:00:00.123Z',
      updated_at: '2026-01-31T12:00:00.136Z',
      expires_at: Math.floor(createdAt / 1000) + 90 * 86_400,
    })
  })

  it('is kept for ever when retention is 0 days', async () => {
    const call = aCall()
    await open(test.aws, 0).finish(call)
    expect(await rowOf(call)).not.toHaveProperty('expires_at')
  })

  it('is not read after its end, though the engine still has it', async () => {
    const call = aCall()
    await open(test.aws, 1).finish(call)
    nowMs = createdAt + DAY_MS - 1000
    expect(await open().read('acme', call.callId)).toBeDefined()
    nowMs = createdAt + DAY_MS
    expect(await open().read('acme', call.callId)).toBeUndefined()
    nowMs = createdAt
  })

  it('is read at its own endpoint only', async () => {
    const call = aCall()
    await open().finish(call)
    expect(await open().read('other', call.callId)).toBeUndefined()
  })

  it('is found among the failures of its endpoint when it failed, by index', async () => {
    const endpointId = 'failing'
    const failed = aCall({ endpointId, status: 'timed_out' })
    await open().finish(failed)
    await open().finish(aCall({ endpointId }))
    const { Items } = await test.aws.db.send(
      new QueryCommand({
        TableName: test.aws.tables.calls,
        IndexName: 'failures',
        KeyConditionExpression: 'failure_key = :key',
        ExpressionAttributeValues: { ':key': endpointId },
      }),
    )
    expect(Items).toEqual([expect.objectContaining({ mcp_function_call_uuid: failed.callId })])
  })

  it('with a very long URI and error still fits its row', async () => {
    const name = `file:///${'ä'.repeat(300_000)}`
    const error = { code: 'FUNCTION_FAILED', message: '💥'.repeat(300_000) }
    const call = aCall({ mcpType: 'resource', name, status: 'failed', error })
    await open().finish(call)
    const read = await open().read('acme', call.callId)
    expect(name.startsWith(read?.name ?? '-')).toBe(true)
    expect(read?.error?.message).toBe('💥'.repeat(1024))
  })
})

describe('arguments and content', () => {
  const sized = (bytes: number) =>
    aCall({ arguments: undefined, content: 'x'.repeat(bytes - 2), endpointId: `sized-${bytes}` })

  it('of 32 KiB stay in the row', async () => {
    const call = sized(32 * 1024)
    await open().finish(call)
    expect(await rowOf(call)).not.toHaveProperty('content_in_s3')
    expect(await objectsOf(call.endpointId)).toEqual([])
  })

  it('of one byte more go to the bucket and come back the same', async () => {
    const call = sized(32 * 1024 + 1)
    await open().finish(call)
    const row = await rowOf(call)
    expect(row).toMatchObject({ content_in_s3: true, content_bytes: 32 * 1024 + 1 + 12 })
    expect(row).not.toHaveProperty('content')
    expect(row?.['content_preview']).toHaveLength(512)
    expect(await objectsOf(call.endpointId)).toEqual([callContentKey(call.endpointId, call.callId)])
    expect(await open().read(call.endpointId, call.callId)).toEqual(call)
  })

  it('of several MiB are recorded', async () => {
    const call = aCall({ arguments: { a: 'é'.repeat(3_000_000) }, content: { b: [1, 2] } })
    await open().finish(call)
    expect(await open().read('acme', call.callId)).toEqual(call)
  })

  it('that were changed or lost in the bucket are not passed off as the call', async () => {
    const call = sized(40_000)
    await open().finish(call)
    const key = callContentKey(call.endpointId, call.callId)
    await putObject(test.aws, key, Buffer.from('{"content":"forged"}'))
    await expect(open().read(call.endpointId, call.callId)).rejects.toThrow('not what was written')
    const s3 = await test.aws.s3()
    await s3.send(new DeleteObjectCommand({ Bucket: test.aws.bucket, Key: key }))
    await expect(open().read(call.endpointId, call.callId)).rejects.toThrow('is missing')
  })
})

describe('a call that is written twice', () => {
  it('is one record when the second is a retry of the first', async () => {
    const call = aCall()
    await open().finish(call)
    await open().finish(call)
    expect(await open().read('acme', call.callId)).toEqual(call)
  })

  it.each<[string, string]>([
    ['in a group', 'RequestItems'],
    ['with a condition', 'UpdateExpression'],
  ])('is one record when the answer to the first try was lost (%s)', async (how, column) => {
    const { aws, lostCount } = awsLosingAnswer(test, (input) => column in input)
    const calls = open(aws)
    await calls.settings('acme')
    const opened = calls.open('acme')
    const call = aCall({ callId: opened.callId })
    await (how === 'in a group' ? opened.end(call) : calls.finish(call))
    aws.close()
    expect(lostCount()).toBe(1)
    expect(await open().read('acme', call.callId)).toEqual(call)
  })

  it('keeps its first end when the second differs, and says so', async () => {
    const call = aCall()
    await open().finish(call)
    const late = { ...call, status: 'failed', updatedAt: call.updatedAt + 1 } as const
    await expect(open().finish(late)).rejects.toMatchObject({ code: 'NOT_RECORDED' })
    expect(await open().read('acme', call.callId)).toEqual(call)
  })
})

describe('reading a call', () => {
  it.each(['', 'x', '#'.repeat(5000)])('whose id is none (%#) finds nothing', async (callId) => {
    expect(await open().read('acme', callId)).toBeUndefined()
  })
})

describe('without a database', () => {
  it.each<[string, Partial<CallRecord>]>([
    ['small', {}],
    ['large', { content: 'x'.repeat(40_000) }],
  ])('a %s call is reported as not recorded, with the cause', async (_size, change) => {
    const gone = await startTestAws()
    await gone.stop()
    const state = createDynamoStateStore({ aws: gone.aws, clock: systemClock })
    const parts = { aws: gone.aws, state, retentionDays: 90, log: silentLog }
    const calls = createDynamoCalls({ ...parts, timeoutMs: 200 })
    await expect(calls.finish(aCall(change))).rejects.toMatchObject({
      name: 'GatewayError',
      code: 'NOT_RECORDED',
      cause: expect.any(Error),
    })
  })
})
