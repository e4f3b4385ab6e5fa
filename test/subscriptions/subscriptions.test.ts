import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/domain/clock.js'
import { createEndpointSignals } from '../../src/events/endpoint-signals.js'
import { endpointStream, type EventListener, type EventLog } from '../../src/events/events.js'
import { createMemoryEventLog } from '../../src/events/memory-event-log.js'
import { createSubscriptions, type Notice } from '../../src/subscriptions/subscriptions.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { createListener, updated } from './listener.js'
import { anEmptySnapshot } from './snapshots.js'

const clock = systemClock
const log = silentLog
const catalog = { snapshot: async (endpointId: string) => anEmptySnapshot(endpointId) }

const openLog = (maxEvents = 1000) =>
  createMemoryEventLog({ maxEvents, maxBytes: 1_000_000, maxAgeMs: 60_000, clock, log })

function open(events: EventLog) {
  const signals = createEndpointSignals(events, log)
  return { signals, ...createSubscriptions({ catalog, events, signals, clock, log }) }
}

let events: EventLog
let subscriptions: ReturnType<typeof open>
beforeEach(() => {
  events = openLog()
  subscriptions = open(events)
})
afterEach(async () => {
  subscriptions.close()
  await events.close()
})

const announceAll = async (notices: readonly Notice[], endpointId = 'acme') => {
  for (const notice of notices) await subscriptions.announce(endpointId, notice)
}

describe('a listener', () => {
  it('hears the notices of its endpoint in order, each once, and of no other endpoint', async () => {
    const [ann, bob, stranger] = [createListener(), createListener(), createListener()]
    await subscriptions.hear('acme', ann)
    await subscriptions.hear('acme', bob)
    await subscriptions.hear('elsewhere', stranger)
    const task: Notice = { type: 'task.changed', taskId: 't', userId: 'ann' }
    const prompts: Notice = { type: 'list.changed', list: 'prompts' }
    await announceAll([updated(1), prompts, task, updated(1)])
    await announceAll([updated(9)], 'elsewhere')
    expect(await ann.until(4)).toEqual([updated(1), prompts, task, updated(1)])
    expect(await bob.until(4)).toEqual(ann.told)
    expect(await stranger.until(1)).toEqual([updated(9)])
  })

  it('hears nothing that is no notice', async () => {
    const listener = createListener()
    await subscriptions.hear('acme', listener)
    await subscriptions.signals.send('acme', { type: 'session.terminated', sessionId: 's' })
    await events.append(endpointStream('acme'), { type: 'of tomorrow' })
    await announceAll([updated(1)])
    expect(await listener.until(1)).toEqual([updated(1)])
  })

  it('that throws hurts no other, and is told on', async () => {
    const heard = createListener()
    let calls = 0
    const throwing = {
      ...createListener(),
      onNotice: () => {
        calls++
        throw new Error('a bug')
      },
    }
    await subscriptions.hear('acme', throwing)
    await subscriptions.hear('acme', heard)
    await announceAll([updated(1), updated(2)])
    expect(await heard.until(2)).toEqual([updated(1), updated(2)])
    expect(calls).toBe(2)
  })

  it('hears nothing once its signal has aborted', async () => {
    const [leaving, staying] = [createListener(), createListener()]
    await subscriptions.hear('acme', leaving)
    await subscriptions.hear('acme', staying)
    await announceAll([updated(1)])
    await leaving.until(1)
    leaving.stop()
    await announceAll([updated(2)])
    await staying.until(2)
    expect(leaving.told).toEqual([updated(1)])
  })

  it('whose signal has aborted before is not heard at all', async () => {
    const listener = createListener()
    listener.stop()
    await subscriptions.hear('acme', listener)
    await announceAll([updated(1)])
    expect(listener.told).toEqual([])
  })

  it('is told by each notice’s id where to go on, and misses and doubles none', async () => {
    const first = createListener()
    await subscriptions.hear('acme', first)
    await announceAll([updated(1), updated(2)])
    await first.until(1)
    first.stop()
    await announceAll([updated(3)])
    const second = createListener(first.ids[0])
    await subscriptions.hear('acme', second)
    expect(second.told).toEqual([updated(2), updated(3)])
    await announceAll([updated(4)])
    expect(await second.until(3)).toEqual([updated(2), updated(3), updated(4)])
  })

  it('that comes back too late is told of the gap, then of what is kept', async () => {
    subscriptions.close()
    events = openLog(2)
    subscriptions = open(events)
    const first = createListener()
    await subscriptions.hear('acme', first)
    await announceAll([updated(1)])
    await first.until(1)
    first.stop()
    await announceAll([updated(2), updated(3), updated(4)])
    const second = createListener(first.ids[0])
    await subscriptions.hear('acme', second)
    expect(second.told).toEqual(['gap', updated(3), updated(4)])
  })

  it('is told of a gap where the event log has lost what came', async () => {
    const heard: EventListener[] = []
    const manual = open({
      ...events,
      subscribe: async (_stream, listener) => {
        heard.push(listener)
        return () => undefined
      },
    })
    const [ann, bob] = [createListener(), createListener()]
    await manual.hear('acme', ann)
    await manual.hear('acme', bob)
    for (const { onEvent, onDropped } of heard) {
      onDropped()
      onEvent({ id: '1-1', body: { ...updated(5) } })
    }
    expect(ann.told).toEqual(['gap', updated(5)])
    expect(bob.told).toEqual(['gap', updated(5)])
    manual.close()
  })

  it('hears a change of one list once, whoever announces it, and each change', async () => {
    const listener = createListener()
    await subscriptions.hear('acme', listener)
    const tools = (version?: string): Notice => ({ type: 'list.changed', list: 'tools', version })
    const prompts: Notice = { type: 'list.changed', list: 'prompts', version: 'v2' }
    await announceAll([tools('v2'), tools('v2'), prompts, tools('v3'), tools('v2')])
    await announceAll([tools(), tools()])
    expect(await listener.until(5)).toEqual([
      tools('v2'),
      prompts,
      tools('v3'),
      { type: 'list.changed', list: 'tools' },
      { type: 'list.changed', list: 'tools' },
    ])
  })

  it('is refused when the event log cannot be reached', async () => {
    await events.close()
    await expect(subscriptions.hear('acme', createListener())).rejects.toMatchObject({
      code: 'EVENTS_UNAVAILABLE',
    })
    await expect(subscriptions.announce('acme', updated(1))).resolves.toBeUndefined()
  })
})
