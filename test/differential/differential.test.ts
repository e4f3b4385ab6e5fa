import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { openSession } from '../support/raw-client.js'
import { createRawHttp, type RawHeaders, type RawHttp } from '../support/raw-http.js'
import { createSeeded, testSeed } from '../support/seeded.js'
import { makeCases } from './cases.js'
import { DIFFERENCES } from './differences.js'
import { type Draft, headerOf, toRawRequest } from './draft.js'
import { type OfficialServer, startOfficialServer } from './official-server.js'
import { isSame, toOutcome } from './outcome.js'
import type { Seen } from './seen.js'

const seed = testSeed(20_260_728)
/** Of JSON-RPC, of 2026-07-28, and of the missing resource of the revisions before. */
const NAMED_CODES = new Set([
  -32700, -32600, -32601, -32602, -32603, -32002, -32020, -32021, -32022,
])
const BUNDLE = new URL('bundle', import.meta.url).pathname

let gateway: TestGateway
let official: OfficialServer
let http: RawHttp
let seen: Seen[]

beforeAll(async () => {
  // What it offers stays as it is.
  gateway = await startTestGateway({ env: { CATALOG_CHECK_MS: '60000', EXECUTOR: 'worker' } })
  await gateway.publish(BUNDLE)
  official = await startOfficialServer()
  http = createRawHttp()
  seen = await sendAll(makeCases(createSeeded(seed)))
})
afterAll(async () => {
  http.close()
  await official.close()
  await gateway.stop()
})

async function sendAll(drafts: readonly Draft[]): Promise<Seen[]> {
  const url = `${gateway.url}/mcp`
  const token: RawHeaders = [['Authorization', `Bearer ${await gateway.tokenFor('ann')}`]]
  const sessions = await openSessions(url, token)
  const results: Seen[] = []
  for (const draft of drafts) {
    const sentId = draft.message['id']
    const version = headerOf(draft, 'mcp-protocol-version')?.trim() ?? '2025-03-26'
    const session =
      draft.era === 'legacy' ? (sessions.get(version) ?? sessions.get('2025-11-25')) : []
    const raw = toRawRequest(draft)
    // What a stream says first is compared: that it was opened, and for what.
    const isEndless = draft.method === 'subscriptions/listen'
    const headers = [...token, ...(session ?? []), ...raw.headers]
    const [ours, theirs] = await Promise.all([
      http.send(url, { ...raw, headers }, isEndless),
      http.send(official.url, raw, isEndless),
    ])
    results.push({ draft, ours: toOutcome(ours, sentId), theirs: toOutcome(theirs, sentId) })
  }
  return results
}

/** Of our sessions, should there be any; the SDK's handler keeps none. */
async function openSessions(url: string, token: RawHeaders) {
  const common: RawHeaders = [
    ...token,
    ['Content-Type', 'application/json'],
    ['Accept', 'application/json, text/event-stream'],
  ]
  const sessions = new Map<string, RawHeaders>()
  for (const version of ['2025-11-25', '2025-06-18', '2025-03-26']) {
    const session = await openSession(http, { url, common, version })
    sessions.set(
      version,
      session.filter(([name]) => name === 'Mcp-Session-Id'),
    )
  }
  return sessions
}

describe(`the official SDK and this gateway (seed ${seed})`, () => {
  it('are asked enough to mean something', () => {
    expect(seen.length).toBeGreaterThanOrEqual(500)
    const served = seen.filter(
      ({ ours, theirs }) => ours.members.length + theirs.members.length > 2,
    )
    expect(served.length).toBeGreaterThan(100)
    const codes = new Set(seen.map(({ theirs }) => theirs.code))
    for (const code of [-32700, -32600, -32601, -32602, -32020, -32022])
      expect(codes).toContain(code)
  })

  it('answer alike, but where the specification decides otherwise [M23, M24]', () => {
    const unexplained = seen.filter(
      (one) => !isSame(one.ours, one.theirs) && !DIFFERENCES.some(({ covers }) => covers(one)),
    )
    expect(unexplained.map(toReport), `seed ${seed}`).toEqual([])
  })

  it('have no error code of ours among the reserved ones [M63]', () => {
    const reserved = seen.flatMap(({ ours: { code = 0 } }) =>
      code >= -32768 && code <= -32000 && !NAMED_CODES.has(code) ? [code] : [],
    )
    expect(reserved).toEqual([])
  })

  it.each(DIFFERENCES)('still differ: $what', ({ covers }) => {
    expect(seen.some((one) => !isSame(one.ours, one.theirs) && covers(one))).toBe(true)
  })
})

function toReport({ draft, ours, theirs }: Seen): string {
  const only = (mine: readonly string[], other: readonly string[]) =>
    mine.filter((member) => !other.includes(member)).join(' ')
  const { members: ourMembers, ...our } = ours
  const { members: theirMembers, ...their } = theirs
  return [
    `${draft.era} ${draft.method} with ${draft.changes.join(' and ') || 'no change'}`,
    `ours ${JSON.stringify(our)} ${only(ourMembers, theirMembers)}`,
    `theirs ${JSON.stringify(their)} ${only(theirMembers, ourMembers)}`,
  ].join('\n  ')
}
