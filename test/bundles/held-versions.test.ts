import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createHeldVersions } from '../../src/bundles/held-versions.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('versions that run are touched well within each minute, for other processes to see', () => {
  const touched: string[] = []
  const held = createHeldVersions(async (folder) => touched.push(folder))
  const release = ['/a', '/b', '/a'].map((folder) => held.hold(folder))
  vi.advanceTimersByTime(20_000)
  expect(touched).toEqual(['/a', '/b'])
  release[0]?.()
  release[0]?.()
  release[1]?.()
  expect([held.has('/a'), held.has('/b')]).toEqual([true, false])
  vi.advanceTimersByTime(20_000)
  expect(touched).toEqual(['/a', '/b', '/a'])
  release[2]?.()
  vi.advanceTimersByTime(120_000)
  expect([held.has('/a'), touched.length, vi.getTimerCount()]).toEqual([false, 3, 0])
})

it('one that cannot be touched does no harm', async () => {
  const held = createHeldVersions(async () => Promise.reject(new Error('gone')))
  const release = held.hold('/a')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(held.has('/a')).toBe(true)
  release()
})
