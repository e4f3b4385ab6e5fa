import { describe, expect, it } from 'vitest'
import { recordingLog } from '../runtime/bundles-on-disk.js'
import { aboutOf, RefusedForEver, settle, startRecorder, watch } from './held-store.js'

const notWritten = expect.objectContaining({ name: 'NotWritten' })
const unavailable = expect.objectContaining({ code: 'RECORDS_UNAVAILABLE' })

describe('with async', () => {
  it('a writer does not wait for its record', async () => {
    const { recorder, write, next } = startRecorder({ durability: 'async' })
    await Promise.all(write(1, 2))
    let isDone = false
    await recorder.persist(async () => {
      await settle()
      isDone = true
    }, aboutOf(3))
    expect(isDone).toBe(false)
    const group = await next()
    expect(group.rows).toEqual([1, 2])
    group.take()
    await recorder.close(1000)
    expect(isDone).toBe(true)
  })

  it('one that has to know waits all the same', async () => {
    const { recorder } = startRecorder({ durability: 'async' })
    const work = () => Promise.reject(new RefusedForEver('another end stands there'))
    const done = recorder.persist(work, { ...aboutOf(1), isAwaited: true })
    await expect(done).rejects.toEqual(notWritten)
  })

  it('a record is tried for as long as it takes, however long the store is away', async () => {
    const { write, next, pass, recorder } = startRecorder({ durability: 'async' })
    await Promise.all(write(1))
    for (let hours = 0; hours < 3; hours++) {
      const group = await next()
      pass(3_600_000)
      group.fail(new Error('connection reset'))
    }
    recorder.demand()
    const group = await next()
    expect(group.rows).toEqual([1])
    group.take()
    await recorder.close(1000)
  })

  it.each([
    ['too many', { maxPending: 3 }],
    ['too large', { maxPendingBytes: 3 }],
  ])('a writer waits while those that are not written are %s', async (_what, limit) => {
    const { write, next, recorder } = startRecorder({ durability: 'async', ...limit })
    await Promise.all(write(1, 2, 3))
    const [waiting] = write(4)
    const watched = watch(waiting)
    const group = await next()
    expect(group.rows).toEqual([1, 2, 3, 4])
    await settle()
    expect(watched.hasSettled).toBe(false)
    group.take()
    await waiting
    await Promise.all(write(5, 6, 7))
    const last = await next()
    last.take()
    await recorder.close(1000)
  })

  it('a writer that waits is told when its record is late; what nobody waits for is still tried', async () => {
    const { write, next, pass, recorder } = startRecorder({ durability: 'async', maxPending: 2 })
    await Promise.all(write(1, 2))
    const [waiting] = write(3)
    const group = await next()
    pass(10_000)
    group.fail(new Error('connection reset'))
    await expect(waiting).rejects.toEqual(notWritten)
    expect(() => recorder.demand()).toThrow(unavailable)
    const again = await next()
    expect(again.rows).toEqual([1, 2])
    again.take()
    await settle()
    recorder.demand()
  })

  it('nothing new begins while too many are not written; large ones only make writers wait', async () => {
    const many = startRecorder({ durability: 'async', maxPending: 1 })
    await Promise.all(many.write(1))
    expect(() => many.recorder.demand()).toThrow(unavailable)
    const large = startRecorder({ durability: 'async', maxPendingBytes: 1 })
    await Promise.all(large.write(1))
    large.recorder.demand()
    for (const { next, recorder } of [many, large]) {
      const group = await next()
      group.take()
      await recorder.close(1000)
      await settle()
    }
  })

  it('a record that the store will never take is logged as lost, by its name', async () => {
    const { log, lines } = recordingLog()
    const { write, next, recorder } = startRecorder({ durability: 'async', log })
    await Promise.all(write(7))
    const group = await next()
    group.fail(new RefusedForEver('it has no key'))
    await recorder.close(1000)
    expect(lines).toEqual([
      {
        level: 'error',
        message: 'a record was lost',
        fields: { callId: 'call 7', err: notWritten },
      },
    ])
  })
})
