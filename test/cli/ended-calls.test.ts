import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createEndedCalls, type EndedCallsParts } from '../../src/cli/ended-calls.js'
import type { CallRecord } from '../../src/domain/call.js'
import { systemClock } from '../../src/domain/clock.js'
import { aCall, type History, openHistory } from './recorded-calls.js'

let history: History
beforeAll(async () => {
  history = await openHistory({ RECORD_START_AFTER_MS: '10' })
})
afterAll(() => history.stop())

const HOUR_MS = 3_600_000

const watch = (endpointId: string, parts: Partial<EndedCallsParts> = {}) => {
  const ended = createEndedCalls({
    calls: history.calls,
    endpointId,
    filter: {},
    recordedWithinMs: 60_000,
    clock: systemClock,
    ...parts,
  })
  return async () => (await ended.poll()).calls.map(({ name }) => name)
}

const finish = (endpointId: string, change: Partial<CallRecord> = {}) =>
  history.calls.finish(aCall({ endpointId, ...change }))

/** A call that goes on until it is told to end; it is in the history when this settles. */
async function begin(endpointId: string, change: Partial<CallRecord> = {}) {
  const { calls } = history
  const open = calls.open(endpointId)
  const { callId, createdAt } = open
  const call = aCall({ endpointId, callId, createdAt, ...change })
  open.describe(() => ({ ...call, status: 'in_process', content: undefined }))
  await vi.waitFor(async () => expect(await calls.read(endpointId, callId)).toBeDefined())
  return (updatedAt = Date.now()) => open.end({ ...call, updatedAt })
}

describe('calls that have ended', () => {
  it('are told once, in the order in which they ended, and none of before', async () => {
    await finish('once', { name: 'before' })
    const poll = watch('once')
    expect(await poll()).toEqual([])
    const now = Date.now()
    await finish('once', { name: 'late', createdAt: now, updatedAt: now + 9 })
    await finish('once', { name: 'soon', createdAt: now + 1, updatedAt: now + 5 })
    expect(await poll()).toEqual(['soon', 'late'])
    expect(await poll()).toEqual([])
    await finish('once', { name: 'next' })
    expect(await poll()).toEqual(['next'])
  })

  it('are told when they end, however long ago they began', async () => {
    const end = await begin('long', { name: 'long' })
    // An hour later nothing of it is among the newest.
    const clock = { now: () => Date.now() + HOUR_MS }
    const poll = watch('long', { clock })
    expect([await poll(), await poll()]).toEqual([[], []])
    await end()
    expect([await poll(), await poll()]).toEqual([['long'], []])
  })

  it('are told although they were not seen running, when they are written late', async () => {
    const poll = watch('late')
    await poll()
    await finish('late', { name: 'late', createdAt: Date.now() - 30_000 })
    expect(await poll()).toEqual(['late'])
  })

  it('are those of a function, a user and a status where these are asked for', async () => {
    const endpointId = 'filtered'
    const ends = [
      await begin(endpointId, { name: 'a', userId: 'ann' }),
      await begin(endpointId, { name: 'b', userId: 'ben', status: 'failed' }),
      await begin(endpointId, { name: 'b', userId: 'ben', mcpType: 'prompt' }),
    ]
    const filters: EndedCallsParts['filter'][] = [
      { name: 'a' },
      { userId: 'ben' },
      { status: 'failed' },
      { mcpType: 'prompt' },
    ]
    const polls = filters.flatMap((filter) => [
      watch(endpointId, { filter }),
      watch(endpointId, { filter, clock: { now: () => Date.now() + HOUR_MS } }),
    ])
    for (const poll of polls) expect(await poll()).toEqual([])
    for (const end of ends) await end()
    const told = []
    for (const poll of polls) told.push((await poll()).join(''))
    expect(told).toEqual(['a', 'a', 'bb', 'bb', 'b', 'b', 'b', 'b'])
  })

  it('are of their own endpoint', async () => {
    const poll = watch('mine')
    await poll()
    await finish('yours')
    expect(await poll()).toEqual([])
  })

  it('that are too many to look at are not passed over in silence', async () => {
    const endpointId = 'many'
    const parts = { calls: history.calls, filter: {}, recordedWithinMs: 60_000, clock: systemClock }
    const ended = createEndedCalls({ ...parts, endpointId, maxCalls: 2 })
    expect(await ended.poll()).toEqual({ calls: [], isComplete: true })
    for (const name of ['one', 'two', 'three']) await finish(endpointId, { name })
    const { calls, isComplete } = await ended.poll()
    expect([calls.map(({ name }) => name), isComplete]).toEqual([['two', 'three'], false])
  })
})
