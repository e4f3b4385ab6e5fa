import { expect, it } from 'vitest'
import { systemClock } from '../../src/domain/clock.js'
import { type EventListener, type EventLog, userStream } from '../../src/events/events.js'
import { follow } from '../../src/events/follow.js'
import { createMemoryEventLog } from '../../src/events/memory-event-log.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { createHeard, event, numbers } from './heard.js'

const ann = userStream('acme', 'ann')
const limits = { maxEvents: 100_000, maxBytes: 10_000_000, maxAgeMs: 60_000 }
const open = (maxEvents = limits.maxEvents) =>
  createMemoryEventLog({ ...limits, maxEvents, clock: systemClock, log: silentLog })

/** The log with something that happens while the first page is read. */
function whileReading(log: EventLog, happens: () => Promise<unknown>): EventLog {
  let isFirst = true
  return {
    ...log,
    async read(stream, range) {
      const page = await log.read(stream, range)
      if (isFirst) {
        isFirst = false
        await happens()
      }
      return page
    },
  }
}

async function appendAll(log: EventLog, all: readonly number[]) {
  for (const n of all) await log.append(ann, event(n))
}

it('more events than can wait while replaying are read instead, none is lost or doubled', async () => {
  const log = open()
  await appendAll(log, numbers(0, 50))
  const heard = createHeard()
  const busy = whileReading(log, () => appendAll(log, numbers(50, 3000)))
  await follow(busy, ann, { ...heard, signal: new AbortController().signal })
  await log.append(ann, event(3000))
  expect(await heard.until(3001)).toEqual(numbers(0, 3001))
})

it('events that go while they are replayed are told as dropped', async () => {
  const log = open(150)
  await appendAll(log, numbers(0, 150))
  const heard = createHeard()
  const busy = whileReading(log, () => appendAll(log, numbers(150, 3000)))
  await follow(busy, ann, { ...heard, signal: new AbortController().signal })
  expect(heard.told).toEqual([...numbers(0, 100), 'dropped', ...numbers(2850, 3000)])
})

it('what the log drops while it is followed is told where it is, and ids may begin anew', async () => {
  const log = open()
  const listeners: EventListener[] = []
  const manual: EventLog = {
    ...log,
    subscribe: async (_stream, listener) => {
      listeners.push(listener)
      return () => undefined
    },
  }
  const heard = createHeard()
  await follow(manual, ann, { ...heard, signal: new AbortController().signal })
  const [live] = listeners
  live?.onEvent({ id: '9-0', body: event(0) })
  live?.onEvent({ id: '8-0', body: event(-1) })
  live?.onDropped()
  live?.onEvent({ id: '1-0', body: event(1) })
  expect(heard.told).toEqual([0, 'dropped', 1])
})

it('a signal that has aborted, or aborts while replaying, ends it at once', async () => {
  const log = open()
  await appendAll(log, numbers(0, 150))
  const none = createHeard()
  await follow(log, ann, { ...none, signal: AbortSignal.abort() })
  const some = createHeard()
  const ending = new AbortController()
  const busy = whileReading(log, async () => ending.abort())
  await follow(busy, ann, { ...some, signal: ending.signal })
  await log.append(ann, event(150))
  const other = createHeard()
  await follow(log, ann, { ...other, signal: new AbortController().signal })
  expect(other.told).toHaveLength(151)
  expect(none.told).toEqual([])
  expect(some.told).toEqual([])
})

it('a log that fails while replaying rejects, and nothing is told after it', async () => {
  const log = open()
  const heard = createHeard()
  const broken: EventLog = { ...log, read: () => Promise.reject(new Error('broken')) }
  const { signal } = new AbortController()
  await expect(follow(broken, ann, { ...heard, signal })).rejects.toThrow('broken')
  const other = createHeard()
  await log.subscribe(ann, other)
  await log.append(ann, event(0))
  await other.until(1)
  expect(heard.told).toEqual([])
})

it('events wait while whoever listens is not ready, those that come in between too, and then no more', async () => {
  const log = open()
  await appendAll(log, numbers(0, 150))
  const heard = createHeard()
  let asked = 0
  // It is ready again when another event has been appended, as long as it is asked.
  const ready = () => {
    asked += 1
    return asked <= 40 ? log.append(ann, event(149 + asked)).then(() => undefined) : undefined
  }
  await follow(log, ann, { ...heard, ready, signal: new AbortController().signal })
  expect(heard.told).toEqual(numbers(0, 190))
  const askedWhileReplaying = asked
  expect(askedWhileReplaying).toBeGreaterThanOrEqual(190)
  await log.append(ann, event(190))
  expect(await heard.until(191)).toEqual(numbers(0, 191))
  expect(asked).toBe(askedWhileReplaying)
})

it('a signal that aborts while it waits ends it, and nothing more is told', async () => {
  const log = open()
  await appendAll(log, numbers(0, 10))
  const heard = createHeard()
  const ending = new AbortController()
  const ready = () => {
    if (heard.told.length === 5) ending.abort()
    return Promise.resolve()
  }
  await follow(log, ann, { ...heard, ready, signal: ending.signal })
  expect(heard.told).toEqual(numbers(0, 5))
})
