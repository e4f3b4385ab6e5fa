import { expect, it } from 'vitest'
import type { CallRecord } from '../../src/domain/call.js'
import { recordingLog } from '../runtime/bundles-on-disk.js'
import { aCall } from './a-call.js'
import { type Engine, openCalls, rowOf, waitUntil } from './engines.js'

const closedForAnother = 'a call was closed for an instance that has gone'

/** How long past its deadline a call is held for running, in milliseconds. */
const TOLERANCE_MS = 60_000

/** Calls that an instance began, and whose end it never wrote. */
async function leaveBehind(engine: Engine, count: number, change: Partial<CallRecord>) {
  const calls = openCalls(engine.aws, { startAfterMs: 10 })
  const left = Array.from({ length: count }, () => {
    const open = calls.open(change.endpointId ?? 'acme')
    const call = aCall({ ...change, callId: open.callId, content: undefined, status: 'in_process' })
    open.describe(() => call)
    return call
  })
  for (const call of left)
    await waitUntil(async () => expect(await rowOf(engine.aws, call)).toBeDefined())
  await calls.close(0)
  return left
}

export function promiseInterrupted(engine: () => Engine): void {
  it('are closed by one of several instances, once, as interrupted', async () => {
    const endpointId = 'left'
    const deadline = Date.now() - TOLERANCE_MS - 1000
    const left = await leaveBehind(engine(), 8, { endpointId, deadline })
    const logs = Array.from({ length: 3 }, recordingLog)
    const instances = logs.map(({ log }) => openCalls(engine().aws, { sweepEveryMs: 20, log }))
    for (const calls of instances) await calls.list({ endpointId, limit: 1 })
    for (const call of left)
      await waitUntil(async () =>
        expect(await rowOf(engine().aws, call)).toMatchObject({ status: 'failed' }),
      )
    const closed = logs
      .flatMap(({ lines }) => lines)
      .filter(({ message }) => message === closedForAnother)
    const ids = closed.map(({ fields }) => fields['callId'])
    expect(ids).toHaveLength(left.length)
    expect(new Set(ids)).toEqual(new Set(left.map(({ callId }) => callId)))
    const [calls] = instances
    const { deadline: _deadline, ...call } = left[0] ?? aCall()
    expect(await calls?.read(endpointId, call.callId)).toEqual({
      ...call,
      status: 'failed',
      error: { code: 'INTERRUPTED', message: expect.stringContaining('has stopped') },
      updatedAt: expect.any(Number),
    })
    const failed = await calls?.list({ endpointId, status: 'failed', limit: 10 })
    expect(failed?.calls).toHaveLength(8)
    const running = await calls?.list({ endpointId, status: 'in_process', limit: 10 })
    expect(running?.calls).toEqual([])
  })

  it('are closed by who reads them first, once', async () => {
    const [left = aCall()] = await leaveBehind(engine(), 1, {
      endpointId: 'left-read',
      deadline: Date.now() - TOLERANCE_MS - 1000,
    })
    const logs = Array.from({ length: 5 }, recordingLog)
    const read = await Promise.all(
      logs.map(({ log }) => openCalls(engine().aws, { log }).read(left.endpointId, left.callId)),
    )
    expect(read.map((call) => call?.status)).toEqual(logs.map(() => 'failed'))
    expect(logs.flatMap(({ lines }) => lines)).toEqual([
      expect.objectContaining({ message: closedForAnother }),
    ])
  })

  it('and end after all are not recorded: the first end counts', async () => {
    const [left = aCall()] = await leaveBehind(engine(), 1, {
      endpointId: 'left-late',
      deadline: Date.now() - TOLERANCE_MS - 1000,
    })
    const calls = openCalls(engine().aws)
    const closed = await calls.read(left.endpointId, left.callId)
    const late = { ...left, status: 'completed', deadline: undefined } as const
    await expect(calls.finish(late)).rejects.toMatchObject({ code: 'NOT_RECORDED' })
    expect(await calls.read(left.endpointId, left.callId)).toEqual(closed)
  })

  it('are let alone for a minute after their deadline: clocks differ', async () => {
    const endpointId = 'not-left'
    const deadline = Date.now() - TOLERANCE_MS + 30_000
    const [young = aCall()] = await leaveBehind(engine(), 1, { endpointId, deadline })
    const [old = aCall()] = await leaveBehind(engine(), 1, {
      endpointId,
      deadline: deadline - 60_000,
    })
    const calls = openCalls(engine().aws, { sweepEveryMs: 20 })
    await calls.list({ endpointId, limit: 1 })
    await waitUntil(async () =>
      expect(await rowOf(engine().aws, old)).toMatchObject({ status: 'failed' }),
    )
    expect(await calls.read(endpointId, young.callId)).toEqual(young)
  })
}
