import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import type { Aws } from '../../src/aws/aws.js'
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

interface BatchAnswer {
  readonly ConsumedCapacity?: readonly Consumed[]
}

/** What batches of this client consume from now on. */
function countBatches(aws: Aws): readonly Consumed[] {
  const consumed: Consumed[] = []
  const { requestHandler } = aws.db.config
  const send = requestHandler.handle.bind(requestHandler)
  requestHandler.handle = async (request, options) => {
    if (!request.headers['x-amz-target']?.endsWith('.BatchWriteItem')) return send(request, options)
    const asked = JSON.parse(String(request.body)) as object
    const body = JSON.stringify({ ...asked, ReturnConsumedCapacity: 'INDEXES' })
    const headers = { ...request.headers, 'content-length': String(Buffer.byteLength(body)) }
    const { response } = await send({ ...request, headers, body }, options)
    const answer = await text(response.body)
    consumed.push(...((JSON.parse(answer) as BatchAnswer).ConsumedCapacity ?? []))
    return { response: { ...response, body: Readable.from([answer]) } }
  }
  return consumed
}

/** What a group of such calls consumes, by table and index. */
async function costOf(engine: Engine, count: number, change: Partial<CallRecord> = {}) {
  const aws = engine.connect()
  const consumed = countBatches(aws)
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
