import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { createLocalTokens } from '../../src/auth/local-tokens.js'
import { GatewayError } from '../../src/domain/errors.js'
import { userStream } from '../../src/events/events.js'
import {
  createScrapedMetrics,
  type ScrapedMetrics,
  silentLog,
} from '../../src/telemetry/telemetry.js'
import { SIGNING_KEY, startTestGateway, type TestGateway } from '../support/gateway.js'
import { readSamples } from '../telemetry/samples.js'
import { type EventClient, type EventClientOptions, listen, openStream } from './event-client.js'

const MIB = 1024 * 1024
const env = {
  EXECUTOR: 'inline',
  MAX_STREAMS: '3',
  MAX_EVENT_STREAMS_PER_USER: '2',
  MAX_STREAM_BACKLOG_BYTES: String(MIB),
}

let metrics: ScrapedMetrics
let test: TestGateway
let ann: string
const warned: Record<string, unknown>[] = []
beforeAll(async () => {
  const warn = (fields: object) => void warned.push({ ...fields })
  metrics = await createScrapedMetrics()
  test = await startTestGateway({ env, metrics, log: { ...silentLog, warn } })
  ann = await test.tokenFor('ann')
})
afterAll(() => test.stop())

const clients: EventClient[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await vi.waitUntil(async () => (await countOpen()) === 0)
})

async function hear(options: EventClientOptions): Promise<EventClient> {
  const client = await listen(test, options)
  clients.push(client)
  return client
}

const countOpen = async () => readSamples(await metrics.scrape())['mcp_event_streams_open']

/** Tells ann something. */
const tell = (uri: string) =>
  test.parts.events.append(userStream('default', 'ann'), {
    type: 'resource.updated',
    time: new Date(0).toISOString(),
    uri,
  })

/** How many there have been since then: of ends, or of refusals. */
async function counting(what: 'ended' | 'refused', reason: string) {
  const name = `mcp_event_streams_${what}_total{reason="${reason}"}`
  const count = async () => readSamples(await metrics.scrape())[name] ?? Number.NaN
  const before = await count()
  return async () => (await count()) - before
}

it('a user with too many streams is told to close one, and when to try again', async () => {
  const refused = await counting('refused', 'user_limit')
  await hear({ token: ann })
  await hear({ token: ann })
  expect(await countOpen()).toBe(2)
  const third = await openStream(test, { token: ann })
  expect(third.status).toBe(429)
  expect(third.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
  expect(await third.json()).toMatchObject({
    error: { message: 'A user may have 2 event streams: close one first', data: { limit: 'user' } },
  })
  expect(await refused()).toBe(1)
  await hear({ token: await test.tokenFor('bob') })
})

it('a server with too many streams says that it is busy, and when to try again', async () => {
  const refused = await counting('refused', 'total_limit')
  const left = await counting('ended', 'client')
  const [first] = [
    await hear({ token: ann }),
    await hear({ token: ann }),
    await hear({ token: await test.tokenFor('bob') }),
  ]
  const carol = await test.tokenFor('carol')
  const fourth = await openStream(test, { token: carol })
  expect(fourth.status).toBe(503)
  expect(fourth.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
  expect(await fourth.json()).toMatchObject({ error: { data: { limit: 'total' } } })
  expect(await refused()).toBe(1)

  first.close()
  await expect.poll(countOpen).toBe(2)
  await hear({ token: carol })
  expect(await left()).toBe(1)
})

it('a client that leaves before it is let in takes no place', async () => {
  const { authenticator } = test.parts
  if (authenticator === undefined) throw new Error('no authenticator')
  const authenticate = authenticator.authenticate.bind(authenticator)
  let letIn = () => {}
  const gate = new Promise<void>((resolve) => (letIn = resolve))
  const leaving = new AbortController()
  const asked = new Promise<void>((resolve) => {
    authenticator.authenticate = async (...args) => {
      resolve()
      await gate
      return authenticate(...args)
    }
  })
  const left = openStream(test, { token: ann }, leaving.signal).catch(() => 'left')
  await asked
  authenticator.authenticate = authenticate
  leaving.abort()
  expect(await left).toBe('left')
  // The server has heard of it before it answers another one.
  for (let n = 0; n < 3; n++) await fetch(test.url)
  letIn()
  await hear({ token: ann })
  await hear({ token: ann })
  expect(await countOpen()).toBe(2)
})

it('a client that reads nothing is cut at the byte cap, and it is logged and counted', async () => {
  const cut = await counting('ended', 'slow')
  const request = httpRequest(new URL('/default/events', test.url), {
    headers: { authorization: `Bearer ${ann}` },
  }).on('error', () => undefined)
  request.end()
  const [response]: IncomingMessage[] = await once(request, 'response')
  response?.on('error', () => undefined).pause()
  const other = await hear({ token: ann })
  const reading = (async () => {
    for (;;) if ((await other.next()).data['uri'] === 'last') return
  })()
  const large = 'x'.repeat(MIB / 4)
  while ((await cut()) === 0) {
    await tell(large)
    await new Promise(setImmediate)
  }
  await tell('last')
  await reading
  const line = warned.find((fields) => 'backlogBytes' in fields)
  expect(line).toMatchObject({ endpointId: 'default', userId: 'ann' })
  expect(line?.['backlogBytes']).toBeGreaterThan(MIB)
  expect(line?.['backlogBytes']).toBeLessThan(2 * MIB)
})

it('a client that has missed more than the byte cap is told all of it, and not cut', async () => {
  const cut = await counting('ended', 'slow')
  const before = await hear({ token: ann })
  before.close()
  await expect.poll(countOpen).toBe(0)
  const missed = Array.from({ length: 120 }, (_, n) => `${n}:${'x'.repeat(MIB / 16)}`)
  for (const uri of missed) await tell(uri)
  const client = await hear({ token: ann, lastEventId: before.placeId })
  for (const uri of missed) expect((await client.next()).data['uri']).toBe(uri)
  await tell('now')
  expect((await client.next()).data['uri']).toBe('now')
  expect(await cut()).toBe(0)
})

it('a stream whose credentials are over, or whose log has failed, is counted as such', async () => {
  const over = await counting('ended', 'credentials')
  const shortly = await createLocalTokens(SIGNING_KEY).sign({
    userId: 'erin',
    endpointId: 'default',
    roles: ['caller'],
    expiresAt: Date.now() + 3000,
  })
  const ending = await hear({ token: shortly })

  const failed = await counting('ended', 'error')
  const carla = await test.tokenFor('carla')
  const { placeId } = await hear({ token: carla })
  const { events } = test.parts
  const subscribe = events.subscribe.bind(events)
  const away = new GatewayError('EVENTS_UNAVAILABLE', 'away')
  // For her alone: whoever has come before may not have begun to listen yet.
  events.subscribe = (stream, listener) =>
    stream === userStream('default', 'carla') ? Promise.reject(away) : subscribe(stream, listener)
  const broken = await hear({ token: carla, lastEventId: placeId })
  await broken.rest()
  events.subscribe = subscribe
  await expect.poll(failed).toBeGreaterThanOrEqual(1)

  await ending.rest()
  await expect.poll(over).toBe(1)
})

it('a server that stops counts the streams that it ended', async () => {
  const own = await createScrapedMetrics()
  const stopping = await startTestGateway({ env, metrics: own, sharing: test })
  const client = await listen(stopping, { token: ann })
  await Promise.all([client.rest(), stopping.stop()])
  expect(readSamples(await own.scrape())).toMatchObject({
    mcp_event_streams_open: 0,
    'mcp_event_streams_ended_total{reason="server"}': 1,
  })
})
