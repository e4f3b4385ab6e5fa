import { describe, expect, it } from 'vitest'
import { recordingLog } from '../runtime/bundles-on-disk.js'
import { aboutOf, rowsFrom, settle, startRecorder, watch } from './held-store.js'

const notWritten = expect.objectContaining({ name: 'NotWritten' })
const rejected = { status: 'rejected', reason: notWritten }

/** Nobody waits for it in a test that passes, in milliseconds. */
const LONG_MS = 600_000

describe('the end', () => {
  it('waits for nothing when there is nothing', async () => {
    const { recorder, asked } = startRecorder()
    await recorder.close(LONG_MS)
    expect(asked).toEqual([])
  })

  it('waits until everything is written: what is on its way, what waits and what pauses', async () => {
    const { write, next, recorder } = startRecorder({ durability: 'async' })
    await Promise.all(write(1))
    const onItsWay = await next()
    await Promise.all(write(...rowsFrom(2, 30)))
    const failing = await next()
    failing.fail(new Error('connection reset'))
    const isWorkDone = recorder.persist(() => settle(), aboutOf(30))
    const closed = recorder.close(LONG_MS)
    const watched = watch(closed)
    for (let left = 28; left > 0;) {
      const group = await next()
      await settle()
      expect(watched.hasSettled).toBe(false)
      group.take()
      left -= group.rows.length
    }
    onItsWay.take()
    await Promise.all([isWorkDone, closed])
  })

  it('may be asked for by several: each waits for it', async () => {
    const { write, next, recorder } = startRecorder({ durability: 'async' })
    await Promise.all(write(1))
    const closed = [recorder.close(LONG_MS), recorder.close(LONG_MS)]
    const watched = closed.map(watch)
    const group = await next()
    await settle()
    expect(watched.map(({ hasSettled }) => hasSettled)).toEqual([false, false])
    group.take()
    await Promise.all(closed)
  })

  it('comes after its time, whatever the store does; what is lost is logged, and writers are told', async () => {
    const { log, lines } = recordingLog()
    const { write, next, recorder } = startRecorder({ durability: 'async', maxPending: 28, log })
    await Promise.all(write(1))
    const hung = await next()
    await Promise.all(write(...rowsFrom(2, 28)))
    const pausing = await next()
    pausing.fail(new Error('connection reset'))
    await recorder.persist(() => new Promise(() => undefined), aboutOf(28))
    const waiting = write(29)
    await recorder.close(10)
    expect(await Promise.allSettled(waiting)).toEqual([rejected])
    expect(hung.signal.aborted).toBe(true)
    const lost = lines.filter(({ message }) => message === 'a record was lost')
    const names = lost.map(({ fields }) => fields['callId'])
    expect(new Set(names)).toEqual(new Set(rowsFrom(1, 29).map((row) => `call ${row}`)))
    expect(names).toHaveLength(28)
  })

  it('is one: what comes after it is told at once, and never tried', async () => {
    const { write, recorder, asked } = startRecorder()
    await recorder.close(LONG_MS)
    const late = [...write(1), recorder.persist(() => Promise.resolve(), aboutOf(2))]
    expect(await Promise.allSettled(late)).toEqual([rejected, rejected])
    expect(asked).toEqual([])
  })
})
