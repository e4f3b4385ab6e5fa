import { describe, expect, it } from 'vitest'
import { RefusedForEver, rowsFrom, settle, startRecorder, watch } from './held-store.js'

const notWritten = expect.objectContaining({ name: 'NotWritten' })

describe('a record', () => {
  it('goes at once when it is alone, and is written when the store says so', async () => {
    const { next, write } = startRecorder()
    const [written] = write(1)
    const watched = watch(written)
    const group = await next()
    expect(group.rows).toEqual([1])
    await settle()
    expect(watched.hasSettled).toBe(false)
    group.take()
    await written
  })

  it('goes together with what else ends in the same turn of the loop', async () => {
    const { next, write, asked } = startRecorder()
    const written = write(...rowsFrom(0, 7))
    const group = await next()
    expect(group.rows).toEqual(rowsFrom(0, 7))
    group.take()
    await Promise.all(written)
    expect(asked).toHaveLength(1)
  })

  it('does not wait for long for a group that takes its time', async () => {
    const { next, write } = startRecorder()
    const written = write(1)
    const slow = await next()
    written.push(...write(2))
    const group = await next()
    expect(group.rows).toEqual([2])
    group.take()
    await written[1]
    slow.take()
    await written[0]
  })
})

describe('groups', () => {
  it('are made of what has ended while the one before was being written', async () => {
    const { next, write, asked } = startRecorder()
    const written = write(0)
    const first = await next()
    written.push(...write(...rowsFrom(1, 6)), ...write(...rowsFrom(6, 11)))
    await settle()
    expect(asked).toHaveLength(1)
    first.take()
    const second = await next()
    expect(second.rows).toEqual(rowsFrom(1, 11))
    second.take()
    await Promise.all(written)
  })

  it('are of 25 rows at most, and four are written at the same time', async () => {
    const { next, write, asked } = startRecorder()
    const written = write(0)
    const groups = [await next()]
    written.push(...write(...rowsFrom(1, 121)))
    for (let n = 0; n < 3; n++) groups.push(await next())
    await settle()
    expect(asked.map(({ rows }) => rows.length)).toEqual([1, 25, 25, 25])

    groups[2]?.take()
    const fifth = await next()
    expect(fifth.rows).toEqual(rowsFrom(76, 101))
    await settle()
    expect(asked).toHaveLength(5)
    for (const group of [groups[0], groups[1], groups[3], fifth]) group?.take()
    const last = await next()
    expect(last.rows).toEqual(rowsFrom(101, 121))
    last.take()
    await Promise.all(written)
  })

  it('begin with the rows that have waited longest', async () => {
    const { next, write } = startRecorder()
    const written = write(0)
    const first = await next()
    for (const row of rowsFrom(1, 21)) written.push(...write(row))
    first.take()
    const second = await next()
    expect(second.rows).toEqual(rowsFrom(1, 21))
    second.take()
    await Promise.all(written)
  })
})

describe('rows that there was no room for', () => {
  it('are sent again, and only those', async () => {
    const { next, write, asked } = startRecorder()
    const written = write(...rowsFrom(0, 10))
    const first = await next()
    first.take([3, 7])
    await Promise.all(written.filter((_, row) => row !== 3 && row !== 7))
    const second = await next()
    expect(second.rows).toEqual([3, 7])
    second.take([7])
    await written[3]
    const third = await next()
    expect(third.rows).toEqual([7])
    third.take()
    await written[7]
    expect(asked).toHaveLength(3)
  })

  it('hold up nobody else, however long that goes on', async () => {
    const { next, write } = startRecorder()
    const [refused] = write(1)
    const watched = watch(refused)
    const first = await next()
    first.take([1])
    for (let row = 2; row < 6; row++) {
      const [other] = write(row)
      const otherWatched = watch(other)
      while (!otherWatched.hasSettled) {
        const group = await next()
        group.take(group.rows.filter((each) => each === 1))
        await settle()
      }
      await other
    }
    expect(watched.hasSettled).toBe(false)
    const last = await next()
    expect(last.rows).toEqual([1])
    last.take()
    await refused
  })
})

describe('a group that fails', () => {
  it('is sent again until the store takes it', async () => {
    const { next, write } = startRecorder()
    const written = write(1, 2, 3)
    for (let failures = 0; failures < 3; failures++) {
      const group = await next()
      expect(group.rows).toEqual([1, 2, 3])
      group.fail(new Error('connection reset'))
    }
    const group = await next()
    group.take()
    await Promise.all(written)
  })

  it('for one row that can never be written harms none of the others', async () => {
    const { next, write } = startRecorder()
    const written = write(...rowsFrom(0, 5))
    const group = await next()
    group.fail(new RefusedForEver('one of them has no key'))
    const alone = []
    for (let row = 0; row < 5; row++) alone.push(await next())
    expect(alone.map(({ rows }) => rows)).toEqual(rowsFrom(0, 5).map((row) => [row]))
    for (const { rows, take, fail } of alone) {
      if (rows[0] === 2) fail(new RefusedForEver('it has no key'))
      else if (rows[0] === 4) fail(new Error('connection reset'))
      else take()
    }
    const again = await next()
    expect(again.rows).toEqual([4])
    again.take()
    const ends = await Promise.allSettled(written)
    const fulfilled = { status: 'fulfilled', value: undefined }
    expect(ends).toEqual(
      rowsFrom(0, 5).map((row) =>
        row === 2 ? { status: 'rejected', reason: notWritten } : fulfilled,
      ),
    )
  })
})

describe('a store that is slow', () => {
  it('is not waited for longer than an attempt may take: then it is asked again', async () => {
    const { next, write } = startRecorder({ timeoutMs: 50 })
    const [written] = write(1)
    const hung = await next()
    const again = await next()
    expect(hung.signal.aborted).toBe(true)
    expect(again.rows).toEqual([1])
    again.take()
    await written
    // Too late to matter.
    hung.fail(new Error('connection reset'))
  })
})
