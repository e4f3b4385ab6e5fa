import { expect, it } from 'vitest'
import type { CallRecord } from '../../src/domain/call.js'
import { aCall } from './a-call.js'
import { type Engine, openCalls } from './engines.js'

interface Capacity {
  readonly CapacityUnits?: number
}

interface Consumed extends Capacity {
  readonly Table?: Capacity
  readonly GlobalSecondaryIndexes?: Record<string, Capacity>
}

/** What a group of such calls consumes, by table and index. */
async function costOf(engine: Engine, count: number, change: Partial<CallRecord> = {}) {
  const aws = engine.connect()
  const consumed: Consumed[] = []
  aws.dynamo.middlewareStack.add(
    (next) => async (args) => {
      const input = { ...args.input, ReturnConsumedCapacity: 'INDEXES' }
      const answer = await next({ ...args, input })
      const { ConsumedCapacity = [] } = answer.output as { ConsumedCapacity?: Consumed[] }
      if ('RequestItems' in input) consumed.push(...ConsumedCapacity)
      return answer
    },
    { step: 'initialize', name: 'count' },
  )
  const calls = openCalls(aws)
  // So that what the endpoint wants is known, and asked for by nobody while the group is made.
  await calls.settings('costs')
  const ends = Array.from({ length: count }, () => {
    const open = calls.open('costs')
    return open.end(aCall({ endpointId: 'costs', callId: open.callId, ...change }))
  })
  await Promise.all(ends)
  aws.close()
  return consumed.map(unitsOf)
}

function unitsOf({ CapacityUnits, Table, GlobalSecondaryIndexes = {} }: Consumed) {
  const indexes = Object.entries(GlobalSecondaryIndexes)
  return {
    all: CapacityUnits,
    table: Table?.CapacityUnits,
    ...Object.fromEntries(indexes.map(([name, index]) => [name, index.CapacityUnits])),
  }
}

export function promiseCost(engine: () => Engine): void {
  it('is three write units of a small call: its row, and its rows in two indexes', async () => {
    expect(await costOf(engine(), 1)).toEqual([{ all: 3, table: 1, by_function: 1, by_user: 1 }])
  })

  it('is no more in a group', async () => {
    expect(await costOf(engine(), 25)).toEqual([
      { all: 75, table: 25, by_function: 25, by_user: 25 },
    ])
  })

  it('is one more of a call that failed', async () => {
    const error = { code: 'FUNCTION_FAILED', message: 'no such city' }
    expect(await costOf(engine(), 1, { status: 'failed', error })).toEqual([
      { all: 4, table: 1, by_function: 1, by_user: 1, failures: 1 },
    ])
  })

  it('grows in the table alone with what is said: a unit a KiB', async () => {
    const [cost] = await costOf(engine(), 1, { content: 'x'.repeat(10 * 1024) })
    expect(cost).toEqual({ all: 13, table: 11, by_function: 1, by_user: 1 })
  })
}
