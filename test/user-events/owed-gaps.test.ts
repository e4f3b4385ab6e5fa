import { afterEach, expect, it, vi } from 'vitest'
import { GatewayError } from '../../src/domain/errors.js'
import { type EventBody, type Stream, userStream } from '../../src/events/events.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { createOwedGaps, type OwedGaps } from '../../src/user-events/owed-gaps.js'

const opened: OwedGaps[] = []
afterEach(() => {
  for (const gaps of opened.splice(0)) gaps.close()
})

const streamOf = (userId: string) => userStream('acme', userId)

function open({ isAway = false, maxStreams = 10 } = {}) {
  const told: [Stream, EventBody][] = []
  const said: string[] = []
  const state = { isAway, tries: 0 }
  const note = (_fields: object, message: string) => void said.push(message)
  const append = async (stream: Stream, body: EventBody) => {
    state.tries++
    if (state.isAway) throw new GatewayError('EVENTS_UNAVAILABLE', 'away')
    told.push([stream, body])
    return '1-1'
  }
  const gaps = createOwedGaps({
    events: { append },
    clock: { now: () => 0 },
    log: { ...silentLog, warn: note, error: note },
    maxStreams,
    firstDelayMs: 1,
  })
  opened.push(gaps)
  return { gaps, told, said, state, streams: () => told.map(([stream]) => stream) }
}

it('each user who missed something is told of one gap, however much it was', async () => {
  const { gaps, told, streams } = open()
  for (const userId of ['ann', 'bob', 'ann']) gaps.owe(streamOf(userId))
  await vi.waitUntil(() => told.length === 2)
  expect(streams()).toEqual([streamOf('ann'), streamOf('bob')])
  expect(told[0]?.[1]).toMatchObject({ type: 'gap', time: '1970-01-01T00:00:00.000Z' })
  gaps.owe(streamOf('ann'))
  await vi.waitUntil(() => told.length === 3)
  expect(streams()[2]).toBe(streamOf('ann'))
})

it('as long as the log takes nothing it is tried again, for one user at a time', async () => {
  const { gaps, told, state, streams } = open({ isAway: true })
  gaps.owe(streamOf('ann'))
  gaps.owe(streamOf('bob'))
  await vi.waitUntil(() => state.tries >= 3)
  expect(told).toEqual([])
  state.isAway = false
  await vi.waitUntil(() => told.length === 2)
  expect(streams().toSorted()).toEqual([streamOf('ann'), streamOf('bob')])
})

it('no more users are remembered than are allowed, and it is said that one is not told', async () => {
  const { gaps, told, said, state, streams } = open({ isAway: true, maxStreams: 2 })
  for (const userId of ['ann', 'bob', 'carol', 'ann']) gaps.owe(streamOf(userId))
  expect(said).toEqual(['too many users have missed events: one is not told so'])
  state.isAway = false
  await vi.waitUntil(() => told.length === 2)
  expect(streams().toSorted()).toEqual([streamOf('ann'), streamOf('bob')])
})

it('nothing is tried after the end, and it is said that users were not told', async () => {
  vi.useFakeTimers()
  try {
    const { gaps, said, state } = open({ isAway: true })
    gaps.owe(streamOf('ann'))
    gaps.close()
    gaps.owe(streamOf('ann'))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(state.tries).toBe(0)
    expect(said).toEqual(['users are not told that they missed events'])
  } finally {
    vi.useRealTimers()
  }
})
