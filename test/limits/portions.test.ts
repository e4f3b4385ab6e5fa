import { expect, it } from 'vitest'
import { createPortions } from '../../src/limits/portions.js'
import type { Quota } from '../../src/limits/quota.js'

const clock = { nowMs: 0, now: () => clock.nowMs }

/** A quota as instances share it: whoever asks takes from the same points. */
function sharedQuota(perMinute: number) {
  let left = perMinute
  let endsAt = clock.nowMs + 60_000
  const asked: number[] = []
  const quota: Quota = {
    perMinute,
    grant: async (_key, wanted) => {
      asked.push(wanted)
      if (clock.nowMs >= endsAt) {
        left = perMinute
        endsAt = clock.nowMs + 60_000
      }
      const points = Math.min(left, wanted)
      left -= points
      return { points, left, resetMs: endsAt - clock.nowMs }
    },
  }
  return { quota, asked }
}

it('asks its quota once for a hundredth of it, and serves the rest without a promise', async () => {
  const { quota, asked } = sharedQuota(1000)
  const portions = createPortions(quota, clock)
  expect(await portions.take('ann', 1)).toMatchObject({ isGranted: true, left: 999 })
  for (let served = 2; served <= 10; served++)
    expect(portions.take('ann', 1)).toMatchObject({ isGranted: true, left: 1000 - served })
  expect(asked).toEqual([10])
  expect(await portions.take('ann', 1)).toMatchObject({ isGranted: true })
  expect(asked).toEqual([10, 10])
})

it('never gives away more than the quota, however many instances ask at the same time', async () => {
  const { quota } = sharedQuota(250)
  const instances = [1, 2, 3].map(() => createPortions(quota, clock))
  const takes = instances.flatMap((portions) =>
    Array.from({ length: 200 }, async () => portions.take('ann', 1)),
  )
  const granted = (await Promise.all(takes)).filter(({ isGranted }) => isGranted)
  expect(granted.length).toBe(250)
})

it('gives what is left to who asks for less, and asks nobody about what is used up', async () => {
  const { quota, asked } = sharedQuota(100)
  const portions = createPortions(quota, clock)
  expect(await portions.take('ann', 90)).toMatchObject({ isGranted: true, left: 10 })
  expect(await portions.take('ann', 11)).toMatchObject({ isGranted: false, left: 10 })
  expect(portions.take('ann', 10)).toMatchObject({ isGranted: true, left: 0 })
  expect(portions.take('ann', 1)).toMatchObject({ isGranted: false, left: 0, resetMs: 60_000 })
  expect(asked).toEqual([90, 11])
})

it('has all points again when the minute is over', async () => {
  const { quota } = sharedQuota(2)
  const portions = createPortions(quota, clock)
  expect(await portions.take('ann', 2)).toMatchObject({ isGranted: true, left: 0 })
  expect(await portions.take('ann', 1)).toMatchObject({ isGranted: false })
  clock.nowMs += 60_000
  expect(await portions.take('ann', 1)).toMatchObject({ isGranted: true, left: 1 })
})

it('asks again after a quota that failed', async () => {
  const { quota } = sharedQuota(5)
  let isBroken = true
  const grant: Quota['grant'] = async (key, points) => {
    if (isBroken) throw new Error('away')
    return quota.grant(key, points)
  }
  const portions = createPortions({ ...quota, grant }, clock)
  await expect(portions.take('ann', 1)).rejects.toThrow('away')
  isBroken = false
  expect(await portions.take('ann', 1)).toMatchObject({ isGranted: true })
})
