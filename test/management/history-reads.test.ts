import { describe, expect, it } from 'vitest'
import type { HistoryPage, HistoryQuery } from '../../src/calls/calls.js'
import { createHistoryReads, createHistoryTurns } from '../../src/management/history-reads.js'

const query = { endpointId: 'acme', limit: 10 }
const ofFunction = { endpointId: 'acme', mcpType: 'tool', name: 'lookup', from: 1, to: 2 } as const

/** A history that answers when it is told to; how many wait for it, at the most. */
function slowHistory(page: HistoryPage = { calls: [] }) {
  const asked: HistoryQuery[] = []
  const answers: (() => void)[] = []
  const list = (wanted: HistoryQuery) => {
    asked.push(wanted)
    return new Promise<HistoryPage>((resolve) => answers.push(() => resolve(page)))
  }
  /** Answers all, and those that come after them. */
  const answerAll = async () => {
    while (answers.length > 0) {
      for (const answer of answers.splice(0)) answer()
      await settled()
    }
  }
  return { calls: { list }, asked, answers, answerAll }
}

/** Whatever can go on without an answer has gone on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

const openClient = () => new AbortController().signal

describe('the history', () => {
  it('is read four times at a time by one request, and the others wait', async () => {
    const { calls, asked, answerAll } = slowHistory()
    const reads = createHistoryReads(calls, createHistoryTurns(), openClient())
    const pages = Array.from({ length: 100 }, () => reads.list(query))
    await settled()
    expect(asked).toHaveLength(4)
    await answerAll()
    expect(await Promise.all(pages)).toHaveLength(100)
  })

  it('of an endpoint is read eight times at a time, 64 wait, and one more is told to come again', async () => {
    const { calls, asked, answerAll } = slowHistory()
    const turns = createHistoryTurns()
    const read = (endpointId: string) =>
      createHistoryReads(calls, turns, openClient()).list({ ...query, endpointId })
    const taken = Array.from({ length: 72 }, () => read('acme'))
    await settled()
    expect(asked).toHaveLength(8)
    await expect(read('acme')).rejects.toMatchObject({ code: 'BUSY', data: { retryAfterS: 1 } })
    const elsewhere = read('globex')
    await settled()
    expect(asked).toHaveLength(9)
    await answerAll()
    expect(await Promise.all([...taken, elsewhere])).toHaveLength(73)
    const later = read('acme')
    await settled()
    await answerAll()
    expect(await later).toEqual({ calls: [] })
  })

  it('is read no further when the client has gone', async () => {
    const client = new AbortController()
    const { calls, asked, answerAll } = slowHistory({ calls: [], cursor: 'more' })
    const reads = createHistoryReads(calls, createHistoryTurns(), client.signal)
    const counted = Array.from({ length: 10 }, () => reads.statistics(ofFunction))
    const outcomes = Promise.allSettled(counted)
    await settled()
    expect(asked).toHaveLength(4)
    client.abort()
    await answerAll()
    expect(asked).toHaveLength(4)
    const gone = { status: 'rejected', reason: { code: 'CALL_CANCELLED' } }
    expect(await outcomes).toMatchObject(counted.map(() => gone))
  })

  it('is counted for four functions of one request at a time', async () => {
    const { calls, asked, answers } = slowHistory({ calls: [], cursor: 'more' })
    const client = new AbortController()
    const reads = createHistoryReads(calls, createHistoryTurns(), client.signal)
    const counted = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) =>
      reads.statistics({ ...ofFunction, name }),
    )
    const over = Promise.allSettled(counted)
    for (let page = 0; page < 5; page++) {
      await settled()
      for (const answer of answers.splice(0)) answer()
    }
    const names = new Set(asked.map(({ name }) => name))
    expect([...names]).toEqual(['a', 'b', 'c', 'd'])
    client.abort()
    await settled()
    for (const answer of answers.splice(0)) answer()
    await over
  })
})
