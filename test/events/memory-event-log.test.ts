import { expect, it } from 'vitest'
import { userStream } from '../../src/events/events.js'
import { createMemoryEventLog } from '../../src/events/memory-event-log.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { createHeard, event, numbers } from './heard.js'

const ann = userStream('acme', 'ann')
const user = (n: number) => userStream('acme', `user-${n}`)
const dropped = { code: 'EVENTS_DROPPED' }

function open(other: { maxStreams?: number; maxTotalBytes?: number } = {}) {
  const clock = { nowMs: 1_000_000, now: () => clock.nowMs }
  const limits = { maxEvents: 100, maxBytes: 10_000, maxAgeMs: 1000 }
  return { log: createMemoryEventLog({ ...limits, clock, log: silentLog, ...other }), clock }
}

it('events that are too old are gone, and the stream still knows that there were some', async () => {
  const { log, clock } = open()
  const first = await log.append(ann, event(0))
  clock.nowMs += 600
  const second = await log.append(ann, event(1))
  clock.nowMs += 600
  expect(await log.read(ann, { after: first, limit: 10 })).toMatchObject([{ body: event(1) }])
  expect(await log.read(ann, { limit: 10 })).toHaveLength(1)

  clock.nowMs += 600
  await expect(log.read(ann, { after: first, limit: 10 })).rejects.toMatchObject(dropped)
  expect(await log.read(ann, { after: second, limit: 10 })).toEqual([])
  expect(await log.read(ann, { limit: 10 })).toEqual([])

  await log.append(ann, event(2))
  expect(await log.read(ann, { after: second, limit: 10 })).toMatchObject([{ body: event(2) }])
})

it('an id from before a restart is dropped', async () => {
  const before = await open().log.append(ann, event(0))
  const { log } = open()
  await log.append(ann, event(0))
  await expect(log.read(ann, { after: before, limit: 10 })).rejects.toMatchObject(dropped)
})

it('of too many streams the ones idle for longest are forgotten, and their ids are dropped', async () => {
  const { log } = open({ maxStreams: 3 })
  const ids: string[] = []
  for (const n of numbers(0, 3)) ids.push(await log.append(user(n), event(n)))
  await log.append(user(0), event(10))
  await log.append(user(3), event(3))

  await expect(log.read(user(1), { after: ids[1], limit: 1 })).rejects.toMatchObject(dropped)
  expect(await log.read(user(1), { limit: 1 })).toEqual([])
  expect(await log.read(user(0), { after: ids[0], limit: 1 })).toMatchObject([{ body: event(10) }])
  expect(await log.read(user(2), { after: ids[2], limit: 1 })).toEqual([])
})

it('of too many bytes in all those of the streams idle for longest go', async () => {
  const { log } = open({ maxTotalBytes: 10_000 })
  const large = { text: 'x'.repeat(4000) }
  const ids: string[] = []
  for (const n of numbers(0, 3)) ids.push(await log.append(user(n), large))
  expect(await log.read(user(0), { limit: 1 })).toEqual([])
  expect(await log.read(user(0), { after: ids[0], limit: 1 })).toEqual([])
  expect(await log.read(user(1), { limit: 1 })).toHaveLength(1)
  expect(await log.read(user(2), { limit: 1 })).toHaveLength(1)
})

it('a stream that was forgotten and begins anew is heard on, with later ids', async () => {
  const { log } = open({ maxStreams: 1 })
  const heard = createHeard()
  const ids: string[] = []
  await log.subscribe(ann, {
    onEvent: (told) => {
      ids.push(told.id)
      heard.onEvent(told)
    },
    onDropped: () => undefined,
  })
  await log.append(ann, event(0))
  await log.append(user(1), event(0))
  await log.append(ann, event(1))
  expect(await heard.until(2)).toEqual([0, 1])
  const [first = '', second = ''] = ids.map((id) => Number(id.split('-')[0]))
  expect(second).toBeGreaterThan(Number(first))
})

it('listeners are told after the code that appended, not within it', async () => {
  const { log } = open()
  const heard = createHeard()
  await log.subscribe(ann, heard)
  const appending = log.append(ann, event(0))
  expect(heard.told).toEqual([])
  await appending
  expect(await heard.until(1)).toEqual([0])
})
