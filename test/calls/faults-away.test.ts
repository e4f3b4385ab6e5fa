import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Calls } from '../../src/calls/calls.js'
import type { CallRecord } from '../../src/domain/call.js'
import { recordingLog } from '../runtime/bundles-on-disk.js'
import { testSeed } from '../support/seeded.js'
import { makeCall, makeCalls } from './call-load.js'
import { type FaultyDatabase, startFaultyDatabase } from './faulty-database.js'

let database: FaultyDatabase
beforeAll(async () => {
  database = await startFaultyDatabase(testSeed(20_260_806))
})
afterEach(() => database.closeOpened())
afterAll(() => database.stop())

const unavailable = expect.objectContaining({ code: 'RECORDS_UNAVAILABLE' })
const notRecorded = expect.objectContaining({ code: 'NOT_RECORDED' })

/** A number whose call is neither long nor large. */
const SHORT = 1

/** Short calls, all at the same time. */
const shortCalls = (calls: Calls, endpointId: string, count: number) =>
  Array.from({ length: count }, () => makeCall(calls, endpointId, SHORT))

describe('a database that is away for longer than a record may wait', () => {
  it.each(['goAway', 'goSilent'] as const)(
    'is told to those whose functions have run; nothing else runs until it is back (%s)',
    async (how) => {
      const endpointId = `away-${how}`
      let aheadMs = 0
      const clock = { now: () => Date.now() + aheadMs }
      const calls = database.open({ timeoutMs: 2000, startAfterMs: 10, clock })
      const acknowledged = [await makeCall(calls, endpointId, SHORT)]
      database.proxy[how]()

      // Short, long and large ones, and one of an endpoint that was never seen before.
      const running = [
        ...Array.from({ length: 41 }, (_, n) => makeCall(calls, endpointId, n)),
        makeCall(calls, `${endpointId}-new`, SHORT),
      ]
      const ends = await Promise.allSettled(running)
      expect(ends).toEqual(running.map(() => ({ status: 'rejected', reason: notRecorded })))
      expect(() => calls.open(endpointId)).toThrow(unavailable)

      // Now and then one may try.
      aheadMs += 1000
      const trial = makeCall(calls, endpointId, SHORT)
      expect(() => calls.open(endpointId)).toThrow(unavailable)
      await expect(trial).rejects.toEqual(notRecorded)

      database.proxy.comeBack()
      aheadMs += 1000
      acknowledged.push(await makeCall(calls, endpointId, SHORT))
      acknowledged.push(...(await makeCalls(calls, { endpointId, count: 20, concurrency: 5 })))
      await calls.close(5000)
      const others = await database.check(endpointId, acknowledged)
      expect(others.length).toBeLessThanOrEqual(42)
    },
  )
})

/** In which no time passes: nothing is given up. */
const stillClock = { now: () => 1_800_000_000_000 }

describe('records that wait for a database that is away', () => {
  it('are never more than their limit: beyond it nothing begins, and later all is written', async () => {
    const endpointId = 'limit'
    const calls = database.open({ maxPending: 25, clock: stillClock })
    const acknowledged = [await makeCall(calls, endpointId, SHORT)]
    database.proxy.goAway()
    const waiting: Promise<CallRecord>[] = []
    const begin = async () => {
      waiting.push(makeCall(calls, endpointId, SHORT))
      await turn()
    }
    for (let n = 0; n < 25; n++) await begin()
    for (let n = 0; n < 25; n++) expect(() => calls.open(endpointId)).toThrow(unavailable)

    database.proxy.comeBack()
    acknowledged.push(...(await Promise.all(waiting)))
    acknowledged.push(...(await Promise.all(shortCalls(calls, endpointId, 5))))
    expect(await database.check(endpointId, acknowledged)).toEqual([])
  })

  it('are written where more calls were running than may wait', async () => {
    const endpointId = 'burst'
    const calls = database.open({ maxPending: 25, clock: stillClock })
    await calls.settings(endpointId)
    database.proxy.goAway()
    const waiting = shortCalls(calls, endpointId, 60)
    await turn()
    expect(() => calls.open(endpointId)).toThrow(unavailable)
    database.proxy.comeBack()
    expect(await database.check(endpointId, await Promise.all(waiting))).toEqual([])
  })
})

describe('with RECORD_DURABILITY=async', () => {
  it('an answer does not wait while there is room for its record; then it does, and nothing begins', async () => {
    const endpointId = 'async'
    const settings = { durability: 'async', maxPending: 25, clock: stillClock } as const
    const calls = database.open(settings)
    await calls.settings(endpointId)
    database.proxy.goAway()
    const acknowledged: CallRecord[] = []
    const late = calls.open(endpointId)
    for (let n = 0; n < 25; n++) acknowledged.push(await makeCall(calls, endpointId, SHORT))
    expect(() => calls.open(endpointId)).toThrow(unavailable)

    const [first] = acknowledged
    if (first === undefined) throw new Error('no call was made')
    const lateCall = { ...first, callId: late.callId }
    let isAnswered = false
    const answered = late.end(lateCall).then(() => (isAnswered = true))
    for (let n = 0; n < 10; n++) await turn()
    expect(isAnswered).toBe(false)

    database.proxy.comeBack()
    await answered
    await calls.close(5000)
    expect(await database.check(endpointId, [...acknowledged, lateCall])).toEqual([])
  })

  it('the end of the process waits until everything is written', async () => {
    const endpointId = 'flush'
    const calls = database.open({ durability: 'async', startAfterMs: 10 })
    await calls.settings(endpointId)
    database.proxy.goSilent()
    const acknowledged = await makeCalls(calls, { endpointId, count: 45, concurrency: 45 })
    const closed = calls.close(10_000)
    database.proxy.comeBack()
    await closed
    expect(await database.check(endpointId, acknowledged)).toEqual([])
  })

  it('a database that takes longer than a caller would wait gets the records all the same', async () => {
    const endpointId = 'slow'
    const { log, lines } = recordingLog()
    const calls = database.open({ durability: 'async', timeoutMs: 500, log })
    await calls.settings(endpointId)
    database.proxy.disturb({ paused: 1 })
    const acknowledged = await Promise.all(shortCalls(calls, endpointId, 5))
    await calls.close(10_000)
    expect(lines).toEqual([])
    expect(await database.check(endpointId, acknowledged)).toEqual([])
  })

  it('what the end of the process cannot wait for any longer is logged as lost', async () => {
    const { log, lines } = recordingLog()
    const calls = database.open({ durability: 'async', log })
    await calls.settings('lost')
    database.proxy.goAway()
    await Promise.all(shortCalls(calls, 'lost', 5))
    await calls.close(100)
    expect(lines.filter(({ message }) => message === 'a record was lost')).toHaveLength(5)
  })
})
