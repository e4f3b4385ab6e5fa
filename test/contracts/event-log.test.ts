import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/domain/clock.js'
import {
  type EventLog,
  endpointStream,
  recordedStream,
  sessionStream,
  userStream,
} from '../../src/events/events.js'
import { follow } from '../../src/events/follow.js'
import { createMemoryEventLog } from '../../src/events/memory-event-log.js'
import { createRedisEventLog } from '../../src/events/redis-event-log.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { createHeard, event, type Heard, numbers } from '../events/heard.js'
import { hasRedis, startTestRedis, type TestRedis } from '../support/redis.js'

const limits = { maxEvents: 100, maxBytes: 10_000, maxAgeMs: 60_000 }
const own = { clock: systemClock, log: silentLog }
const ann = userStream('acme', 'ann')
const always = () => new AbortController().signal

let redis: TestRedis
let prefixes = 0

/** @returns one log, as two instances see it; in memory there is one instance */
type Create = () => readonly [EventLog, EventLog]

const adapters: [string, Create][] = [
  [
    'memory',
    () => {
      const log = createMemoryEventLog({ ...limits, ...own })
      return [log, log]
    },
  ],
  [
    'redis',
    () => {
      const options = { url: redis.url, limits, ...own, keyPrefix: `${prefixes++}:` }
      return [createRedisEventLog(options), createRedisEventLog(options)]
    },
  ],
]

beforeAll(async () => {
  if (hasRedis) redis = await startTestRedis()
})
afterAll(async () => {
  if (hasRedis) await redis.stop()
})

describe.each(hasRedis ? adapters : adapters.slice(0, 1))('an event log (%s)', (_kind, create) => {
  const opened: EventLog[] = []
  const openTwo = () => {
    const logs = create()
    opened.push(...logs)
    return logs
  }
  const open = () => openTwo()[0]
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((log) => log.close()))
  })

  const read = async (log: EventLog, after?: string, limit = 1000) =>
    (await log.read(ann, { after, limit })).map(({ body }) => body['n'])

  it('gives events in the order in which they came, all after an id, and as many as asked for', async () => {
    const log = open()
    expect(await read(log)).toEqual([])
    const ids: string[] = []
    for (const n of numbers(0, 5)) ids.push(await log.append(ann, event(n)))

    expect(await read(log)).toEqual([0, 1, 2, 3, 4])
    expect(await read(log, undefined, 2)).toEqual([0, 1])
    expect(await read(log, ids[1])).toEqual([2, 3, 4])
    expect(await read(log, ids[1], 2)).toEqual([2, 3])
    expect(await read(log, ids[4])).toEqual([])
    expect((await log.read(ann, { limit: 10 })).map(({ id }) => id)).toEqual(ids)
    for (const id of ids) expect(id).toMatch(/^[!-~]+$/)
  })

  it('gives a body back as it was, whatever is in it, and untouched by what happens to it later', async () => {
    const log = open()
    const body = { text: 'ü\n\0😀', nested: { list: [1, null, { a: [] }] }, n: 1.5, no: null }
    const asText = JSON.stringify(body)
    await log.append(ann, body)
    body.nested.list.push(2)
    const [kept] = await log.read(ann, { limit: 1 })
    expect(kept?.body).toEqual(JSON.parse(asText))
  })

  it('says so when events after the id are gone by count, and never gives a part of them', async () => {
    const log = open()
    const first = await log.append(ann, event(0))
    for (const n of numbers(1, 100)) await log.append(ann, event(n))
    expect(await read(log, first)).toEqual(numbers(1, 100))

    for (const n of numbers(100, 102)) await log.append(ann, event(n))
    await expect(read(log, first)).rejects.toMatchObject({ code: 'EVENTS_DROPPED' })
    expect(await read(log)).toEqual(numbers(2, 102))
  })

  it('says so when events after the id are gone by size, and keeps the newest whatever its size', async () => {
    const log = open()
    const first = await log.append(ann, event(0))
    const second = await log.append(ann, { n: 1, text: 'x'.repeat(6000) })
    const third = await log.append(ann, { n: 2, text: 'x'.repeat(6000) })
    await expect(read(log, first)).rejects.toMatchObject({ code: 'EVENTS_DROPPED' })
    expect(await read(log)).toEqual([2])

    await log.append(ann, { n: 3, text: 'x'.repeat(20_000) })
    await expect(read(log, second)).rejects.toMatchObject({ code: 'EVENTS_DROPPED' })
    expect(await read(log)).toEqual([3])
    await log.append(ann, event(4))
    await expect(read(log, third)).rejects.toMatchObject({ code: 'EVENTS_DROPPED' })
    expect(await read(log)).toEqual([4])
  })

  it('refuses an id that is not of this stream, whatever it looks like', async () => {
    const log = open()
    const other = await log.append(userStream('acme', 'bob'), event(0))
    const [first = '', second = ''] = (await log.append(ann, event(0))).split('-')
    const strange = [
      other,
      '0-0',
      '',
      'x',
      `${first}-${Number(second) + 1}`,
      `0${first}-${second}`,
      `${first}-${Number(second) - 1}`,
      `${Number(first) + 1}-${second}`,
      '99999999999999999999-1',
      '-',
      '$',
      '+',
    ]
    // In Redis two streams may have the same id, when both had an event in one millisecond.
    for (const id of strange.filter((each) => each !== `${first}-${second}`))
      await expect(read(log, id)).rejects.toMatchObject({ code: 'EVENTS_DROPPED' })
    await expect(
      log.read(endpointStream('nobody'), { after: other, limit: 1 }),
    ).rejects.toMatchObject({ code: 'EVENTS_DROPPED' })
  })

  it('never mixes tenants, users and kinds of stream, whatever is in their names', async () => {
    const log = open()
    const streams = [
      userStream('acme', 'ann'),
      userStream('acme/ann', ''),
      userStream('', 'acme/ann'),
      userStream('acme', 'ann/x'),
      sessionStream('acme', 'ann', 'x'),
      sessionStream('acme', 'ann/x', ''),
      endpointStream('acme'),
      endpointStream('acme%2Fann'),
      endpointStream('acme/ann'),
      recordedStream('acme'),
      userStream('acme', 'ann\r\n*'),
    ]
    const heard = streams.map(() => createHeard())
    for (const [n, stream] of streams.entries()) {
      const listener = heard[n]
      if (listener) await log.subscribe(stream, listener)
    }
    for (const [n, stream] of streams.entries()) await log.append(stream, event(n))
    for (const [n, stream] of streams.entries()) {
      expect((await log.read(stream, { limit: 10 })).map(({ body }) => body)).toEqual([event(n)])
      expect(await heard[n]?.until(1)).toEqual([n])
    }
  })

  it('tells each listener what comes from then on, in order, and nothing after it stopped', async () => {
    const log = open()
    await log.append(ann, event(0))
    const early = createHeard()
    const late = createHeard()
    const stop = await log.subscribe(ann, early)
    await log.append(ann, event(1))
    await log.subscribe(ann, late)
    await Promise.all(numbers(2, 50).map((n) => log.append(ann, event(n))))
    expect(await early.until(49)).toEqual(numbers(1, 50))
    expect(await late.until(48)).toEqual(numbers(2, 50))

    stop()
    await log.append(ann, event(50))
    expect(await late.until(49)).toEqual(numbers(2, 51))
    expect(early.told).toHaveLength(49)
  })

  it('goes on when a listener throws, and keeps the order when one appends', async () => {
    const log = open()
    const appended: Promise<string>[] = []
    const heard = createHeard()
    await log.subscribe(ann, {
      onEvent: ({ body }) => {
        if (Number(body['n']) < 3) appended.push(log.append(ann, event(Number(body['n']) + 1)))
        throw new Error('a listener failed')
      },
      onDropped: () => undefined,
    })
    await log.subscribe(ann, heard)
    await log.append(ann, event(0))
    expect(await heard.until(4)).toEqual([0, 1, 2, 3])
    await Promise.all(appended)
    expect(await read(log)).toEqual([0, 1, 2, 3])
  })

  it('tells everybody one order, all of it and once, when two append at the same time', async () => {
    const [one, two] = openTwo()
    const heard = [createHeard(), createHeard(), createHeard()]
    const [atOne, atTwo, following] = heard as [Heard, Heard, Heard]
    await one.subscribe(ann, atOne)
    await two.subscribe(ann, atTwo)
    await follow(two, ann, { ...following, signal: always() })
    const publish = async (log: EventLog, events: readonly number[]) => {
      for (const n of events) await log.append(ann, event(n))
    }
    await Promise.all([publish(one, numbers(0, 40)), publish(two, numbers(40, 80))])
    await one.append(ann, event(80))
    const order = await read(two)
    expect(order.filter((n) => Number(n) < 40)).toEqual(numbers(0, 40))
    expect(order.filter((n) => Number(n) >= 40)).toEqual(numbers(40, 81))
    for (const { until } of heard) expect(await until(81)).toEqual(order)
  })

  it('is followed from an id without a gap and without a double, while others append', async () => {
    const log = open()
    const ids: string[] = []
    for (const n of numbers(0, 10)) ids.push(await log.append(ann, event(n)))
    const followers = ids.map(() => createHeard())
    const appending = (async () => {
      for (const n of numbers(10, 80)) await log.append(ann, event(n))
    })()
    const following = followers.map((heard, n) =>
      follow(log, ann, { ...heard, after: ids[n], signal: always() }),
    )
    await Promise.all([appending, ...following])
    await log.append(ann, event(80))
    for (const [n, heard] of followers.entries())
      expect(await heard.until(80 - n)).toEqual(numbers(n + 1, 81))
  })

  it('is followed across a gap, which is told where it is, and no more after the signal', async () => {
    const log = open()
    const first = await log.append(ann, event(0))
    for (const n of numbers(1, 151)) await log.append(ann, event(n))
    const heard = createHeard()
    const other = createHeard()
    const ending = new AbortController()
    await follow(log, ann, { ...heard, after: first, signal: ending.signal })
    await follow(log, ann, { ...other, signal: always() })
    expect(heard.told).toEqual(['dropped', ...numbers(51, 151)])
    expect(other.told).toEqual(numbers(51, 151))

    await log.append(ann, event(151))
    expect(await heard.until(102)).toEqual(['dropped', ...numbers(51, 152)])
    ending.abort()
    await log.append(ann, event(152))
    expect(await other.until(102)).toEqual(numbers(51, 153))
    expect(heard.told).toHaveLength(102)
  })

  it('tells nothing and answers nothing after it was closed', async () => {
    const log = open()
    const heard = createHeard()
    await log.subscribe(ann, heard)
    await log.append(ann, event(0))
    await heard.until(1)
    await log.close()
    const unavailable = { code: 'EVENTS_UNAVAILABLE' }
    await expect(log.append(ann, event(1))).rejects.toMatchObject(unavailable)
    await expect(read(log)).rejects.toMatchObject(unavailable)
    await expect(log.subscribe(ann, heard)).rejects.toMatchObject(unavailable)
    expect(heard.told).toEqual([0])
    await log.close()
  })
})
