import { describe, expect, it } from 'vitest'
import { recordingLog } from '../runtime/bundles-on-disk.js'
import { RefusedForEver, rowsFrom, settle, startRecorder, watch } from './held-store.js'

const notWritten = expect.objectContaining({ name: 'NotWritten', cause: expect.any(Error) })
const unavailable = expect.objectContaining({ code: 'RECORDS_UNAVAILABLE' })
const rejected = { status: 'rejected', reason: notWritten }

describe('records that the store does not take in time', () => {
  it('are told, and those that wait behind them too; who still has time is not', async () => {
    const { next, write, pass } = startRecorder({ timeoutMs: 10_000 })
    const late = write(1, 2)
    const first = await next()
    late.push(...write(3, 4))
    await settle()
    pass(5000)
    const inTime = write(5)
    pass(5000)
    first.fail(new Error('connection reset'))
    expect(await Promise.allSettled(late)).toEqual(late.map(() => rejected))
    const group = await next()
    expect(group.rows).toEqual([5])
    group.take()
    await Promise.all(inTime)
  })

  it('are told after a pause too, without another attempt', async () => {
    const { next, write, pass, asked } = startRecorder({ timeoutMs: 10_000 })
    const late = write(1)
    const first = await next()
    first.fail(new Error('connection reset'))
    await settle()
    pass(10_000)
    expect(await Promise.allSettled(late)).toEqual([rejected])
    expect(asked).toHaveLength(1)
  })

  it('are told when it answers, and has no room for them', async () => {
    const { next, write, pass, recorder } = startRecorder({ timeoutMs: 10_000 })
    const [written, late] = write(1, 2)
    const first = await next()
    pass(10_000)
    first.take([2])
    await written
    await expect(late).rejects.toEqual(notWritten)
    expect(() => recorder.demand()).toThrow(unavailable)
  })
})

/** A recorder that has just given up a record. */
async function startAway() {
  const test = startRecorder({ timeoutMs: 10_000 })
  const late = test.write(0)
  const group = await test.next()
  test.pass(10_000)
  group.fail(new Error('connection reset'))
  expect(await Promise.allSettled(late)).toEqual([rejected])
  return test
}

describe('after a record was given up', () => {
  it('nothing new is begun, but for one trial each second', async () => {
    const { recorder, pass } = await startAway()
    expect(() => recorder.demand()).toThrow(unavailable)
    pass(999)
    expect(() => recorder.demand()).toThrow(unavailable)
    for (let second = 0; second < 3; second++) {
      pass(second === 0 ? 1 : 1000)
      recorder.demand()
      for (let n = 0; n < 3; n++) expect(() => recorder.demand()).toThrow(unavailable)
    }
  })

  it('all goes on by itself as soon as a record is written', async () => {
    const { recorder, pass, write, next } = await startAway()
    pass(1000)
    recorder.demand()
    const [trial] = write(1)
    const group = await next()
    group.take()
    await trial
    for (let n = 0; n < 3; n++) expect(() => recorder.demand()).not.toThrow()
  })

  it('a record that was waiting is trial enough', async () => {
    const { recorder, pass, write, next } = startRecorder({ timeoutMs: 10_000 })
    const [late] = write(1)
    const first = await next()
    pass(9000)
    const [waiting] = write(2)
    pass(1000)
    first.fail(new Error('connection reset'))
    await expect(late).rejects.toEqual(notWritten)
    expect(() => recorder.demand()).toThrow(unavailable)
    const group = await next()
    group.take()
    await waiting
    recorder.demand()
  })

  it('a store that answers and takes nothing is not back', async () => {
    const { recorder, write, next } = await startAway()
    const waiting = write(1, 2)
    const refusing = await next()
    refusing.take([1, 2])
    await settle()
    expect(() => recorder.demand()).toThrow(unavailable)
    const taking = await next()
    taking.take([2])
    await waiting[0]
    recorder.demand()
    const last = await next()
    last.take()
    await waiting[1]
  })

  it('a record that can never be written gives nothing up', async () => {
    const { recorder, write, next } = startRecorder()
    const [refused] = write(1)
    const group = await next()
    group.fail(new RefusedForEver('it has no key'))
    await expect(refused).rejects.toEqual(notWritten)
    recorder.demand()
  })
})

describe('records that wait', () => {
  it('beyond their limit let nothing new begin, and are all written', async () => {
    const { recorder, write, next } = startRecorder({ maxPending: 3 })
    const written = write(1, 2)
    recorder.demand()
    // These were begun before: they are taken all the same.
    written.push(...write(3, 4, 5))
    expect(() => recorder.demand()).toThrow(unavailable)
    const group = await next()
    group.take([4, 5])
    await Promise.all(written.slice(0, 3))
    recorder.demand()
    const again = await next()
    again.take()
    await Promise.all(written)
  })

  it('and are too many use up no trial', async () => {
    const { recorder, write, next, pass } = startRecorder({ maxPending: 1 })
    const [late] = write(1)
    const first = await next()
    pass(10_000)
    first.fail(new Error('connection reset'))
    await expect(late).rejects.toEqual(notWritten)
    const [waiting] = write(2)
    pass(1000)
    expect(() => recorder.demand()).toThrow(unavailable)
    const group = await next()
    group.fail(new RefusedForEver('it has no key'))
    await expect(waiting).rejects.toEqual(notWritten)
    recorder.demand()
  })
})

describe('failures', () => {
  it('are logged once a second at most, with how many there were', async () => {
    const { log, lines } = recordingLog()
    const { write, next, pass } = startRecorder({ log })
    const written = write(1)
    for (const passed of [0, 0, 0, 1000, 0]) {
      pass(passed)
      const group = await next()
      group.fail(new Error('connection reset'))
      await settle()
    }
    expect(lines).toEqual(
      [1, 3].map((failures) => ({
        level: 'warn',
        message: 'records could not be written; trying again',
        fields: { failures, err: expect.any(Error) },
      })),
    )
    const group = await next()
    group.take()
    await Promise.all(written)
  })
})

it('a store that is away is asked by four groups at a time, however many wait', async () => {
  const { write, next, asked } = startRecorder()
  const written = write(...rowsFrom(0, 500))
  const watched = watch(Promise.all(written))
  for (let failures = 0; failures < 40; failures++) {
    const group = await next()
    const answered = failures + 1
    await settle()
    expect(asked.length - answered).toBeLessThan(4)
    group.fail(new Error('connection reset'))
  }
  while (!watched.hasSettled) {
    const group = await next()
    group.take()
    await settle()
  }
  await Promise.all(written)
})
