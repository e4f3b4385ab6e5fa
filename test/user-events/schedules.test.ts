/**
 * Random schedules over two instances that share a Redis: clients of many users come, go and come
 * back elsewhere, instances are killed, and everybody is told everything of theirs, once, in order.
 *
 * 10,000 deliveries; EVENT_DELIVERIES asks for another number, as `npm run test:events` does.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../src/domain/clock.js'
import { createEndpointSignals } from '../../src/events/endpoint-signals.js'
import { type EventLog, userStream } from '../../src/events/events.js'
import { createRedisEventLog } from '../../src/events/redis-event-log.js'
import { createSubscriptions, type Subscriptions } from '../../src/subscriptions/subscriptions.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { createUserEvents, type UserEvents } from '../../src/user-events/user-events.js'
import { startTestRedis, type TestRedis } from '../support/redis.js'
import { createSeeded, testSeed } from '../support/seeded.js'
import { anEmptySnapshot } from '../subscriptions/snapshots.js'

const DELIVERIES = Number(process.env['EVENT_DELIVERIES'] ?? 10_000)
const SEED = testSeed(20_261_121)
const ENDPOINTS = 5
/** The same ten names at every endpoint: no two of them are one user. */
const USERS_OF_ENDPOINT = 10
const CLIENTS_OF_USER = 2

let redis: TestRedis
beforeAll(async () => {
  redis = await startTestRedis()
})
afterAll(() => redis.stop())

interface Instance {
  readonly events: EventLog
  readonly subscriptions: Subscriptions
  readonly userEvents: UserEvents
}

function startInstance(): Instance {
  const limits = { maxEvents: 100_000, maxBytes: 256 * 1024 * 1024, maxAgeMs: 600_000 }
  const events = createRedisEventLog({ url: redis.url, limits, clock: systemClock, log: silentLog })
  const signals = createEndpointSignals(events, silentLog)
  const catalog = { snapshot: async (endpointId: string) => anEmptySnapshot(endpointId) }
  const parts = { catalog, events, signals, clock: systemClock, log: silentLog }
  const subscriptions = createSubscriptions(parts)
  return { events, subscriptions, userEvents: createUserEvents({ ...parts, subscriptions }) }
}

/** One tab, agent or IDE of a user. */
class Client {
  readonly endpointId: string
  readonly userId: string
  /** What it was told, as numbers that rise by one. */
  readonly own: string[] = []
  readonly shared: string[] = []
  #lastId: string | undefined
  #connection: AbortController | undefined

  constructor(endpointId: string, userId: string) {
    this.endpointId = endpointId
    this.userId = userId
  }

  get isConnected(): boolean {
    return this.#connection !== undefined
  }

  leave(): void {
    this.#connection?.abort()
    this.#connection = undefined
  }

  async come(to: Instance): Promise<void> {
    this.leave()
    const connection = new AbortController()
    this.#connection = connection
    await to.userEvents.hear(this, {
      after: this.#lastId,
      signal: connection.signal,
      onPlace: (id) => {
        this.#lastId ??= id
      },
      onEvent: (event, id) => {
        this.#lastId = id
        if (event.type === 'gap') this.own.push('gap')
        if (event.type === 'call.started') this.own.push(event.callId)
        if (event.type === 'resource.updated') this.shared.push(event.uri)
      },
    })
  }
}

it(`everybody is told everything of theirs, once and in order (${DELIVERIES} deliveries, seed ${SEED})`, async () => {
  const random = createSeeded(SEED)
  const instances = [startInstance(), startInstance()]
  const endpoints = Array.from({ length: ENDPOINTS }, (_, n) => `endpoint-${n}`)
  const users = endpoints.flatMap((endpointId) =>
    Array.from({ length: USERS_OF_ENDPOINT }, (_, n) => ({
      endpointId,
      userId: `user-${n}`,
      told: [] as string[],
    })),
  )
  const shared = new Map(endpoints.map((endpointId) => [endpointId, [] as string[]]))
  const clients = users.flatMap(({ endpointId, userId }) =>
    Array.from({ length: CLIENTS_OF_USER }, () => new Client(endpointId, userId)),
  )
  const where = new Map<Client, Instance>()
  const connect = async (client: Client) => {
    const instance = random.pick(instances)
    where.set(client, instance)
    await client.come(instance)
  }
  const publish = async () => {
    const user = random.pick(users)
    const { endpointId, userId, told } = user
    const callId = `${endpointId}/${userId}/${told.length}`
    const event = { type: 'call.started', time: '', callId, function: { type: 'tool', name: '' } }
    told.push(callId)
    await random.pick(instances).events.append(userStream(endpointId, userId), event)
    return CLIENTS_OF_USER
  }
  const announce = async () => {
    const [endpointId, told] = random.pick([...shared])
    const uri = `${endpointId}/${told.length}`
    told.push(uri)
    await random
      .pick(instances)
      .subscriptions.announce(endpointId, { type: 'resource.updated', uri })
    return CLIENTS_OF_USER * USERS_OF_ENDPOINT
  }
  const kill = async () => {
    const at = random.pick([0, 1])
    const [killed] = instances.splice(at, 1, startInstance())
    if (killed === undefined) return
    const orphans = clients.filter((client) => where.get(client) === killed)
    for (const orphan of orphans) orphan.leave()
    killed.subscriptions.close()
    await killed.events.close()
  }

  await Promise.all(clients.map(connect))
  let deliveries = 0
  while (deliveries < DELIVERIES) {
    const dice = random.integer(1, 1000)
    if (dice <= 780) deliveries += await publish()
    else if (dice <= 800) deliveries += await announce()
    else if (dice <= 900) random.pick(clients).leave()
    else if (dice <= 999) await connect(random.pick(clients))
    else await kill()
  }
  await Promise.all(clients.filter(({ isConnected }) => !isConnected).map(connect))
  const isDone = (client: Client) => {
    const user = users.find(
      ({ endpointId, userId }) => endpointId === client.endpointId && userId === client.userId,
    )
    const all = shared.get(client.endpointId) ?? []
    return client.own.length >= (user?.told.length ?? 0) && client.shared.length >= all.length
  }
  await expect.poll(() => clients.every(isDone), { timeout: 20_000 }).toBe(true)
  const found = users.map(({ endpointId, userId }) =>
    clients.filter((client) => client.endpointId === endpointId && client.userId === userId),
  )
  expect(found.map((own) => own.map((client) => client.own))).toEqual(
    users.map(({ told }) => Array.from({ length: CLIENTS_OF_USER }, () => told)),
  )
  expect(found.map((own) => own.map((client) => client.shared))).toEqual(
    users.map(({ endpointId }) =>
      Array.from({ length: CLIENTS_OF_USER }, () => shared.get(endpointId)),
    ),
  )
  for (const client of clients) client.leave()
  for (const { events, subscriptions } of instances) {
    subscriptions.close()
    await events.close()
  }
}, 600_000)
