import { expect, it } from 'vitest'
import { deleteObject } from '../../src/aws/objects.js'
import { callContentKey } from '../../src/aws/table-keys.js'
import { toListedCall } from '../../src/calls/calls.js'
import type { CallRecord } from '../../src/domain/call.js'
import { aCall, idAt } from './a-call.js'
import { type Engine, openCalls, rowOf } from './engines.js'
import { intercept } from './intercepted.js'
import { objectsOf } from './stored-content.js'

const LARGE = 'x'.repeat(40_000)

export function promiseErasing(engine: () => Engine): void {
  it('are read many at a time, with what was said, in few requests', async () => {
    const endpointId = 'many'
    const aws = engine().connect()
    const calls = openCalls(aws)
    await calls.changeSettings(endpointId, { shards: 4 })
    const made = Array.from({ length: 130 }, (_, n) =>
      aCall({
        endpointId,
        callId: idAt(Date.now() + n, n % 4),
        ...(n % 50 === 7 && { content: LARGE }),
      }),
    )
    await Promise.all(made.map((call) => calls.finish(call)))
    let requests = 0
    intercept(aws, async (_input, send) => {
      requests += 1
      await send()
    })
    const wanted = made.map(({ callId }) => callId)
    const unknown = [aCall().callId, 'x', '']
    const found = await calls.readMany(endpointId, [...wanted, ...unknown, ...wanted])
    expect(found).toEqual(new Map(made.map((call) => [call.callId, call])))
    expect(requests).toBe(2)
    expect((await calls.readMany('many2', wanted)).size).toBe(0)
    expect((await calls.readMany(endpointId, [])).size).toBe(0)
    aws.close()
  })

  it('are asked for again where the database leaves some out, and no more than a few times', async () => {
    const endpointId = 'left-out'
    const aws = engine().connect()
    const calls = openCalls(aws)
    const made = [aCall({ endpointId }), aCall({ endpointId })]
    await Promise.all(made.map((call) => calls.finish(call)))
    const wanted = made.map(({ callId }) => callId)
    let leavesOut = 2
    let requests = 0
    aws.db.middlewareStack.add(
      (next) => async (args) => {
        const { RequestItems } = args.input as { RequestItems?: unknown }
        if (RequestItems === undefined) return next(args)
        requests += 1
        const answer = await next(args)
        if (leavesOut-- <= 0) return answer
        const output = { ...answer.output, Responses: {}, UnprocessedKeys: RequestItems }
        return { ...answer, output }
      },
      { step: 'initialize', priority: 'high', name: 'leaveOut' },
    )
    expect((await calls.readMany(endpointId, wanted)).size).toBe(2)
    expect(requests).toBe(3)
    leavesOut = Infinity
    await expect(calls.readMany(endpointId, wanted)).rejects.toMatchObject({ code: 'BUSY' })
    expect(requests).toBeLessThan(15)
    aws.close()
  })

  it('are not among many after their retention', async () => {
    let nowMs = Date.now()
    const calls = openCalls(engine().aws, { retentionDays: 1, clock: { now: () => nowMs } })
    const call = aCall({ endpointId: 'many-expired', createdAt: nowMs })
    await calls.finish(call)
    expect((await calls.readMany('many-expired', [call.callId])).size).toBe(1)
    nowMs += 86_400_000
    expect((await calls.readMany('many-expired', [call.callId])).size).toBe(0)
    expect(await calls.erase('many-expired', call.callId)).toBe('unknown')
  })

  it.each<[string, Partial<CallRecord>]>([
    ['little', {}],
    ['much', { content: LARGE }],
  ])('and say %s are erased whole, once', async (_how, change) => {
    const endpointId = change.content === undefined ? 'erased-small' : 'erased-large'
    const calls = openCalls(engine().aws)
    const callId = idAt(Date.now(), 3)
    const call = aCall({ endpointId, callId, ...change })
    const other = aCall({ endpointId, ...change })
    await Promise.all([calls.finish(call), calls.finish(other)])
    expect(await calls.erase('elsewhere', callId)).toBe('unknown')
    expect(await calls.erase(endpointId, callId)).toEqual(toListedCall(call))
    expect(await rowOf(engine().aws, call)).toBeUndefined()
    expect(await objectsOf(engine().aws, endpointId)).toHaveLength(change.content ? 1 : 0)
    expect(await calls.read(endpointId, callId)).toBeUndefined()
    expect(await calls.read(endpointId, other.callId)).toEqual(other)
    expect(await calls.erase(endpointId, callId)).toBe('unknown')
    expect(await calls.erase(endpointId, 'x')).toBe('unknown')
  })

  it('are not erased while they run, and once they have ended', async () => {
    const endpointId = 'erased-running'
    const calls = openCalls(engine().aws)
    const ended = aCall({ endpointId, content: LARGE })
    const begun = { ...ended, status: 'in_process', content: undefined } as const
    await calls.finish({ ...begun, deadline: Date.now() + 60_000 })
    expect(await calls.erase(endpointId, ended.callId)).toBe('running')
    expect(await calls.read(endpointId, ended.callId)).toMatchObject({ status: 'in_process' })
    await calls.finish(ended)
    expect(await calls.read(endpointId, ended.callId)).toEqual(ended)
    expect(await calls.erase(endpointId, ended.callId)).toMatchObject({ status: ended.status })
    expect(await objectsOf(engine().aws, endpointId)).toEqual([])
  })

  it('can be erased again when that broke off, and nothing of them stays behind', async () => {
    const endpointId = 'erased-twice'
    const aws = engine().connect({ maxAttempts: 1 })
    const calls = openCalls(aws)
    const call = aCall({ endpointId, content: LARGE })
    await calls.finish(call)
    let isCut = true
    intercept(aws, async (input, send) => {
      const isDelete = 'ConditionExpression' in input && !('UpdateExpression' in input)
      if (isCut && isDelete) throw new Error('the connection is cut')
      await send()
    })
    await expect(calls.erase(endpointId, call.callId)).rejects.toThrow('is cut')
    isCut = false
    expect(await calls.erase(endpointId, call.callId)).toMatchObject({ callId: call.callId })
    expect(await rowOf(engine().aws, call)).toBeUndefined()
    expect(await objectsOf(engine().aws, endpointId)).toEqual([])
    aws.close()
  })

  it('are erased though what was said is lost, and hide none of those that are read with them', async () => {
    const endpointId = 'erased-damaged'
    const calls = openCalls(engine().aws)
    const lost = aCall({ endpointId, content: LARGE })
    const whole = aCall({ endpointId })
    await Promise.all([calls.finish(lost), calls.finish(whole)])
    await deleteObject(engine().aws, callContentKey(endpointId, lost.callId))
    const found = await calls.readMany(endpointId, [lost.callId, whole.callId])
    expect(found.get(lost.callId)).toBeInstanceOf(Error)
    expect(found.get(whole.callId)).toEqual(whole)
    expect(await calls.erase(endpointId, lost.callId)).toMatchObject({ callId: lost.callId })
    expect(await rowOf(engine().aws, lost)).toBeUndefined()
  })

  it('and are erased while they are read are either whole or not there', async () => {
    const endpointId = 'erased-meanwhile'
    const aws = engine().connect()
    const calls = openCalls(aws)
    const eraser = openCalls(engine().aws)
    const call = aCall({ endpointId, content: LARGE })
    await calls.finish(call)
    let hasErased = false
    intercept(aws, async (_input, send) => {
      await send()
      if (hasErased) return
      hasErased = true
      await eraser.erase(endpointId, call.callId)
    })
    expect(await calls.read(endpointId, call.callId)).toBeUndefined()
    aws.close()
  })
}
