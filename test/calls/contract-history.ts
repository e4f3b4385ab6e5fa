import { beforeAll, expect, it } from 'vitest'
import { CALL_STATUSES, type CallRecord } from '../../src/domain/call.js'
import type { Calls, HistoryQuery, ListedCall } from '../../src/calls/calls.js'
import { createSeeded } from '../support/seeded.js'
import { aCall, idAt } from './a-call.js'
import { createCallsIn, type Engine, openCalls } from './engines.js'
import { intercept } from './intercepted.js'

const cursorInvalid = expect.objectContaining({ code: 'CURSOR_INVALID' })

/** An hour ago: what is older than its retention would not be found. */
const START = Date.now() - 3_600_000
const STEP_MS = 1000
const MADE = 60
const endpointId = 'history'

const NAMES = [
  { mcpType: 'tool', name: 'lookup' },
  { mcpType: 'tool', name: 'order' },
  { mcpType: 'prompt', name: 'lookup' },
  { mcpType: 'resource', name: `file:///${'a/'.repeat(4000)}` },
] as const

/** One a second, of all kinds. */
function madeCalls(): CallRecord[] {
  const random = createSeeded(20_260_131)
  return Array.from({ length: MADE }, (_, n) => {
    const createdAt = START + n * STEP_MS
    const ended = aCall({
      endpointId,
      callId: idAt(createdAt),
      createdAt,
      ...random.pick(NAMES),
      userId: random.pick(['ann', 'bob', 'a#b']),
      status: random.pick(CALL_STATUSES),
    })
    return ended.status === 'in_process' ? { ...ended, deadline: createdAt + 1e12 } : ended
  })
}

/** Every page of it. */
async function listAll(calls: Calls, query: HistoryQuery): Promise<ListedCall[]> {
  const found: ListedCall[] = []
  let cursor: string | undefined
  do {
    const page = await calls.list({ ...query, cursor })
    expect(page.calls.length).toBeLessThanOrEqual(query.limit)
    found.push(...page.calls)
    cursor = page.cursor
  } while (cursor !== undefined)
  return found
}

const idsOf = (calls: readonly Pick<CallRecord, 'callId'>[]) => calls.map(({ callId }) => callId)

export function promiseHistory(engine: () => Engine): void {
  const made = madeCalls()
  beforeAll(async () => {
    const calls = createCallsIn(engine().aws)
    await Promise.all(made.map((call) => calls.finish(call)))
    await calls.finish(aCall({ endpointId: 'history2', callId: idAt(START) }))
    await calls.close(5000)
  })

  /** What a page has to show, the newest first. */
  const wanted = ({ mcpType, name, userId, status, from = 0, to = Infinity }: HistoryQuery) =>
    made
      .filter(
        (call) =>
          (mcpType === undefined || call.mcpType === mcpType) &&
          (name === undefined || call.name === name) &&
          (userId === undefined || call.userId === userId) &&
          (status === undefined || call.status === status) &&
          call.createdAt >= from &&
          call.createdAt < to,
      )
      .toReversed()

  it.each<[string, Partial<HistoryQuery>]>([
    ['the endpoint', {}],
    ['a function', { mcpType: 'tool', name: 'lookup' }],
    ['a function with a very long name', NAMES[3]],
    ['a kind of function', { mcpType: 'prompt' }],
    ['a user', { userId: 'ann' }],
    ['a user whose name looks like a key', { userId: 'a#b' }],
    ['nobody', { userId: 'a' }],
    ...CALL_STATUSES.map((status): [string, Partial<HistoryQuery>] => [
      `status ${status}`,
      { status },
    ]),
    ['a time', { from: START + 10 * STEP_MS, to: START + 20 * STEP_MS }],
    ['a time between two calls', { from: START + 10.5 * STEP_MS, to: START + 20.5 * STEP_MS }],
    ['all times', { from: -1e20, to: 1e20 }],
    ['no time', { from: START + 2, to: START + 1 }],
  ])('are all found, the newest first: of %s', async (_whose, filter) => {
    const query = { endpointId, limit: 7, ...filter }
    const found = await listAll(openCalls(engine().aws), query)
    expect(idsOf(found)).toEqual(idsOf(wanted(query)))
  })

  it('are found by any combination of these', async () => {
    const random = createSeeded(20_260_201)
    const calls = openCalls(engine().aws)
    let foundCount = 0
    for (let n = 0; n < 25; n++) {
      const from = START + random.integer(0, MADE) * STEP_MS
      const query: HistoryQuery = {
        endpointId,
        limit: random.integer(1, 20),
        ...(random.chance(0.6) && random.pick(NAMES)),
        ...(random.chance(0.5) && { userId: random.pick(['ann', 'bob']) }),
        ...(random.chance(0.4) && { status: random.pick(CALL_STATUSES) }),
        ...(random.chance(0.5) && { from }),
        ...(random.chance(0.5) && { to: from + random.integer(0, MADE) * STEP_MS }),
      }
      const found = await listAll(calls, query)
      expect({ query, found: idsOf(found) }).toEqual({ query, found: idsOf(wanted(query)) })
      foundCount += found.length
    }
    expect(foundCount).toBeGreaterThan(20)
  })

  it('are shown whole, but for what was said', async () => {
    const query = { endpointId, mcpType: 'tool', name: 'lookup', limit: 1 } as const
    const page = await openCalls(engine().aws).list(query)
    const [newest = aCall()] = wanted(query)
    const { arguments: _arguments, content: _content, ...listed } = newest
    expect(page.calls).toEqual([listed])
    expect(page.calls[0]).not.toHaveProperty('content')
  })

  it('of another endpoint never are', async () => {
    const found = await listAll(openCalls(engine().aws), { endpointId: 'history2', limit: 100 })
    expect(found).toHaveLength(1)
    expect(await openCalls(engine().aws).list({ endpointId: 'histor', limit: 10 })).toEqual({
      calls: [],
    })
  })

  it('come 1 to 100 on a page, whatever is asked for', async () => {
    const calls = openCalls(engine().aws)
    expect((await calls.list({ endpointId, limit: 0 })).calls).toHaveLength(1)
    expect((await calls.list({ endpointId, limit: 1e9 })).calls).toHaveLength(MADE)
  })

  it('come once each, though others come in from page to page', async () => {
    const growing = 'growing'
    const calls = openCalls(engine().aws)
    const add = async (n: number) => {
      const createdAt = START + n * STEP_MS
      const call = aCall({ endpointId: growing, callId: idAt(createdAt), createdAt })
      await calls.finish(call)
      return call.callId
    }
    const before: string[] = []
    for (let n = 0; n < 10; n++) before.push(await add(n))
    const found: string[] = []
    let cursor: string | undefined
    for (let n = 10; n === 10 || cursor !== undefined; n++) {
      const page = await calls.list({ endpointId: growing, limit: 3, cursor })
      found.push(...idsOf(page.calls))
      cursor = page.cursor
      await add(n)
    }
    expect(found).toEqual(before.toReversed())
  })

  it('have cursors that are good for their question only', async () => {
    const calls = openCalls(engine().aws)
    const query = { endpointId, userId: 'ann', limit: 3 }
    const { cursor = '' } = await calls.list(query)
    const other = await calls.list({ ...query, limit: 5, cursor })
    expect(idsOf(other.calls)).toEqual(idsOf(wanted(query).slice(3, 8)))
    const foreign: Partial<HistoryQuery>[] = [
      { endpointId: 'history2' },
      { userId: 'bob' },
      { userId: undefined },
      { status: 'failed' },
      { mcpType: 'tool' },
      { from: START },
      { to: START },
    ]
    for (const change of foreign)
      await expect(calls.list({ ...query, ...change, cursor })).rejects.toEqual(cursorInvalid)
    const spoilt = [
      '',
      'x',
      cursor.slice(0, -4),
      cursor.slice(1),
      Buffer.from('[]').toString('base64url'),
    ]
    for (const each of spoilt)
      await expect(calls.list({ ...query, cursor: each })).rejects.toEqual(cursorInvalid)
  })

  it('are looked for in bounds where a filter fits rarely: a page may stay short', async () => {
    const rare = 'rare'
    const aws = engine().connect()
    const calls = openCalls(aws)
    await calls.settings(rare)
    const ends = Array.from({ length: 1000 }, async (_, n) => {
      const open = calls.open(rare)
      const status = n === 0 ? 'cancelled' : 'completed'
      await open.end(aCall({ endpointId: rare, callId: open.callId, status }))
    })
    await Promise.all(ends)
    let reads = 0
    intercept(aws, async (input, send) => {
      if ('KeyConditionExpression' in input) reads += 1
      await send()
    })
    const query = { endpointId: rare, status: 'cancelled', limit: 5 } as const
    const first = await calls.list(query)
    expect(first.calls).toEqual([])
    expect(first.cursor).toBeDefined()
    expect(reads).toBeLessThanOrEqual(10)
    expect(await listAll(calls, query)).toHaveLength(1)
    aws.close()
  })
}
