import { describe, expect, it } from 'vitest'
import { createRowQueue, type QueuedRow } from '../../src/audit/row-queue.js'
import type { Log } from '../../src/telemetry/telemetry.js'

/** A queue whose rows are written when they may be, and what it says of those it has lost. */
function setUp() {
  const lost: unknown[] = []
  const written: string[] = []
  const silent = () => undefined
  const warn: Log['warn'] = (fields) => void lost.push(fields)
  const queue = createRowQueue({
    clock: { now: () => 0 },
    log: { debug: silent, info: silent, error: silent, warn },
  })
  let letGo = (): void => undefined
  const isBack = new Promise<void>((resolve) => (letGo = resolve))
  let rows = 0
  const add = (row: Partial<QueuedRow> & Pick<QueuedRow, 'endpointId'>) =>
    queue.add({
      id: `row-${rows++}`,
      share: 'deed',
      bytes: 1000,
      write: async () => {
        await isBack
        written.push(row.endpointId)
      },
      ...row,
    })
  const end = async () => {
    letGo()
    await queue.drained()
    queue.tellLost()
    return (endpointId: string) => written.filter((each) => each === endpointId).length
  }
  return { add, end, lost }
}

describe('rows of what was done', () => {
  it('are so many of each endpoint, and cost another one none', async () => {
    const { add, end, lost } = setUp()
    for (let n = 0; n < 700; n++) add({ endpointId: 'crowded' })
    for (let n = 0; n < 300; n++) add({ endpointId: 'quiet' })
    const writtenOf = await end()
    expect([writtenOf('crowded'), writtenOf('quiet')]).toEqual([500, 300])
    expect(lost).toEqual([{ count: 200 }])
  })
})

describe('rows of what was changed', () => {
  it('are all written, however many there are at once', async () => {
    const { add, end, lost } = setUp()
    for (let n = 0; n < 3000; n++) add({ endpointId: 'busy', share: 'change' })
    const writtenOf = await end()
    expect(writtenOf('busy')).toBe(3000)
    expect(lost).toEqual([])
  })

  it('wait in 4 MiB of an endpoint while the database is slow, and cost another one none', async () => {
    const { add, end, lost } = setUp()
    const mib = { share: 'change', bytes: 1024 * 1024 } as const
    // Eight are being written.
    for (let n = 0; n < 20; n++) add({ endpointId: 'crowded', ...mib })
    for (let n = 0; n < 4; n++) add({ endpointId: 'quiet', ...mib })
    // Of the same row only the later one waits.
    for (let n = 0; n < 9; n++) add({ id: 'counted', endpointId: 'counted', ...mib })
    const writtenOf = await end()
    expect(['crowded', 'quiet', 'counted'].map(writtenOf)).toEqual([12, 4, 1])
    expect(lost).toEqual([{ count: 8 }])
  })
})
