import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { FAULTS, type FaultShares } from '../support/fault-proxy.js'
import { testSeed } from '../support/seeded.js'
import { makeCall, makeCalls } from './call-load.js'
import { type FaultyDatabase, startFaultyDatabase } from './faulty-database.js'

let database: FaultyDatabase
beforeAll(async () => {
  database = await startFaultyDatabase(testSeed(20_260_805))
})
afterEach(() => database.closeOpened())
afterAll(() => database.stop())

const TENTH = 0.1

describe('calls that are recorded by way of a database that fails', { timeout: 60_000 }, () => {
  it.each<[string, FaultShares]>([
    ['one request in ten is throttled', { throttled: TENTH }],
    ['one item in ten is left unprocessed', { unprocessed: TENTH }],
    ['one request in ten is answered 2 s late', { paused: TENTH }],
    ['one connection in ten breaks before a request', { reset: TENTH }],
    ['one connection in ten breaks before the answer', { lost: TENTH }],
    ['all of that happens', Object.fromEntries(FAULTS.map((fault) => [fault, TENTH]))],
  ])('are each there once, as they were acknowledged, while %s', async (what, shares) => {
    const endpointId = what.replaceAll(' ', '-')
    const { proxy } = database
    const before = { ...proxy.happened }
    const calls = database.open({ startAfterMs: 10, timeoutMs: 50_000 })
    proxy.disturb(shares)
    const acknowledged = await makeCalls(calls, { endpointId, count: 200, concurrency: 20 })
    for (const fault of FAULTS.filter((one) => one in shares))
      expect(proxy.happened[fault]).toBeGreaterThan(before[fault])
    proxy.disturb({})
    acknowledged.push(await makeCall(calls, endpointId, 201))
    expect(acknowledged).toHaveLength(201)
    expect(await database.check(endpointId, acknowledged)).toEqual([])
  })
})
