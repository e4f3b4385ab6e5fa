import { expect, it } from 'vitest'
import type { Calls, HistoryPage, HistoryQuery, ListedCall } from '../../src/calls/calls.js'
import { createSeeded, type Seeded } from '../support/seeded.js'
import { aCall, idAt } from './a-call.js'
import { createCallsIn, type Engine, openCalls } from './engines.js'
import { type Input, intercept } from './intercepted.js'

/** An hour ago: what is older than its retention would not be found. */
const START = Date.now() - 3_600_000

/** Between two calls, and until another partition takes them. */
const STEP_MS = 10
const BURST_MS = 20 * STEP_MS

const cursorInvalid = expect.objectContaining({ code: 'CURSOR_INVALID' })

interface Made {
  readonly calls: Calls
  readonly endpointId: string
  readonly shards: number
}

/**
 * Ends a call that began then, in the partition of its time: so a page ends in one of them where others
 * have much left, or nothing.
 *
 * @returns its id
 */
async function make({ calls, endpointId, shards }: Made, ms: number, random: Seeded) {
  const createdAt = START + ms
  const callId = idAt(createdAt, Math.floor(ms / BURST_MS) % shards)
  const userId = random.pick(['ann', 'bob'])
  await calls.finish(aCall({ endpointId, callId, createdAt, userId }))
  return callId
}

const idsOf = ({ calls }: HistoryPage) => calls.map(({ callId }) => callId)

const isDescending = (ids: readonly string[]) =>
  ids.every((id, at) => at === 0 || id < (ids[at - 1] ?? ''))

/** All pages in that direction, each as it came. */
async function pagesOf(calls: Calls, query: HistoryQuery): Promise<string[][]> {
  const pages: string[][] = []
  let cursor: string | undefined
  do {
    const page = await calls.list({ ...query, cursor })
    pages.push(idsOf(page))
    cursor = page.cursor
  } while (cursor !== undefined)
  return pages
}

export function promisePaging(engine: () => Engine): void {
  it.each([1, 8])(
    'come backward page by page, each page the newest first (of %s partitions)',
    async (shards) => {
      const endpointId = `backward-${shards}`
      const calls = openCalls(engine().aws)
      await calls.changeSettings(endpointId, { shards })
      const random = createSeeded(20_260_801 + shards)
      const made = { calls, endpointId, shards }
      const works = Array.from({ length: 70 }, (_, n) => make(made, n * STEP_MS, random))
      const newestFirst = (await Promise.all(works)).toReversed()
      const pages = await pagesOf(calls, { endpointId, limit: 40, isBackward: true })
      expect(pages[0]).toEqual(newestFirst.slice(-40))
      expect(pages.toReversed().flat()).toEqual(newestFirst)
    },
  )

  it('come backward within a time, of a user and of a status', async () => {
    const endpointId = 'backward-filter'
    const calls = openCalls(engine().aws)
    const random = createSeeded(20_260_803)
    const made = { calls, endpointId, shards: 1 }
    for (let n = 0; n < 30; n++) await make(made, n, random)
    const filters: Partial<HistoryQuery>[] = [
      { from: START + 10, to: START + 20 },
      { userId: 'ann' },
      { userId: 'bob', from: START + 5 },
      { mcpType: 'tool', name: 'lookup', to: START + 8 },
      { status: 'failed' },
    ]
    for (const filter of filters) {
      const query = { endpointId, limit: 4, ...filter }
      const forward = (await pagesOf(calls, query)).flat()
      const backward = await pagesOf(calls, { ...query, isBackward: true })
      expect({ filter, ids: backward.toReversed().flat() }).toEqual({ filter, ids: forward })
    }
  })

  it('come before or after any call of a page, by a cursor of its own', async () => {
    const endpointId = 'cursor-at'
    const calls = openCalls(engine().aws)
    const random = createSeeded(20_260_804)
    const made = { calls, endpointId, shards: 1 }
    for (let n = 0; n < 9; n++) await make(made, n, random)
    const query = { endpointId, limit: 3 }
    const all = (await pagesOf(calls, query)).flat()
    const cursor = calls.cursorAt(query, all[4] ?? '')
    expect(idsOf(await calls.list({ ...query, cursor }))).toEqual(all.slice(5, 8))
    const newer = await calls.list({ ...query, cursor, isBackward: true })
    expect(idsOf(newer)).toEqual(all.slice(1, 4))
    const newest = await calls.list({ ...query, cursor: newer.cursor, isBackward: true })
    expect(idsOf(newest)).toEqual(all.slice(0, 1))
    expect(newest.cursor).toBeUndefined()
    const foreign = { ...query, userId: 'ann', cursor }
    await expect(calls.list(foreign)).rejects.toEqual(cursorInvalid)
  })

  it.each([1, 8])(
    'come once each, none of them lost, while others come in and are erased (of %s partitions)',
    async (shards) => {
      const random = createSeeded(20_260_810 + shards)
      for (const isBackward of [false, true]) {
        const endpointId = `moving-${shards}-${isBackward}`
        const calls = openCalls(engine().aws)
        await calls.changeSettings(endpointId, { shards })
        const made = { calls, endpointId, shards }
        const works = Array.from({ length: 70 }, (_, n) => make(made, n * STEP_MS, random))
        const present = new Set(await Promise.all(works))
        const stays = new Set(present)
        const seen: string[] = []
        let cursor: string | undefined
        do {
          const page = await calls.list({
            endpointId,
            limit: random.integer(3, 40),
            cursor,
            isBackward,
          })
          expect(isDescending(idsOf(page))).toBe(true)
          seen.push(...(isBackward ? idsOf(page).toReversed() : idsOf(page)))
          cursor = page.cursor
          for (let n = 0; n < 2; n++) {
            const victim = random.pick([...present])
            present.add(await make(made, random.integer(0, 699), random))
            expect(await calls.erase(endpointId, victim)).toMatchObject({ callId: victim })
            present.delete(victim)
            stays.delete(victim)
          }
        } while (cursor !== undefined)
        expect(new Set(seen).size).toBe(seen.length)
        expect(isDescending(isBackward ? seen.toReversed() : seen)).toBe(true)
        expect([...stays].filter((callId) => !seen.includes(callId))).toEqual([])
        expect(stays.size).toBeGreaterThan(5)
      }
    },
  )

  it('are read only as far as they are asked for, and are empty elsewhere', async () => {
    const endpointId = 'fields'
    const aws = engine().connect()
    const calls = createCallsIn(aws)
    const error = { code: 'FUNCTION_FAILED', message: 'no such city' }
    const call = aCall({ endpointId, status: 'failed', error, sessionId: 's' })
    await calls.finish(call)
    const projections: unknown[] = []
    intercept(aws, async (input, send) => {
      if ('ProjectionExpression' in input) projections.push(namesIn(input))
      await send()
    })
    const list = async (fields: readonly (keyof ListedCall)[], filter = {}) =>
      (await calls.list({ endpointId, limit: 1, fields, ...filter })).calls
    const nothing: ListedCall = {
      endpointId,
      callId: call.callId,
      mcpType: 'tool',
      name: '',
      userId: '',
      status: 'in_process',
      timeSpentMs: 0,
      bundleSha256: '',
      protocolVersion: '',
      createdAt: 0,
      updatedAt: 0,
    }
    expect(await list([])).toEqual([nothing])
    const { status, timeSpentMs } = call
    expect(await list(['status', 'timeSpentMs', 'error'])).toEqual([
      { ...nothing, status, timeSpentMs, error },
    ])
    const filter = { userId: 'ann', mcpType: 'tool', name: 'lookup', isBackward: true }
    expect(await list(['sessionId'], filter)).toEqual([{ ...nothing, sessionId: 's' }])
    const always = ['mcp_function_call_uuid', 'expires_at']
    expect(projections).toEqual([
      new Set(always),
      new Set([...always, 'status', 'time_spent', 'error']),
      new Set([...always, 'session_id']),
    ])
    await calls.close(1000)
    aws.close()
  })
}

/** The attributes that a request asks for, by name. */
function namesIn({ ProjectionExpression: wanted, ExpressionAttributeNames: names }: Input) {
  const byPlaceholder = names as Record<string, string>
  return new Set(
    String(wanted)
      .split(', ')
      .map((placeholder) => byPlaceholder[placeholder]),
  )
}
