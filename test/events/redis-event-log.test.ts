import { createClient } from 'redis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDeferredEventLog } from '../../src/events/deferred-event-log.js'
import { userStream } from '../../src/events/events.js'
import { follow } from '../../src/events/follow.js'
import { scripts } from '../../src/events/redis-scripts.js'
import { hasRedis, startTestRedis, type TestRedis } from '../support/redis.js'
import { createHeard, event, numbers } from './heard.js'
import { appendWhenBack, createRedisLogs, limits } from './redis-logs.js'

const ann = userStream('acme', 'ann')
const annKey = `mcp:events:${ann}`
const always = new AbortController().signal

describe.skipIf(!hasRedis)('the event log of several instances', () => {
  let redis: TestRedis
  const logs = createRedisLogs(() => redis.url)
  const open = (other: Partial<typeof limits> = {}, timeoutMs = 2000) => logs.open(other, timeoutMs)
  const operate = async <Result>(work: (client: Operator) => Promise<Result>) => {
    const client = operator(redis.url)
    await client.connect()
    try {
      return await work(client)
    } finally {
      client.destroy()
    }
  }
  beforeEach(async () => {
    redis = await startTestRedis()
  })
  afterEach(async () => {
    await logs.closeAll()
    await redis.stop()
  })

  it('two instances read and hear each other, with the same ids', async () => {
    const [one, two] = [open(), open()]
    const heard = [createHeard(), createHeard()] as const
    await one.subscribe(ann, heard[0])
    await two.subscribe(ann, heard[1])
    const id = await one.append(ann, event(0))
    await two.append(ann, event(1))
    expect(await heard[0].until(2)).toEqual([0, 1])
    expect(await heard[1].until(2)).toEqual([0, 1])
    expect(await two.read(ann, { after: id, limit: 10 })).toMatchObject([{ body: event(1) }])
    expect(one.isShared).toBe(true)
  })

  it('a restart of Redis loses nothing and doubles nothing', async () => {
    const [writer, reader] = [open(), open()]
    const heard = createHeard()
    const followed = createHeard()
    const first = await writer.append(ann, event(0))
    await reader.subscribe(ann, heard)
    await follow(reader, ann, { ...followed, after: first, signal: always })
    for (const n of numbers(1, 10)) await writer.append(ann, event(n))
    await heard.until(5)

    await redis.kill()
    await expect(writer.append(ann, event(-1))).rejects.toMatchObject({
      code: 'EVENTS_UNAVAILABLE',
    })
    await redis.restart()
    await appendWhenBack(writer, ann, 10)
    for (const n of numbers(11, 20)) await writer.append(ann, event(n))
    expect(await heard.until(19)).toEqual(numbers(1, 20))
    expect(await followed.until(19)).toEqual(numbers(1, 20))
  })

  it('cut connections lose nothing and double nothing, while events come', async () => {
    const [writer, reader] = [open(), open()]
    const heard = createHeard()
    const cuts: number[] = []
    await reader.subscribe(ann, heard)
    for (const n of numbers(0, 300)) {
      await writer.append(ann, event(n))
      if (n % 50 === 25) cuts.push(await operate(cutReaders))
    }
    expect(await heard.until(300)).toEqual(numbers(0, 300))
    expect(Math.max(...cuts)).toBe(1)
  })

  it('listeners learn that Redis lost the log, and hear what comes then', async () => {
    const [writer, reader] = [open(), open()]
    const heard = createHeard()
    await reader.subscribe(ann, heard)
    await writer.append(ann, event(0))
    await heard.until(1)
    await operate(async (client) => {
      await client.del(annKey)
      await cutReaders(client)
    })
    expect(await heard.until(2)).toEqual([0, 'dropped'])
    await writer.append(ann, event(1))
    expect(await heard.until(3)).toEqual([0, 'dropped', 1])
  })

  it('a listener learns what was dropped before it could be told', async () => {
    const small = { ...limits, maxEvents: 3 }
    const log = open(small)
    const heard = createHeard()
    await log.subscribe(ann, heard)
    await log.append(ann, event(0))
    await heard.until(1)
    await operate((client) => {
      // In one transaction, so that nobody can read in between.
      const all = client.multi()
      for (const n of numbers(1, 9)) all.appendEvent(annKey, JSON.stringify(event(n)), small)
      return all.exec()
    })
    await log.append(ann, event(9))
    const told = await heard.until(5)
    expect(told.slice(0, 3)).toEqual([0, 'dropped', 6])
    expect(told.at(-1)).toBe(9)
  })

  it('a stream that expired begins anew, and who listens hears it without an alarm', async () => {
    const log = open({ maxAgeMs: 1000 })
    const heard = createHeard()
    await log.subscribe(ann, heard)
    const first = await log.append(ann, event(0))
    await heard.until(1)
    await operate(async (client) => {
      while ((await client.exists(annKey)) === 1);
      await cutReaders(client)
    })
    await expect(log.read(ann, { after: first, limit: 1 })).rejects.toMatchObject({
      code: 'EVENTS_DROPPED',
    })
    await log.append(ann, event(1))
    expect(await heard.until(2)).toEqual([0, 1])
  })

  it('events that are too old go while newer ones come, and who listens hears them all', async () => {
    const log = open({ maxAgeMs: 1000, maxEvents: 100_000 })
    const heard = createHeard()
    await log.subscribe(ann, heard)
    const first = await log.append(ann, event(0))
    let count = 1
    while ((await log.read(ann, { limit: 1 }))[0]?.id === first)
      await log.append(ann, event(count++))
    await expect(log.read(ann, { after: first, limit: 1 })).rejects.toMatchObject({
      code: 'EVENTS_DROPPED',
    })
    expect(await heard.until(count)).toEqual(numbers(0, count))
    expect(await operate((client) => client.pTTL(annKey))).toBeLessThanOrEqual(1000)
  })

  it('one connection reads for all streams, also those that are listened to later', async () => {
    const log = open()
    const users = numbers(0, 50).map((n) => userStream('acme', `user-${n}`))
    const heard = users.map(() => createHeard())
    const stops = await Promise.all(
      users.map((stream, n) => log.subscribe(stream, heard[n] ?? createHeard())),
    )
    for (const [n, stream] of users.entries()) await log.append(stream, event(n))
    for (const [n, { until }] of heard.entries()) expect(await until(1)).toEqual([n])
    expect(await operate(readerIds)).toHaveLength(1)

    for (const stop of stops) stop()
    const streams = [users[0] ?? ann, ann]
    const startedAt = performance.now()
    for (const stream of streams) {
      const listener = createHeard()
      await log.subscribe(stream, listener)
      await log.append(stream, event(99))
      expect(await listener.until(1)).toEqual([99])
    }
    // Woken: a look by itself takes five seconds.
    expect(performance.now() - startedAt).toBeLessThan(2500)
    expect(heard[0]?.told).toEqual([0])
  })

  it('a Redis that is away or does not answer is told within the time limit', async () => {
    const log = open({}, 300)
    await log.append(ann, event(0))
    const away = { code: 'EVENTS_UNAVAILABLE' }
    await operate(async (client) => {
      await client.sendCommand(['CLIENT', 'PAUSE', '60000', 'ALL'])
      await expect(log.append(ann, event(1))).rejects.toMatchObject(away)
    })
    await redis.kill()
    await expect(log.append(ann, event(2))).rejects.toMatchObject(away)
    await expect(log.read(ann, { limit: 1 })).rejects.toMatchObject(away)
    await expect(log.subscribe(ann, createHeard())).rejects.toMatchObject(away)
    const never = open({}, 300)
    await expect(never.append(ann, event(3))).rejects.toMatchObject(away)
  })

  it('is opened when it is first used, and not at all when it is not', async () => {
    let openings = 0
    const deferred = () =>
      createDeferredEventLog(async () => {
        openings += 1
        return open()
      })
    const unused = deferred()
    await unused.close()
    expect(openings).toBe(0)
    await expect(unused.read(ann, { limit: 1 })).rejects.toMatchObject({
      code: 'EVENTS_UNAVAILABLE',
    })

    const used = deferred()
    const heard = createHeard()
    await used.subscribe(ann, heard)
    await used.append(ann, event(0))
    expect(await used.read(ann, { limit: 1 })).toMatchObject([{ body: event(0) }])
    expect(await heard.until(1)).toEqual([0])
    expect(openings).toBe(1)
    expect(used.isShared).toBe(true)
    await used.close()
    await expect(used.append(ann, event(1))).rejects.toMatchObject({ code: 'EVENTS_UNAVAILABLE' })
  })

  it('leaves no connection behind when it is closed', async () => {
    const log = open()
    await log.subscribe(ann, createHeard())
    await log.append(ann, event(0))
    await log.close()
    await operate(async (client) => {
      while ((await connections(client)).includes('mcp-events'));
    })
    expect(await operate(readerIds)).toEqual([])
  })
})

function operator(url: string) {
  return createClient({ url, scripts })
}

type Operator = ReturnType<typeof operator>

async function connections(client: Operator): Promise<string> {
  const list = await client.sendCommand(['CLIENT', 'LIST'])
  return typeof list === 'string' ? list : JSON.stringify(list)
}

async function readerIds(client: Operator): Promise<string[]> {
  const list = await connections(client)
  return list
    .split('\n')
    .filter((line) => line.includes('name=mcp-events-reader'))
    .map((line) => /^id=(\d+)/.exec(line)?.[1] ?? '')
}

/** @returns how many there were */
async function cutReaders(client: Operator): Promise<number> {
  const ids = await readerIds(client)
  for (const id of ids) await client.sendCommand(['CLIENT', 'KILL', 'ID', id])
  return ids.length
}
