/**
 * What one instance changes is what every other one answers with: none ever answers with a mix of two
 * states, nor with an old one when it must have heard of the new one. `PURGE_MUTATIONS` sets how many
 * changes are made; default: 10. The bounds are promised, so they are measured here.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { CACHE_KINDS } from '../../src/domain/cache-kind.js'
import { isJsonObject } from '../../src/domain/json.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'
import { hasRedis, startTestRedis, type TestRedis } from '../support/redis.js'
import { createSeeded, type Seeded, testSeed } from '../support/seeded.js'
import { type Look, LOOKS, shownOf, toText, twinsZip, type TwinsState, VERSIONS } from './twins.js'

const MUTATIONS = Number(process.env['PURGE_MUTATIONS'] ?? 10)
/** Clients that ask each of the instances, one request after the other. */
const CLIENTS = MUTATIONS > 20 ? 3 : 1
const endpointId = 'acme'

/** What the endpoint offered, from when it was about to be made so: from then on it may be seen. */
interface Served {
  readonly state: TwinsState
  /** When whoever made it so was answered, in milliseconds since this process began. */
  doneAt: number
}

describe.skipIf(!hasRedis)('what one instance changes', () => {
  let redis: TestRedis
  let writer: TestGateway
  /** Hears of changes, and would not look for them before a minute is over. */
  let hearing: TestGateway
  /** Hears of nothing, and looks as often as instances do. */
  let deaf: TestGateway

  beforeAll(async () => {
    redis = await startTestRedis()
    // They ask more than any agent does.
    const unlimited = { RATE_USER_PER_MINUTE: '0', RATE_ENDPOINT_PER_MINUTE: '0' }
    const known = { EXECUTOR: 'worker', CATALOG_CHECK_MS: '60000', ...unlimited }
    const env = { ...known, REDIS_URL: redis.url }
    writer = await startTestGateway({ env })
    hearing = await startTestGateway({ env, sharing: writer })
    const { REDIS_URL: _heard, ...alone } = { ...env, CATALOG_CHECK_MS: '1500' }
    deaf = await startTestGateway({ env: alone, sharing: writer })
  })
  afterAll(async () => {
    await deaf.stop()
    await hearing.stop()
    await writer.stop()
    await redis.stop()
  })

  it(
    'is what others answer with: never mixed, not old after a second, nor after two when it is not heard',
    async () => {
      const random = createSeeded(testSeed(8))
      const change = await createChanges(writer, random)
      const readers = [
        read(hearing, change.served, { boundMs: 1000, random }),
        read(deaf, change.served, { boundMs: 2000, random }),
      ]
      try {
        for (let made = 0; made < MUTATIONS; made++) {
          if (readers.some(({ wrong }) => wrong.length > 0)) break
          await change.next()
          const pause = random.integer(0, 9)
          // The next change comes at once, after some answers, or when this one must be seen everywhere.
          if (pause === 0) await settled(readers)
          else if (pause > 4) await answered(readers, pause)
        }
        await settled(readers)
      } finally {
        await Promise.all(readers.map(({ stop }) => stop()))
      }
      expect(readers.flatMap(({ wrong }) => wrong)).toEqual([])
      for (const { settledCount } of readers) expect(settledCount()).toBeGreaterThan(0)
    },
    MUTATIONS * 10_000,
  )
})

type Readers = readonly ReturnType<typeof read>[]

/** Each of them has answered some more. */
const answered = (readers: Readers, more: number) =>
  reached(readers, (reader) => reader.count(), more)

/** Each of them has answered somebody who asked after the time by which it must know. */
const settled = (readers: Readers) => reached(readers, (reader) => reader.settledCount(), 5)

/** What is wrong ends the wait. */
async function reached(
  readers: Readers,
  count: (reader: Readers[number]) => number,
  more: number,
): Promise<void> {
  const goals = readers.map((reader) => [reader, count(reader) + more] as const)
  await vi.waitFor(
    () => {
      for (const [reader, goal] of goals)
        if (reader.wrong.length === 0) expect(count(reader)).toBeGreaterThanOrEqual(goal)
    },
    { timeout: 60_000, interval: 5 },
  )
}

/** Both versions are published; then one change of the endpoint after the other, by one instance. */
async function createChanges({ parts }: TestGateway, random: Seeded) {
  const actor = 'admin'
  const named = { endpointId, actor }
  const publish = (state: TwinsState) =>
    parts.publishing.publish({
      ...named,
      zip: twinsZip(state.version),
      variables: { LEFT: state.left, RIGHT: state.right },
    })
  const first = { left: 'l0', right: 'r0', isLeftOn: true }
  const hashes = new Map<string, string>()
  for (const version of VERSIONS)
    hashes.set(version, (await publish({ ...first, version })).ref.sha256)
  const served: Served[] = [{ state: { ...first, version: 'two' }, doneAt: 0 }]

  const setVersion = async ({ version }: TwinsState) =>
    parts.publishing.promote({
      ...named,
      packageName: 'twins',
      version: hashes.get(version) ?? '',
    })
  const { administration, caches } = parts.management
  const settings = await administration.settings(endpointId)
  const setSide = async (side: 'left' | 'right', state: TwinsState) =>
    administration.changeSetting({
      ...named,
      settingId: settings.find(({ settingId }) => settingId.includes(side))?.settingId ?? '',
      mode: 'update',
      set: [{ name: 'value', value: state[side], isSecret: false }],
    })
  const setStatus = async ({ isLeftOn }: TwinsState) =>
    parts.catalog.setOverride({
      ...named,
      mcpType: 'tool',
      key: 'show_left',
      status: isLeftOn ? 'active' : 'disabled',
    })
  const moves: readonly ((
    state: TwinsState,
    made: number,
  ) => [TwinsState, () => Promise<unknown>])[] = [
    (state) => {
      const next = { ...state, version: state.version === 'one' ? 'two' : 'one' }
      return [next, () => setVersion(next)]
    },
    (state, made) => {
      const next = { ...state, left: `l${made}` }
      return [next, () => setSide('left', next)]
    },
    (state, made) => {
      const next = { ...state, right: `r${made}` }
      return [next, () => setSide('right', next)]
    },
    (state) => {
      const next = { ...state, isLeftOn: !state.isLeftOn }
      return [next, () => setStatus(next)]
    },
    // What is forgotten changes nothing of what is served.
    (state) => [state, () => caches.purge(endpointId, { scope: random.pick(CACHE_KINDS) })],
  ]
  return {
    served,
    next: async () => {
      const before = served.at(-1)
      if (before === undefined) throw new Error('nothing is served')
      const [state, make] = random.pick(moves)(before.state, served.length)
      const entry = { state, doneAt: Infinity }
      served.push(entry)
      await make()
      entry.doneAt = performance.now()
    },
  }
}

interface Reading {
  readonly boundMs: number
  readonly random: Seeded
}

/** Asks an instance again and again, and holds each answer against what may be served. */
function read(gateway: TestGateway, served: readonly Served[], { boundMs, random }: Reading) {
  const wrong: string[] = []
  let answers = 0
  let settledAnswers = 0
  const stopping = new AbortController()
  const judge = (look: Look, shown: string, startedAt: number) => {
    const last = served.findLastIndex(({ doneAt }) => doneAt + boundMs <= startedAt)
    const isShown = ({ state }: Served) => shownOf(state, look) === shown
    const isIn = (from: number) => served.slice(Math.max(from, 0)).some(isShown)
    answers++
    if (last === served.length - 1) settledAnswers++
    if (isIn(last)) return
    wrong.push(`${isIn(0) ? 'old' : 'mixed'} after ${boundMs} ms: ${look} ${shown}`)
  }
  const ask = async () => {
    const token = await gateway.tokenFor('ann', endpointId)
    while (!stopping.signal.aborted) {
      const look = random.pick(LOOKS)
      const startedAt = performance.now()
      judge(look, await shownBy(gateway.url, token, look), startedAt)
    }
  }
  const asking = Promise.all(
    Array.from({ length: CLIENTS }, () =>
      ask().catch((error: unknown) => wrong.push(String(error))),
    ),
  )
  return {
    wrong,
    count: () => answers,
    settledCount: () => settledAnswers,
    stop: async () => {
      stopping.abort()
      await asking
    },
  }
}

async function shownBy(url: string, token: string, look: Look): Promise<string> {
  const request =
    look === 'tools/list'
      ? modernPost(look, {}, token)
      : modernPost('tools/call', { name: look, arguments: {} }, token)
  const response = await fetch(`${url}/${endpointId}/mcp`, request)
  const { result, error } = (await response.json()) as Record<string, unknown>
  if (isJsonObject(error) && error['code'] === -32602) return 'unknown'
  if (!isJsonObject(result)) throw new Error(`${look}: ${JSON.stringify(error)}`)
  if (look === 'tools/list') return toList(result['tools'])
  return isJsonObject(result['structuredContent'])
    ? toText(result['structuredContent'])
    : JSON.stringify(result)
}

function toList(tools: unknown): string {
  if (!Array.isArray(tools)) return JSON.stringify(tools)
  return JSON.stringify(tools.map(({ name, description }) => [name, description]))
}
