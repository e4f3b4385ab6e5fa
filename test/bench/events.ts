/**
 * What does a listener cost, and an event to each of them? Memory and CPU of the server's process
 * at 2,000 listeners, side by side: raw `node:http`, `@fastify/sse`, and this gateway over its real
 * path: token, limits, event log, replay and cut-over. Then the gateway alone with 10,000; in a
 * short run, with as many as before.
 */
import { randomBytes } from 'node:crypto'
import { loadavg } from 'node:os'
import { createLocalTokens } from '../../src/auth/local-tokens.js'
import type { Bench, BenchReport } from './bench.js'
import { toEventsReport } from './events-report.js'
import { startEngine } from './start-engine.js'
import {
  type EventServer,
  type LoopDelay,
  startEventGateway,
  startFastifySse,
  startRawEvents,
} from './start-event-server.js'
import { type Listeners, startListeners } from './start-listeners.js'

export type RowId = 'raw' | 'fastify_sse' | 'gateway_one' | 'gateway_many'

/** One line of the table. */
export interface Row {
  readonly id: RowId
  readonly name: string
  /** Absent for what could not be installed. */
  readonly listening?: Listening | undefined
}

interface Listening {
  readonly server: EventServer
  readonly listeners: Listeners
  readonly bytes: ListenerBytes
}

export interface ListenerBytes {
  readonly rss: number
  readonly heap: number
}

/** CPU time for one event to one listener, in microseconds, by the size of the event in bytes. */
export type Rounds = ReadonlyMap<Row, readonly ReadonlyMap<number, number>[]>

export interface Broadcast {
  readonly listeners: number
  readonly bytes: ListenerBytes
  /** Of each event. */
  readonly told: readonly (LoopDelay & { readonly ms: number })[]
}

interface Plan {
  readonly rounds: number
  readonly eventsInRound: number
  readonly broadcasts: number
  /** Who hear a broadcast. */
  readonly broadcastUsers: number
}

const LONG: Plan = { rounds: 7, eventsInRound: 40, broadcasts: 15, broadcastUsers: 500 }
const SHORT: Plan = { rounds: 3, eventsInRound: 15, broadcasts: 5, broadcastUsers: 100 }

const LISTENERS = 2000
const MANY_USERS = 200
const EVENT_BYTES = [200, 4096] as const
/** As many event streams as a user may have, unless that is set. */
const STREAMS_OF_USER = 20
const LISTENER_PROCESSES = 2
const HOUR_MS = 3_600_000

export async function benchEvents(bench: Bench): Promise<BenchReport> {
  const plan = bench.isShort ? SHORT : LONG
  const loadBefore = loadavg()[0] ?? NaN
  const gateways = await prepareGateways(bench)
  const rows = await startRows(bench, gateways)
  for (const row of rows) await measure(row, plan.eventsInRound)
  const rounds = new Map<Row, ReadonlyMap<number, number>[]>(rows.map((row) => [row, []]))
  for (let round = 0; round < plan.rounds; round++)
    for (const [row, measured] of rounds)
      if (row.listening) measured.push(await measure(row, plan.eventsInRound))
  for (const { listening } of rows) await listening?.listeners.close()
  const broadcast = await measureBroadcast(bench, gateways, plan)
  const conditions = { ...plan, listeners: LISTENERS, manyUsers: MANY_USERS, loadBefore }
  return toEventsReport({ rounds, broadcast }, { ...conditions, eventBytes: EVENT_BYTES })
}

interface Gateways {
  readonly tokensOf: (users: readonly string[]) => Promise<string[]>
  /** @param users whose streams are published to; the endpoint's when absent */
  readonly start: (
    users: readonly string[] | undefined,
    maxStreamsPerUser: number,
  ) => Promise<EventServer>
}

async function prepareGateways(bench: Bench): Promise<Gateways> {
  const { dataFolder } = await startEngine(bench)
  const jwtSecretKey = randomBytes(36).toString('base64url')
  const tokens = createLocalTokens(jwtSecretKey)
  const expiresAt = Date.now() + HOUR_MS
  return {
    tokensOf: (users) =>
      Promise.all(
        users.map((userId) =>
          tokens.sign({ userId, endpointId: 'default', roles: ['caller'], expiresAt }),
        ),
      ),
    start: (users, maxStreamsPerUser) =>
      startEventGateway(bench, {
        dataFolder,
        jwtSecretKey,
        audience: users === undefined ? { kind: 'endpoint' } : { kind: 'users', users },
        settings: settingsFor(maxStreamsPerUser),
      }),
  }
}

/** What the bench needs beyond the defaults: listeners that leave count until that was noticed. */
function settingsFor(maxStreamsPerUser: number): Record<string, string> {
  return {
    MAX_STREAMS: String(2 * LONG.broadcastUsers * STREAMS_OF_USER),
    MAX_STREAMS_PER_USER: String(2 * maxStreamsPerUser),
    MAX_EVENT_STREAMS_PER_USER: String(2 * maxStreamsPerUser),
  }
}

async function startRows(bench: Bench, { tokensOf, start }: Gateways): Promise<Row[]> {
  const [many, none] = [namesOf(MANY_USERS), ['not-looked-at']]
  const sse = await startFastifySse(bench)
  const [raw, one] = [await startRawEvents(bench), await start(namesOf(1), LISTENERS)]
  const listen = (server: EventServer, tokens: readonly string[]) =>
    openListeners(startListeners(bench), server, { tokens, listeners: LISTENERS })
  return [
    { id: 'raw', name: 'raw node:http', listening: await listen(raw, none) },
    { id: 'fastify_sse', name: '@fastify/sse', listening: sse && (await listen(sse, none)) },
    {
      id: 'gateway_one',
      name: 'this gateway, one user',
      listening: await listen(one, await tokensOf(namesOf(1))),
    },
    {
      id: 'gateway_many',
      name: `this gateway, ${MANY_USERS} users`,
      listening: await listen(await start(many, STREAMS_OF_USER), await tokensOf(many)),
    },
  ]
}

function namesOf(users: number): string[] {
  return Array.from({ length: users }, (_, at) => `user-${at}`)
}

/** Listeners that come first and leave, so that code and pools are there before memory is read. */
const WARM_UP_LISTENERS = 200

async function openListeners(
  processes: Listeners,
  server: EventServer,
  { tokens, listeners }: { readonly tokens: readonly string[]; readonly listeners: number },
): Promise<Listening> {
  const { port } = server
  const open = async (count: number) => {
    const each = Math.ceil(count / tokens.length)
    const opened = await processes.open({ port, path: '/default/events', tokens, each })
    if (opened < count) throw new Error(`${opened} listeners of ${count}\n${server.errors()}`)
    return opened
  }
  await open(WARM_UP_LISTENERS)
  await processes.close()
  const before = await server.memory()
  const opened = await open(listeners)
  const after = await server.memory()
  const rss = (after.rss - before.rss) / opened
  const bytes = { rss, heap: (after.heapUsed - before.heapUsed) / opened }
  return { server, listeners: processes, bytes }
}

async function measure({ name, listening }: Row, count: number): Promise<Map<number, number>> {
  const measured = new Map<number, number>()
  if (listening === undefined) return measured
  const { server, listeners } = listening
  for (const bytes of EVENT_BYTES) {
    const before = await server.cpuUs()
    await listeners
      .hear(count, () => server.publish({ bytes, count }))
      .catch((cause: Error) => {
        throw new Error(`${name}: ${cause.message}\n${server.errors()}`, { cause })
      })
    measured.set(bytes, ((await server.cpuUs()) - before) / count / LISTENERS)
  }
  return measured
}

/** One at a time to all users of an endpoint, as when what it offers changes. */
async function measureBroadcast(
  bench: Bench,
  { tokensOf, start }: Gateways,
  { broadcasts, broadcastUsers }: Plan,
): Promise<Broadcast> {
  const tokens = await tokensOf(namesOf(broadcastUsers))
  const listeners = broadcastUsers * STREAMS_OF_USER
  const processes = startListeners(bench, LISTENER_PROCESSES)
  const gateway = await start(undefined, STREAMS_OF_USER)
  const { bytes, server } = await openListeners(processes, gateway, { tokens, listeners })
  const tell = async () => {
    const event = { bytes: EVENT_BYTES[0], count: 1 }
    await server.loopDelay()
    const { startedAt, lastAt } = await processes.hear(1, () => server.publish(event))
    return { ms: lastAt - startedAt, ...(await server.loopDelay()) }
  }
  await tell()
  const told: Awaited<ReturnType<typeof tell>>[] = []
  for (let n = 0; n < broadcasts; n++) told.push(await tell())
  return { listeners, bytes, told }
}
