import { DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { CallRecord } from '../../src/domain/call.js'
import { aCall } from './a-call.js'
import { type Engine, openCalls, rowOf } from './engines.js'
import { holdRequests, type Input, intercept, loseAnswer } from './intercepted.js'
import { objectsOf } from './stored-content.js'

const notRecorded = expect.objectContaining({ code: 'NOT_RECORDED' })

const isGroup = (input: Input) => 'RequestItems' in input
const isUpdate = (input: Input) => 'UpdateExpression' in input

/** Of a row, whatever DynamoDB counts beside texts. */
const MAX_ROW_BYTES = 400 * 1024

export function promiseEnds(engine: () => Engine): void {
  it('are one row each, written in a group, and read as they were', async () => {
    const aws = engine().connect()
    const requests: Input[] = []
    intercept(aws, async (input, send) => {
      requests.push(input)
      await send()
    })
    const calls = openCalls(aws)
    await calls.settings('grouped')
    const made = Array.from({ length: 5 }, () => {
      const open = calls.open('grouped')
      const { callId, createdAt } = open
      return { open, call: aCall({ endpointId: 'grouped', callId, createdAt }) }
    })
    await Promise.all(made.map(({ open, call }) => open.end(call)))
    expect(requests.filter(isGroup)).toHaveLength(1)
    expect(requests.filter(isUpdate)).toEqual([])
    for (const { call } of made) expect(await calls.read('grouped', call.callId)).toEqual(call)
    aws.close()
  })

  it.each<[string, (input: Input) => boolean]>([
    ['in a group', isGroup],
    ['with a condition', isUpdate],
  ])(
    'are written once when the answer is lost and they are sent again (%s)',
    async (_how, isLost) => {
      const aws = engine().connect({ maxAttempts: 1 })
      const { lostCount } = loseAnswer(aws, isLost)
      const calls = openCalls(aws)
      await calls.settings('lost')
      const open = calls.open('lost')
      const call = aCall({ endpointId: 'lost', callId: open.callId })
      if (isLost === isGroup) await open.end(call)
      else await calls.finish(call)
      expect(lostCount()).toBe(1)
      expect(await calls.read('lost', call.callId)).toEqual(call)
      aws.close()
    },
  )

  it('stay as they were when the same end comes again', async () => {
    const calls = openCalls(engine().aws)
    const call = aCall()
    await calls.finish(call)
    await Promise.all([calls.finish(call), openCalls(engine().aws).finish(call)])
    expect(await calls.read('acme', call.callId)).toEqual(call)
  })

  it.each([
    ['small', 'x'],
    ['large', 'x'.repeat(40_000)],
  ])(
    'stay as they were when another end comes late, which is told so (%s)',
    async (_size, text) => {
      const calls = openCalls(engine().aws)
      const call = aCall({ content: { text } })
      await calls.finish(call)
      const late = { ...call, content: { text: `${text}y` }, updatedAt: call.updatedAt + 1 }
      await expect(calls.finish(late)).rejects.toEqual(notRecorded)
      expect(await calls.read('acme', call.callId)).toEqual(call)
    },
  )

  it('of ten ends at the same time are one, and nine are told so', async () => {
    const calls = openCalls(engine().aws)
    const call = aCall()
    const ends = Array.from({ length: 10 }, (_, n) => ({ ...call, updatedAt: call.createdAt + n }))
    const outcomes = await Promise.allSettled(ends.map((end) => calls.finish(end)))
    const written = ends.filter((_, n) => outcomes[n]?.status === 'fulfilled')
    expect(written).toEqual([await calls.read('acme', call.callId)])
  })

  it('with async are told that another end stands there, all the same', async () => {
    const calls = openCalls(engine().aws, { durability: 'async' })
    const call = aCall()
    await calls.finish(call)
    const late = { ...call, updatedAt: call.updatedAt + 1 }
    await expect(calls.finish(late)).rejects.toEqual(notRecorded)
  })

  it.each(['ack', 'async'] as const)(
    'are written before their instance ends, however short before that they ended (%s)',
    async (durability) => {
      const endpointId = `last-${durability}`
      const calls = openCalls(engine().aws, { durability })
      const made: CallRecord[] = []
      const ends: Promise<void>[] = []
      for (let n = 0; n < 40; n++) {
        const open = calls.open(endpointId)
        const content = n % 8 === 0 ? 'x'.repeat(40_000) : n
        const call = aCall({ endpointId, callId: open.callId, content })
        made.push(call)
        ends.push(open.end(call))
        if (n === 20) await calls.settings(endpointId)
      }
      await calls.close(20_000)
      await Promise.all(ends)
      const others = openCalls(engine().aws)
      for (const call of made) expect(await others.read(endpointId, call.callId)).toEqual(call)
    },
  )

  it('are waited for by the end of their instance, should they be about to end', async () => {
    const endpointId = 'about-to-end'
    const calls = openCalls(engine().aws)
    const open = calls.open(endpointId)
    const call = aCall({ endpointId, callId: open.callId })
    const closed = calls.close(20_000)
    for (let turns = 0; turns < 5; turns++) await turn()
    await Promise.all([open.end(call), closed])
    expect(await openCalls(engine().aws).read(endpointId, call.callId)).toEqual(call)
  })

  it('with async are written though their instance ends without waiting for anything', async () => {
    const endpointId = 'at-once'
    const aws = engine().connect()
    const held = holdRequests(aws, ({ RequestItems }) => RequestItems !== undefined)
    const calls = openCalls(aws, { durability: 'async' })
    await calls.settings(endpointId)
    const open = calls.open(endpointId)
    const call = aCall({ endpointId, callId: open.callId })
    await open.end(call)
    await held.count(1)
    const closed = calls.close(0)
    // Longer than it was given.
    await delay(5)
    held.letAllGo()
    await closed
    expect(await openCalls(engine().aws).read(endpointId, call.callId)).toEqual(call)
    aws.close()
  })

  it('and say much are read back by nobody before they are written', async () => {
    const endpointId = 'large-first'
    const aws = engine().connect()
    const calls = openCalls(aws)
    await calls.settings(endpointId)
    const reads: Input[] = []
    intercept(aws, async (input, send) => {
      if (input['ConsistentRead'] === true) reads.push(input)
      await send()
    })
    const open = calls.open(endpointId)
    const content = 'x'.repeat(40_000)
    await open.end(aCall({ endpointId, callId: open.callId, content }))
    expect(reads).toEqual([])
    aws.close()
  })

  it('with async are answered though nothing can be read or written, and written in the end', async () => {
    const endpointId = 'all-held'
    const aws = engine().connect()
    const held = holdRequests(aws, () => true)
    const calls = openCalls(aws, { durability: 'async' })
    const made: CallRecord[] = []
    for (let n = 0; n < 30; n++) {
      const open = calls.open(endpointId)
      made.push(aCall({ endpointId, callId: open.callId }))
      await open.end(made[n] ?? aCall())
    }
    held.letAllGo()
    await calls.close(20_000)
    for (const call of made)
      expect(await openCalls(engine().aws).read(endpointId, call.callId)).toEqual(call)
    aws.close()
  })

  it('and say much lie in the bucket, with size, hash and preview in the row', async () => {
    const calls = openCalls(engine().aws)
    const said = {
      endpointId: 'large',
      arguments: { a: 'é'.repeat(30_000) },
      content: { b: [1, 2] },
    }
    const open = calls.open('large')
    const call = aCall({ ...said, callId: open.callId })
    await open.end(call)
    const row = await rowOf(engine().aws, call)
    expect(row).toMatchObject({ content_in_s3: true, content_preview: '{"b":[1,2]}' })
    expect(row).not.toHaveProperty('arguments')
    expect(row).not.toHaveProperty('content')
    const [object] = await objectsOf(engine().aws, 'large')
    expect(object).toEqual({ bytes: row?.['content_bytes'], sha256: row?.['content_sha256'] })
    expect(await calls.read('large', call.callId)).toEqual(call)
  })

  it('never need a larger row than the database takes, whatever they hold', async () => {
    const calls = openCalls(engine().aws)
    const content = 'x'.repeat(32 * 1024 - 2)
    const large = {
      name: `file:///${'ä'.repeat(300_000)}`,
      error: { code: 'FUNCTION_FAILED', message: '💥'.repeat(300_000) },
      userId: 'u'.repeat(3000),
      arguments: undefined,
    }
    for (const change of [{ content }, { content: `${content}${'é'.repeat(400_000)}` }]) {
      const open = calls.open('acme')
      const call = aCall({ ...large, ...change, callId: open.callId })
      await open.end(call)
      const row = await rowOf(engine().aws, call)
      expect(Buffer.byteLength(JSON.stringify(row))).toBeLessThan(MAX_ROW_BYTES)
      expect(await calls.read('acme', call.callId)).toMatchObject(change)
    }
  })

  it('and hold half characters harm no other call of their group, and are found', async () => {
    const calls = openCalls(engine().aws)
    await calls.settings('halves')
    const made = Array.from({ length: 4 }, (_, n) => {
      const open = calls.open('halves')
      const name = n === 1 ? 'x://\ud83d' : 'x://a'
      const error = { code: 'FUNCTION_FAILED', message: '\ude00' }
      const call = aCall({
        endpointId: 'halves',
        callId: open.callId,
        mcpType: 'resource',
        name,
        error,
      })
      return { open, call }
    })
    await Promise.all(made.map(({ open, call }) => open.end(call)))
    const query = { endpointId: 'halves', mcpType: 'resource', limit: 10 } as const
    const odd = await calls.list({ ...query, name: 'x://\ud83d' })
    expect(odd.calls.map(({ callId }) => callId)).toEqual([made[1]?.call.callId])
    const plain = await calls.list({ ...query, name: 'x://a' })
    expect(plain.calls).toHaveLength(3)
  })

  it('are gone at the end of their retention, though the engine may still have them', async () => {
    let nowMs = Date.now()
    const clock = { now: () => nowMs }
    const calls = openCalls(engine().aws, { retentionDays: 1, clock })
    const call = aCall({ endpointId: 'expiring', createdAt: nowMs })
    await calls.finish(call)
    const row = await rowOf(engine().aws, call)
    expect(row?.['expires_at']).toBe(Math.floor(nowMs / 1000) + 86_400)
    const query = { endpointId: 'expiring', limit: 10 }
    nowMs += 86_400_000 - 1000
    expect((await calls.list(query)).calls).toHaveLength(1)
    expect(await calls.read('expiring', call.callId)).toBeDefined()
    nowMs += 1000
    expect(await calls.list(query)).toEqual({ calls: [] })
    expect(await calls.read('expiring', call.callId)).toBeUndefined()
  })

  it('and states are deleted by the engine when they have expired, where it can do that', async () => {
    const { db, tables } = engine().aws
    for (const TableName of [tables.calls, tables.state]) {
      const answer = await db.send(new DescribeTimeToLiveCommand({ TableName }))
      expect(answer.TimeToLiveDescription).toMatchObject(
        engine().deletesExpired
          ? { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires_at' }
          : { TimeToLiveStatus: 'DISABLED' },
      )
    }
  })
}
