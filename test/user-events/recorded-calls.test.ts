import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../src/domain/clock.js'
import type { EventLimits, EventLog } from '../../src/events/events.js'
import { createMemoryEventLog } from '../../src/events/memory-event-log.js'
import { createRedisEventLog } from '../../src/events/redis-event-log.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import type { RecordedCalls } from '../../src/user-events/user-events.js'
import { aCall } from '../calls/a-call.js'
import { hasRedis, startTestRedis, type TestRedis } from '../support/redis.js'
import { feedOf, listen } from './recorded-listener.js'

const own = { clock: systemClock, log: silentLog }
const LIMITS: EventLimits = { maxEvents: 100, maxBytes: 1_000_000, maxAgeMs: 60_000 }
const invalid = expect.objectContaining({ code: 'INVALID_REQUEST' })

/** One log, as two instances see it; in memory there is one instance. */
type Create = (limits: EventLimits) => readonly [EventLog, EventLog]

let redis: TestRedis
let prefixes = 0
const adapters: [string, Create][] = [
  [
    'memory',
    (limits) => {
      const log = createMemoryEventLog({ ...limits, ...own })
      return [log, log]
    },
  ],
  [
    'redis',
    (limits) => {
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

const named = (name: string, endpointId = 'acme') => aCall({ name, endpointId })
const names = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `call-${from + n}`)

describe.each(hasRedis ? adapters : adapters.slice(0, 1))(
  'the recorded calls of an endpoint (%s)',
  (_kind, create) => {
    const openTwo = (limits = LIMITS) => {
      const logs = create(limits)
      onTestFinished(async () => {
        await Promise.all(logs.map((log) => log.close()))
      })
      return logs
    }
    const openFeeds = () => openTwo().map(feedOf) as [RecordedCalls, RecordedCalls]

    it('are told whichever instance ran them, whole but for what was said', async () => {
      const [here, there] = openFeeds()
      const heard = await listen(there)
      const error = { code: 'FUNCTION_FAILED', message: 'no such city' }
      const plain = aCall({ arguments: { secret: 1 } })
      const failed = aCall({ status: 'failed', error, sessionId: 's', traceId: 't' })
      here.add(plain)
      here.add(failed)
      const told = (await heard.until(2)).map(({ call }) => call)
      const shown = [plain, failed].map((call) => {
        const { arguments: _arguments, content: _content, ...listed } = call
        return listed
      })
      expect(told).toEqual(shown)
      expect(JSON.stringify(told)).not.toContain('secret')
    })

    it('are told in order, once each, from any cursor on and then as they come', async () => {
      const [here, there] = openFeeds()
      const first = await listen(there)
      for (const name of names(0, 30)) here.add(named(name))
      await first.until(30)
      for (const [at, { cursor }] of first.told.entries()) {
        if (at % 7 !== 3) continue
        const later = await listen(there, cursor)
        expect(later.names()).toEqual(names(at + 1, 30))
        later.leave()
      }
      const { cursor = '' } = first.told[10] ?? {}
      for (const name of names(30, 40)) here.add(named(name))
      const [back] = await Promise.all([listen(there, cursor), first.until(40)])
      for (const name of names(40, 50)) here.add(named(name))
      await back.until(39)
      expect(back.names()).toEqual(names(11, 50))
    })

    it('of another endpoint are not told, and its cursors are no good here', async () => {
      const [here, there] = openFeeds()
      const heard = await listen(there)
      const other = await listen(there, undefined, 'other')
      here.add(named('theirs', 'other'))
      here.add(named('ours'))
      await Promise.all([heard.until(1), other.until(1)])
      expect(heard.names()).toEqual(['ours'])
      expect(other.told[0]?.call).toMatchObject({ name: 'theirs', endpointId: 'other' })
      const { cursor = '' } = other.told[0] ?? {}
      await expect(listen(there, cursor)).rejects.toEqual(invalid)
      for (const wrong of ['', 'x', '1-1', `${cursor}x`, cursor.slice(1, -1)])
        await expect(listen(there, wrong, 'other')).rejects.toEqual(invalid)
    })

    it('that are no longer kept are a gap, and what is kept follows', async () => {
      const [log] = openTwo({ ...LIMITS, maxEvents: 5 })
      const recorded = feedOf(log)
      const heard = await listen(recorded)
      for (const [at, name] of names(0, 20).entries()) {
        recorded.add(named(name))
        await heard.until(at + 1)
      }
      const { cursor = '' } = heard.told[3] ?? {}
      const back = await listen(recorded, cursor)
      expect(back.names()).toEqual(['gap', ...names(15, 20)])
      const again = await listen(recorded, back.told[0]?.cursor)
      expect(again.names()).toEqual(['gap', ...names(15, 20)])
    })

    it('are told to nobody who has left', async () => {
      const [here, there] = openFeeds()
      const left = await listen(there)
      const stays = await listen(there)
      left.leave()
      here.add(named('later'))
      await stays.until(1)
      expect(left.told).toEqual([])
    })
  },
)

/** A log in memory that answers an append only when it is let go. */
function heldLog() {
  const log = createMemoryEventLog({ ...LIMITS, ...own })
  onTestFinished(() => log.close())
  const held: { go(): void; fail(): void }[] = []
  const sizes: number[] = []
  const append: EventLog['append'] = (stream, body) =>
    new Promise((resolve, reject) => {
      sizes.push(JSON.stringify(body).length)
      held.push({
        go: () => void log.append(stream, body).then(resolve, reject),
        fail: () => reject(new Error('the log is away')),
      })
    })
  return { events: { ...log, append }, held, sizes }
}

async function letGo(held: { go(): void }[], at: number): Promise<void> {
  await expect.poll(() => held.length, { timeout: 10_000, interval: 5 }).toBeGreaterThan(at)
  held[at]?.go()
}

describe('calls that end while others are being told', () => {
  it('are one event together, from whose middle one can go on', async () => {
    const { events, held } = heldLog()
    const recorded = feedOf(events)
    const heard = await listen(recorded)
    for (const name of names(0, 10)) recorded.add(named(name))
    expect(held).toHaveLength(1)
    await letGo(held, 0)
    await letGo(held, 1)
    const told = await heard.until(10)
    expect(held).toHaveLength(2)
    expect(heard.names()).toEqual(names(0, 10))
    const places = told.map(({ cursor }) => cursor.split('.')[0])
    expect(new Set(places).size).toBe(2)
    const back = await listen(recorded, told[4]?.cursor)
    expect(back.names()).toEqual(names(5, 10))
    expect(back.told).toEqual(told.slice(5))
  })

  it('wait a thousand at a time: the oldest give way, and a gap says so', async () => {
    const { events, held } = heldLog()
    const recorded = feedOf(events)
    const heard = await listen(recorded)
    for (const name of names(0, 1201)) recorded.add(named(name))
    // The first one, and four times 250.
    for (let at = 0; at < 5; at++) await letGo(held, at)
    await heard.until(1002)
    expect(held).toHaveLength(5)
    expect(heard.names()).toEqual(['call-0', 'gap', ...names(201, 1201)])
    const back = await listen(recorded, heard.told[1]?.cursor)
    expect(back.names()).toEqual(names(201, 1201))
  })

  it('wait in 256 KiB, however long their names and errors are', async () => {
    const { events, held, sizes } = heldLog()
    const recorded = feedOf(events)
    const heard = await listen(recorded)
    const error = { code: 'FUNCTION_FAILED', message: 'm'.repeat(100_000) }
    for (let n = 0; n < 200; n++) recorded.add(aCall({ name: 'n'.repeat(100_000), error }))
    await letGo(held, 0)
    await letGo(held, 1)
    const told = await heard.until(20)
    expect(told[1]?.call).toBe('gap')
    expect(Math.max(...sizes)).toBeLessThan(256 * 1024)
  })

  it('and are lost to the log are a gap as soon as it is back', async () => {
    const { events, held } = heldLog()
    const recorded = feedOf(events)
    const heard = await listen(recorded)
    recorded.add(named('lost'))
    held[0]?.fail()
    await letGo(held, 1)
    await heard.until(1)
    recorded.add(named('after'))
    await letGo(held, 2)
    await heard.until(2)
    expect(heard.names()).toEqual(['gap', 'after'])
  })

  it('are all told before the feed has closed, and none after that', async () => {
    const { events, held } = heldLog()
    const recorded = feedOf(events)
    const heard = await listen(recorded)
    for (const name of names(0, 3)) recorded.add(named(name))
    const closed = recorded.close()
    recorded.add(named('late'))
    await letGo(held, 0)
    await letGo(held, 1)
    await closed
    await heard.until(3)
    expect(heard.names()).toEqual(names(0, 3))
  })
})
