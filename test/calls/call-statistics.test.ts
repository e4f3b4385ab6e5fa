import { describe, expect, it } from 'vitest'
import {
  type HistoryPage,
  type HistoryQuery,
  type ListedCall,
  statisticsOf,
} from '../../src/calls/calls.js'
import { aCall } from './a-call.js'

const query = { endpointId: 'acme', mcpType: 'tool', name: 'lookup', from: 1, to: 2 } as const

type Looked = Partial<Pick<ListedCall, 'status' | 'timeSpentMs'>>

/** A history of these, that notes what it is asked. */
function historyOf(looked: readonly Looked[], pageLimit = Infinity) {
  const asked: HistoryQuery[] = []
  const list = async (page: HistoryQuery): Promise<HistoryPage> => {
    asked.push(page)
    const first = Number(page.cursor ?? 0)
    const next = first + Math.min(page.limit, pageLimit)
    const calls = looked.slice(first, next).map((change) => aCall(change))
    return { calls, ...(next < looked.length && { cursor: String(next) }) }
  }
  return { calls: { list }, asked }
}

describe('the statistics of a function', () => {
  it('count what is called, and what failed or ran out of time', async () => {
    const { calls } = historyOf([
      { status: 'completed', timeSpentMs: 10 },
      { status: 'failed', timeSpentMs: 20 },
      { status: 'timed_out', timeSpentMs: 30 },
      { status: 'cancelled', timeSpentMs: 40 },
    ])
    expect(await statisticsOf(calls, query)).toEqual({
      count: 4,
      failures: 2,
      p50Ms: 20,
      p95Ms: 40,
      isComplete: true,
    })
  })

  it('take no duration from what runs, or has ended with questions', async () => {
    const { calls } = historyOf([
      { status: 'in_process', timeSpentMs: 900 },
      { status: 'input_required', timeSpentMs: 800 },
      { status: 'completed', timeSpentMs: 7 },
    ])
    expect(await statisticsOf(calls, query)).toMatchObject({
      count: 3,
      failures: 0,
      p50Ms: 7,
      p95Ms: 7,
    })
  })

  it('have no durations where none has ended', async () => {
    const { calls } = historyOf([{ status: 'in_process' }])
    expect(await statisticsOf(calls, query)).toMatchObject({ count: 1, p50Ms: null, p95Ms: null })
    expect(await statisticsOf(historyOf([]).calls, query)).toMatchObject({ count: 0, p50Ms: null })
  })

  it('order durations as numbers', async () => {
    const looked = Array.from({ length: 100 }, (_, n) => ({ timeSpentMs: 100 - n }))
    const { calls } = historyOf(looked)
    expect(await statisticsOf(calls, query)).toMatchObject({ p50Ms: 50, p95Ms: 95 })
  })

  it('ask for pages of a hundred, and of each call for what they need alone', async () => {
    const { calls, asked } = historyOf(Array.from({ length: 250 }, () => ({})))
    expect(await statisticsOf(calls, query)).toMatchObject({ count: 250, isComplete: true })
    expect(asked).toHaveLength(3)
    const fields = ['status', 'timeSpentMs']
    for (const page of asked) expect(page).toMatchObject({ ...query, limit: 100, fields })
  })

  it('are of the newest 2,000 calls where there are more, and say so', async () => {
    const { calls, asked } = historyOf(Array.from({ length: 2001 }, () => ({})))
    expect(await statisticsOf(calls, query)).toMatchObject({ count: 2000, isComplete: false })
    expect(asked).toHaveLength(20)
    const all = historyOf(Array.from({ length: 2000 }, () => ({})))
    expect(await statisticsOf(all.calls, query)).toMatchObject({ count: 2000, isComplete: true })
  })

  it('end also where every page is short', async () => {
    const { calls, asked } = historyOf(
      Array.from({ length: 500 }, () => ({})),
      1,
    )
    expect(await statisticsOf(calls, query)).toMatchObject({ count: 40, isComplete: false })
    expect(asked).toHaveLength(40)
  })
})
