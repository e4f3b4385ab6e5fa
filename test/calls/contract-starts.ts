import { expect, it } from 'vitest'
import type { Calls } from '../../src/calls/calls.js'
import type { CallRecord } from '../../src/domain/call.js'
import { aCall } from './a-call.js'
import { type Engine, openCalls, rowOf, waitUntil } from './engines.js'
import { holdRequests, isStart } from './intercepted.js'
import { objectsOf } from './stored-content.js'

/** A call that is described until it is being written down that it runs. */
async function begin(calls: Calls, change: Partial<CallRecord>) {
  const open = calls.open(change.endpointId ?? 'acme')
  const { callId, createdAt } = open
  const call = aCall({ ...change, callId, createdAt })
  const running = (deadline: number): CallRecord => ({
    ...call,
    content: undefined,
    status: 'in_process',
    deadline,
  })
  const first = running(createdAt + 60_000)
  await new Promise<void>((resolve) => {
    open.describe(() => {
      resolve()
      return first
    })
  })
  return { open, call, first, running }
}

/** What the database holds of a call, as soon as it holds something. */
const rowOnceThere = (engine: Engine, call: CallRecord) =>
  waitUntil(async () => {
    const row = await rowOf(engine.aws, call)
    if (row === undefined) throw new Error('not there yet')
    return row
  })

export function promiseStarts(engine: () => Engine): void {
  it('and go on are found as they stand, then as they ended', async () => {
    const endpointId = 'running'
    const calls = openCalls(engine().aws, { startAfterMs: 10 })
    const { open, call, first } = await begin(calls, { endpointId })
    expect(await rowOnceThere(engine(), call)).toMatchObject({
      status: 'in_process',
      deadline: first.deadline,
    })
    expect(await calls.read(endpointId, call.callId)).toEqual(first)
    const query = { endpointId, status: 'in_process', limit: 10 } as const
    expect((await calls.list(query)).calls).toHaveLength(1)

    await open.end(call)
    expect(await calls.read(endpointId, call.callId)).toEqual(call)
    expect((await calls.list(query)).calls).toEqual([])
    const row = await rowOf(engine().aws, call)
    for (const column of ['deadline', 'failure_key', 'content_preview'])
      expect(row).not.toHaveProperty(column)
  })

  it('and end soon leave nothing but their end', async () => {
    const calls = openCalls(engine().aws, { startAfterMs: 60_000 })
    const open = calls.open('acme')
    const call = aCall({ callId: open.callId })
    open.describe(() => ({ ...call, status: 'in_process' }))
    await open.end(call)
    expect(await calls.read('acme', call.callId)).toEqual(call)
  })

  it('may end before that was written down: what comes after the end changes nothing', async () => {
    const aws = engine().connect()
    const held = holdRequests(aws, isStart)
    const calls = openCalls(aws, { startAfterMs: 10 })
    const { open, call } = await begin(calls, { arguments: { a: 1 }, content: undefined })
    await held.count(1)
    await open.end(call)
    const row = await rowOf(engine().aws, call)
    await held.letGo(0)
    expect(await rowOf(engine().aws, call)).toEqual(row)
    expect(await calls.read('acme', call.callId)).toEqual(call)
    aws.close()
  })

  it('and are described anew keep the later deadline, whichever is written last', async () => {
    const aws = engine().connect()
    const held = holdRequests(aws, isStart)
    const calls = openCalls(aws, { startAfterMs: 10 })
    const { open, call, running } = await begin(calls, {})
    await held.count(1)
    const later = running(call.createdAt + 900_000)
    open.describe(() => later)
    await held.count(2)
    await held.letGo(1)
    expect(await rowOf(engine().aws, call)).toMatchObject({ deadline: later.deadline })
    await held.letGo(0)
    expect(await rowOf(engine().aws, call)).toMatchObject({ deadline: later.deadline })
    expect(await calls.read('acme', call.callId)).toEqual(later)
    aws.close()
  })

  it('and are described anew show how they stand then', async () => {
    const calls = openCalls(engine().aws, { startAfterMs: 10 })
    const { open, call, running } = await begin(calls, {})
    await rowOnceThere(engine(), call)
    const later = { ...running(call.createdAt + 900_000), conversationId: 'c' }
    open.describe(() => later)
    await waitUntil(async () => expect(await calls.read('acme', call.callId)).toEqual(later))
    await calls.finish(call)
    expect(await calls.read('acme', call.callId)).toMatchObject({ status: 'completed' })
  })

  it('with large arguments are there with their preview only, until their end', async () => {
    const endpointId = 'large-start'
    const calls = openCalls(engine().aws, { startAfterMs: 10 })
    const large = { a: 'x'.repeat(40_000) }
    const { open, call, first } = await begin(calls, { endpointId, arguments: large })
    const row = await rowOnceThere(engine(), call)
    expect(row['content_preview']).toBe(JSON.stringify(large).slice(0, 512))
    expect(row).not.toHaveProperty('arguments')
    expect(row).not.toHaveProperty('content_in_s3')
    expect(await objectsOf(engine().aws, endpointId)).toEqual([])
    expect(await calls.read(endpointId, call.callId)).toEqual({ ...first, arguments: undefined })
    await open.end(call)
    expect(await calls.read(endpointId, call.callId)).toEqual(call)
    expect(await objectsOf(engine().aws, endpointId)).toHaveLength(1)
  })

  it('and were left are nothing, as long as nobody says how they ended', async () => {
    const calls = openCalls(engine().aws, { startAfterMs: 10 })
    const open = calls.open('acme')
    open.leave()
    open.describe(() => aCall({ callId: open.callId, status: 'in_process', deadline: 0 }))
    const { call } = await begin(calls, {})
    await rowOnceThere(engine(), call)
    expect(await rowOf(engine().aws, { endpointId: 'acme', callId: open.callId })).toBeUndefined()
  })
}
