import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isLater } from '../../src/events/event-order.js'
import { userStream } from '../../src/events/events.js'
import { follow } from '../../src/events/follow.js'
import { startCuttingProxy } from '../support/cutting-proxy.js'
import { hasRedis, startTestRedis, type TestRedis } from '../support/redis.js'
import { createHeard, event, numbers } from './heard.js'
import { appendWhenBack, createRedisLogs } from './redis-logs.js'

const ann = userStream('acme', 'ann')
const always = new AbortController().signal
const unavailable = { code: 'EVENTS_UNAVAILABLE' }

describe.skipIf(!hasRedis)('the event log of several instances, in an outage', () => {
  let redis: TestRedis
  const logs = createRedisLogs(() => redis.url)

  beforeEach(async () => {
    redis = await startTestRedis()
  })
  afterEach(async () => {
    await logs.closeAll()
    await redis.stop()
  })

  it('what was appended before Redis is killed under load is there after it, with rising ids', async () => {
    const [writer, reader] = [logs.open(), logs.open()]
    const heard = createHeard()
    await reader.subscribe(ann, heard)
    const ids = new Map<number, string>()
    let next = 0
    const appendUntilItFails = async () => {
      for (;;) ids.set(next, await writer.append(ann, event(next++)))
    }
    const killWhenSomeAreThere = async () => {
      await heard.until(20)
      await redis.kill()
    }
    await Promise.all([
      expect(appendUntilItFails()).rejects.toMatchObject(unavailable),
      killWhenSomeAreThere(),
    ])
    await redis.restart()
    const unanswered = next - 1
    ids.set(next, await appendWhenBack(writer, ann, next))

    const kept = await reader.read(ann, { limit: 10_000 })
    const answered = kept.filter(({ body }) => body['n'] !== unanswered)
    expect(answered).toEqual([...ids].map(([n, id]) => ({ id, body: event(n) })))
    for (const [n, { id }] of kept.slice(1).entries())
      expect(isLater(id, kept[n]?.id ?? id)).toBe(true)
    expect(await heard.until(kept.length)).toEqual(kept.map(({ body }) => body['n']))
  })

  it('a network that is parted for five seconds loses nothing and doubles nothing', async () => {
    const network = await startCuttingProxy(redis.url)
    const here = logs.open()
    const there = logs.open({}, 500, network.url.replace('http', 'redis'))
    const heard = [createHeard(), createHeard()] as const
    const followed = createHeard()
    await here.subscribe(ann, heard[0])
    await there.subscribe(ann, heard[1])
    const first = await there.append(ann, event(0))
    await follow(there, ann, { ...followed, after: first, signal: always })
    await Promise.all(heard.map(({ until }) => until(1)))

    network.goSilent()
    const until = performance.now() + 5000
    let count = 1
    while (performance.now() < until) {
      await here.append(ann, event(count++))
      // It waits for as long as a command may take.
      await expect(there.append(ann, event(-1))).rejects.toMatchObject(unavailable)
    }
    const late = logs.open({}, 500, network.url.replace('http', 'redis'))
    await expect(late.subscribe(ann, createHeard())).rejects.toMatchObject(unavailable)
    expect(heard[1].told).toEqual([0])
    network.cut()
    network.comeBack()

    await appendWhenBack(there, ann, count++)
    await here.append(ann, event(count++))
    // What was sent into the silence was never heard by anybody.
    expect(await heard[0].until(count)).toEqual(numbers(0, count))
    expect(await heard[1].until(count)).toEqual(numbers(0, count))
    expect(await followed.until(count - 1)).toEqual(numbers(1, count))
    const kept = await there.read(ann, { limit: 1000 })
    expect(kept.map(({ body }) => body['n'])).toEqual(numbers(0, count))
    await logs.closeAll()
    await network.close()
  })
})
