import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { GATEWAY_HOME } from '../../src/domain/caller.js'
import { systemClock } from '../../src/domain/clock.js'
import { endpointStream, type EventBody, type EventLog } from '../../src/events/events.js'
import { createMemoryEventLog } from '../../src/events/memory-event-log.js'
import { createRedisEventLog } from '../../src/events/redis-event-log.js'
import { createPeers, type News, type Peers, type Question } from '../../src/peers/peers.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { hasRedis, startTestRedis, type TestRedis } from '../support/redis.js'

const limits = { maxEvents: 1000, maxBytes: 1_000_000, maxAgeMs: 60_000 }
const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

/** An instance with a log of its own; it hears nobody before it is opened. */
function instanceOn(events: EventLog) {
  const peers = createPeers({ events, log: silentLog, firstRetryMs: 20 })
  const heard: News[] = []
  peers.onNews((news) => heard.push(news))
  closing.push(async () => {
    peers.close()
    await events.close()
  })
  return { peers, heard, events }
}

const alone = () =>
  instanceOn(createMemoryEventLog({ ...limits, clock: systemClock, log: silentLog }))

const changed = (endpointId: string): News => ({ type: 'catalog.changed', endpointId })
const describeAcme: Question = { type: 'cache.describe', endpointId: 'acme' }

/** Answers each question with a number of its own. */
function answerWith(peers: Peers, count: number) {
  const asked: Question[] = []
  peers.onQuestion((question) => {
    asked.push(question)
    return { type: 'cache.entries', entries: [{ kind: 'snapshot', count }] }
  })
  return asked
}

const answerOf = ({ instanceId }: Peers, count: number) => ({
  instanceId,
  body: { type: 'cache.entries', entries: [{ kind: 'snapshot', count }] },
})

describe('an instance that is alone', () => {
  it('answers its own questions at once, however long it would wait for others', async () => {
    const { peers } = alone()
    await peers.open()
    answerWith(peers, 1)
    expect(await peers.ask(describeAcme, { waitMs: 600_000 })).toEqual([answerOf(peers, 1)])
  })

  it('is given the first answer that somebody has, also when somebody else fails', async () => {
    const { peers } = alone()
    peers.onQuestion(() => {
      throw new Error('the disk is gone')
    })
    peers.onQuestion(() => undefined)
    const stop = peers.onQuestion(() => ({ type: 'call.found' }))
    expect(await peers.ask(describeAcme, { waitMs: 0 })).toMatchObject([
      { body: { type: 'call.found' } },
    ])
    stop()
    expect(await peers.ask(describeAcme, { waitMs: 0 })).toEqual([])
  })

  it('has nobody to tell, and nothing in the log', async () => {
    const { peers, heard, events } = alone()
    await peers.open()
    await peers.tell(changed('acme'))
    expect(await events.read(endpointStream(GATEWAY_HOME), { limit: 10 })).toEqual([])
    expect(heard).toEqual([])
  })
})

describe.skipIf(!hasRedis)('instances that share a log', () => {
  let redis: TestRedis

  beforeAll(async () => {
    redis = await startTestRedis()
  })
  afterAll(() => redis.stop())

  const instance = () =>
    instanceOn(
      createRedisEventLog({
        url: redis.url,
        limits,
        clock: systemClock,
        log: silentLog,
        timeoutMs: 500,
      }),
    )
  const openInstances = async () => {
    const all = [instance(), instance(), instance()] as const
    await Promise.all(all.map(({ peers }) => peers.open()))
    return all
  }

  it('hear the news of each other in order, and none of their own', async () => {
    const [first, second, third] = await openInstances()
    await first.peers.tell(changed('acme'))
    await first.peers.tell(changed('globex'))
    await vi.waitFor(() => {
      expect(second.heard).toEqual([changed('acme'), changed('globex')])
      expect(third.heard).toEqual(second.heard)
    })
    await second.peers.tell(changed('initech'))
    await vi.waitFor(() => expect(first.heard).toEqual([changed('initech')]))
    expect(second.heard).toHaveLength(2)
  })

  it('answer a question each, and who asks comes first', async () => {
    const [first, second, third] = await openInstances()
    const asked = [first, second, third].map(({ peers }, at) => answerWith(peers, at))
    const isEnough = (answers: readonly unknown[]) => answers.length === 3
    const answers = await second.peers.ask(describeAcme, { waitMs: 20_000, isEnough })
    expect(answers[0]).toEqual(answerOf(second.peers, 1))
    const others = [answerOf(first.peers, 0), answerOf(third.peers, 2)]
    expect(answers).toEqual(expect.arrayContaining(others))
    expect(asked).toEqual([[describeAcme], [describeAcme], [describeAcme]])
  })

  it('are waited for no longer than it was said, and what is enough is not waited for', async () => {
    const [first, second] = await openInstances()
    expect(await first.peers.ask(describeAcme, { waitMs: 20 })).toEqual([])
    const asked = answerWith(second.peers, 1)
    answerWith(first.peers, 0)
    const options = { waitMs: 600_000, isEnough: () => true }
    expect(await first.peers.ask(describeAcme, options)).toEqual([answerOf(first.peers, 0)])
    expect(asked).toEqual([])
  })

  it('are told by a command that serves nobody, and hears nobody', async () => {
    const [first] = await openInstances()
    const command = instance()
    await command.peers.tell(changed('acme'))
    await vi.waitFor(() => expect(first.heard).toEqual([changed('acme')]))
    const asked = answerWith(first.peers, 1)
    expect(await command.peers.ask(describeAcme, { waitMs: 600_000 })).toEqual([])
    await vi.waitFor(() => expect(asked).toEqual([describeAcme]))
  })

  it('pass over what only a newer one understands, and whatever else stands there', async () => {
    const [first, second] = await openInstances()
    const strange: EventBody[] = [
      {},
      { type: 'peer.news', from: 'newer', news: { type: 'moon.changed', endpointId: 'acme' } },
      { type: 'peer.question', from: 'newer', questionId: '1', question: { type: 'moon?' } },
      { type: 'peer.answer', from: 'newer', questionId: '1', body: { type: 'call.found' } },
      { type: 'peer.news', from: 'x'.repeat(10_000), news: changed('acme') },
      { type: 'list.changed', list: 'tools' },
    ]
    for (const body of strange) await first.events.append(endpointStream(GATEWAY_HOME), body)
    await first.peers.tell(changed('acme'))
    await vi.waitFor(() => expect(second.heard).toEqual([changed('acme')]))
  })

  it('leave out of an answer the kinds that only a newer one remembers', async () => {
    const [first, second] = await openInstances()
    const isEnough = (answers: readonly unknown[]) => answers.length === 1
    const asking = first.peers.ask(describeAcme, { waitMs: 20_000, isEnough })
    const stream = endpointStream(GATEWAY_HOME)
    const questionId = await vi.waitFor(async () => {
      const events = await second.events.read(stream, { limit: 1000 })
      const asked = events.find(({ body }) => body['from'] === first.peers.instanceId)
      expect(asked).toBeDefined()
      return asked?.body['questionId']
    })
    const entries = ['moon', 'snapshot', 'worker'].map((kind) => ({ kind, count: 1 }))
    const body = { type: 'cache.entries', entries }
    await second.events.append(stream, { type: 'peer.answer', from: 'newer', questionId, body })
    const known = { ...body, entries: entries.slice(1) }
    expect(await asking).toEqual([{ instanceId: 'newer', body: known }])
  })

  it('have at most 100 questions open, 10 of an endpoint; one more is asked without waiting for answers', async () => {
    const [first, second] = await openInstances()
    const asked: Question[] = []
    second.peers.onQuestion((question) => void asked.push(question))
    const ask = (endpointId: string) =>
      first.peers.ask({ type: 'cache.describe', endpointId }, { waitMs: 600_000 })
    const open = Array.from({ length: 10 }, () => ask('acme'))
    expect(await ask('acme')).toEqual([])
    for (let n = 0; n < 90; n++) open.push(ask(`endpoint-${n}`))
    await vi.waitFor(() => expect(asked).toHaveLength(101))
    expect(await ask('globex')).toEqual([])
    await vi.waitFor(() => expect(asked).toHaveLength(102))
    first.peers.close()
    expect(await Promise.all(open)).toEqual(open.map(() => []))
  })

  it('find each other when the log comes back that was away at the start', async () => {
    const first = instance()
    const second = instance()
    await redis.kill()
    await Promise.all([first.peers.open(), second.peers.open()])
    await first.peers.tell(changed('lost'))
    await redis.restart()
    await vi.waitFor(
      async () => {
        await first.peers.tell(changed('acme'))
        expect(second.heard).toContainEqual(changed('acme'))
      },
      { timeout: 15_000, interval: 100 },
    )
    expect(second.heard).not.toContainEqual(changed('lost'))
  })
})
