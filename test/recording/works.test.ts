import { describe, expect, it, onTestFinished } from 'vitest'
import type { Work } from '../../src/recording/recording.js'
import { aboutOf, RefusedForEver, settle, startRecorder, watch } from './held-store.js'

const notWritten = expect.objectContaining({ name: 'NotWritten', cause: expect.any(Error) })
const unavailable = expect.objectContaining({ code: 'RECORDS_UNAVAILABLE' })

/** Work that is done when the test says so. */
function heldWorks() {
  const begun: { done(): void; fail(error: Error): void; signal: AbortSignal }[] = []
  const work: Work = (signal) =>
    new Promise((resolve, reject) => {
      begun.push({ done: resolve, fail: reject, signal })
    })
  return { begun, work }
}

describe('what is written by itself', () => {
  it('is done again until it succeeds, and settles then', async () => {
    const { recorder } = startRecorder()
    let times = 0
    await recorder.persist(async () => {
      times += 1
      if (times < 4) throw new Error('connection reset')
    }, aboutOf(1))
    expect(times).toBe(4)
  })

  it('is not done again when that would not help', async () => {
    const { recorder } = startRecorder()
    let times = 0
    const done = recorder.persist(async () => {
      times += 1
      throw new RefusedForEver('another end stands there')
    }, aboutOf(1))
    await expect(done).rejects.toEqual(notWritten)
    expect(times).toBe(1)
    recorder.demand()
  })

  it('is done again when it takes too long, whether or not it minds its signal', async () => {
    const { recorder } = startRecorder({ timeoutMs: 50 })
    const { begun, work } = heldWorks()
    let times = 0
    await recorder.persist(
      (signal) => (++times === 1 ? work(signal) : Promise.resolve()),
      aboutOf(1),
    )
    expect(begun.map(({ signal }) => signal.aborted)).toEqual([true])
  })

  it('goes on 32 at a time; the others wait for their turn, and groups for none of them', async () => {
    const { recorder, write, next } = startRecorder()
    const { begun, work } = heldWorks()
    const done = Array.from({ length: 40 }, (_, n) => recorder.persist(work, aboutOf(n)))
    expect(begun).toHaveLength(32)
    const [written] = write(1)
    const group = await next()
    group.take()
    await written
    for (let n = 0; n < 3; n++) begun[n]?.done()
    await Promise.all(done.slice(0, 3))
    await settle()
    expect(begun).toHaveLength(35)
    for (let n = 3; n < 40; n++) {
      begun[n]?.done()
      await settle()
    }
    await Promise.all(done)
  })

  it('is told when it is late, also where it waits for its turn', async () => {
    const { recorder, pass } = startRecorder({ timeoutMs: 10_000 })
    const { begun, work } = heldWorks()
    const done = Array.from({ length: 40 }, (_, n) => recorder.persist(work, aboutOf(n)))
    pass(10_000)
    begun[0]?.fail(new Error('connection reset'))
    const late = [...done.slice(0, 1), ...done.slice(32)]
    expect(await Promise.allSettled(late)).toEqual(
      late.map(() => ({ status: 'rejected', reason: notWritten })),
    )
    expect(() => recorder.demand()).toThrow(unavailable)
    for (const each of begun) each.done()
    await Promise.all(done.slice(1, 32))
    recorder.demand()
  })

  it('counts among what waits', async () => {
    const { recorder } = startRecorder({ maxPending: 2 })
    const { begun, work } = heldWorks()
    const done = [recorder.persist(work, aboutOf(1)), recorder.persist(work, aboutOf(2))]
    expect(() => recorder.demand()).toThrow(unavailable)
    begun[0]?.done()
    await done[0]
    recorder.demand()
    begun[1]?.done()
    await done[1]
  })

  it('holds nobody up while it waits to be tried again, nor is a leak to anybody', async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    onTestFinished(() => void process.off('warning', note))
    const { recorder } = startRecorder()
    let isDown = true
    const failing = Array.from({ length: 32 }, (_, n) =>
      recorder.persist(async () => {
        if (isDown) throw new Error('the bucket is away')
      }, aboutOf(n)),
    )
    const watched = watch(Promise.all(failing))
    for (let n = 0; n < 10; n++) await recorder.persist(() => Promise.resolve(), aboutOf(n))
    expect(watched.hasSettled).toBe(false)
    isDown = false
    await Promise.all(failing)
    expect(warnings).toEqual([])
  })
})
