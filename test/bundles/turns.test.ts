import { expect, it } from 'vitest'
import { createTurns } from '../../src/bundles/turns.js'

it('tasks run at most so many at once, in the order in which they came, and a failed one makes room', async () => {
  const inTurn = createTurns(2)
  const started: number[] = []
  const ends = new Map<number, () => void>()
  const tasks = [0, 1, 2, 3, 4].map((id) =>
    inTurn(async () => {
      started.push(id)
      await new Promise<void>((resolve) => ends.set(id, resolve))
      if (id === 0) throw new Error('failed')
      return id
    }),
  )
  const all = Promise.allSettled(tasks)
  expect(started).toEqual([0, 1])

  ends.get(0)?.()
  await expect(tasks[0]).rejects.toThrow('failed')
  expect(started).toEqual([0, 1, 2])

  ends.get(2)?.()
  await tasks[2]
  expect(started).toEqual([0, 1, 2, 3])

  for (const id of [1, 3]) ends.get(id)?.()
  await tasks[3]
  ends.get(4)?.()
  expect((await all).map(({ status }) => status)).toEqual([
    'rejected',
    ...Array(4).fill('fulfilled'),
  ])

  const later = await Promise.all([5, 6].map((id) => inTurn(async () => id)))
  expect(later).toEqual([5, 6])
})
