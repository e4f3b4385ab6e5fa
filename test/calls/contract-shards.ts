import { expect, it } from 'vitest'
import type { Calls } from '../../src/calls/calls.js'
import { aCall, idAt } from './a-call.js'
import { createCallsIn, type Engine, openCalls, rowOf } from './engines.js'
import { intercept } from './intercepted.js'

/** An hour ago: what is older than its retention would not be found. */
const START = Date.now() - 3_600_000

/** Ends calls that began one after another, each in the shard that is given for it. */
async function makeIn(
  calls: Calls,
  endpointId: string,
  shards: readonly number[],
  startMs = START,
) {
  const made = shards.map((shard, n) => {
    const createdAt = startMs + n
    return aCall({ endpointId, callId: idAt(createdAt, shard), createdAt })
  })
  await Promise.all(made.map((call) => calls.finish(call)))
  return made.map(({ callId }) => callId).toReversed()
}

async function pagesOf(calls: Calls, endpointId: string, limit: number): Promise<string[][]> {
  const pages: string[][] = []
  let cursor: string | undefined
  do {
    const page = await calls.list({ endpointId, limit, cursor })
    pages.push(page.calls.map(({ callId }) => callId))
    cursor = page.cursor
  } while (cursor !== undefined)
  return pages
}

export function promiseShards(engine: () => Engine): void {
  it.each([1, 4, 256])(
    'come in the order of their beginnings, page by page (of %s)',
    async (shards) => {
      const endpointId = `shards-${shards}`
      const calls = openCalls(engine().aws)
      await calls.changeSettings(endpointId, { shards })
      const spread = Array.from({ length: 60 }, (_, n) => (n * 37) % shards)
      const wanted = await makeIn(calls, endpointId, spread)
      const pages = await pagesOf(calls, endpointId, 40)
      expect(pages.flat()).toEqual(wanted)
      expect(pages[0]).toHaveLength(40)
    },
  )

  it('come in order where most lie in one of them', async () => {
    const endpointId = 'uneven'
    const calls = openCalls(engine().aws)
    await calls.changeSettings(endpointId, { shards: 4 })
    const spread = Array.from({ length: 60 }, (_, n) => (n % 10 === 0 ? 3 : 1))
    const wanted = await makeIn(calls, endpointId, spread)
    for (const limit of [7, 30])
      expect((await pagesOf(calls, endpointId, limit)).flat()).toEqual(wanted)
  })

  it('come once each, also when the partitions become more from page to page', async () => {
    const endpointId = 'more-shards'
    const calls = openCalls(engine().aws)
    const wanted = await makeIn(
      calls,
      endpointId,
      Array.from({ length: 10 }, () => 0),
    )
    const first = await calls.list({ endpointId, limit: 4 })
    await calls.changeSettings(endpointId, { shards: 16 })
    const shards = Array.from({ length: 10 }, (_, n) => n)
    const newer = await makeIn(calls, endpointId, shards, START + 1000)
    const second = await calls.list({ endpointId, limit: 100, cursor: first.cursor })
    expect([...first.calls, ...second.calls].map(({ callId }) => callId)).toEqual(wanted)
    expect((await pagesOf(calls, endpointId, 6)).flat()).toEqual([...newer, ...wanted])
  })

  it('are written to all of them, and each is found by its id', async () => {
    const endpointId = 'spread'
    const calls = openCalls(engine().aws)
    await calls.changeSettings(endpointId, { shards: 4 })
    const made = Array.from({ length: 60 }, () => {
      const open = calls.open(endpointId)
      return { open, call: aCall({ endpointId, callId: open.callId }) }
    })
    await Promise.all(made.map(({ open, call }) => open.end(call)))
    const partitions = new Set<unknown>()
    for (const { call } of made) {
      partitions.add((await rowOf(engine().aws, call))?.['endpoint_id'])
      expect(await calls.read(endpointId, call.callId)).toEqual(call)
    }
    expect(partitions).toEqual(new Set(['spread', 'spread#01', 'spread#02', 'spread#03']))
    for (const filter of [{ userId: 'ann' }, { mcpType: 'tool', name: 'lookup' } as const])
      expect((await calls.list({ endpointId, limit: 100, ...filter })).calls).toHaveLength(60)
  })

  it('are read in bounds, however many there are', async () => {
    const endpointId = 'bounded'
    const aws = engine().connect()
    const calls = createCallsIn(aws)
    await calls.changeSettings(endpointId, { shards: 256 })
    await makeIn(calls, endpointId, [...Array.from({ length: 40 }, () => 7), 8])
    let reads = 0
    intercept(aws, async (input, send) => {
      if ('KeyConditionExpression' in input) reads += 1
      await send()
    })
    const page = await calls.list({ endpointId, status: 'cancelled', limit: 1 })
    expect(page.calls).toEqual([])
    expect(page.cursor).toBeDefined()
    expect(reads).toBeLessThanOrEqual(512)
    await calls.close(1000)
    aws.close()
  })
}
