import { describe, expect, it } from 'vitest'
import { changeSettings, createCallSettings } from '../../src/calls/call-settings.js'
import type { StateStore, StoredState } from '../../src/domain/state-store.js'
import { settle } from '../recording/held-store.js'

/** One whose readings the test answers. */
function heldState() {
  const readings: { answer(shards: number): void; fail(): void }[] = []
  const refuse = () => Promise.reject(new Error('nothing is written here'))
  const state: StateStore = {
    create: refuse,
    replace: refuse,
    remove: refuse,
    read: () =>
      new Promise<StoredState | undefined>((resolve, reject) => {
        readings.push({
          answer: (shards) => resolve({ value: { shards }, expiresAt: Infinity, version: '1' }),
          fail: () => reject(new Error('connection reset')),
        })
      }),
  }
  let nowMs = 1_800_000_000_000
  const settings = createCallSettings(state, { now: () => nowMs })
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { readings, settings, pass }
}

const of = (shards: number) => ({ shards, redact: [] })

describe('the settings of an endpoint', () => {
  it('are read once, however many ask, and again after a moment', async () => {
    const { readings, settings, pass } = heldState()
    const asked = Array.from({ length: 10 }, () => settings.read('acme'))
    expect(readings).toHaveLength(1)
    readings[0]?.answer(4)
    expect(await Promise.all(asked)).toEqual(asked.map(() => of(4)))
    pass(1500)
    const again = settings.read('acme')
    readings[1]?.answer(8)
    expect(await again).toEqual(of(8))
    expect(readings).toHaveLength(2)
  })

  it('are at hand while somebody asks now and then: they are read anew before they are old', async () => {
    const { readings, settings, pass } = heldState()
    expect(settings.recent('acme')).toBeUndefined()
    readings[0]?.answer(4)
    await settle()
    pass(749)
    expect(settings.recent('acme')).toEqual(of(4))
    expect(readings).toHaveLength(1)
    pass(1)
    expect(settings.recent('acme')).toEqual(of(4))
    expect(settings.recent('acme')).toEqual(of(4))
    expect(readings).toHaveLength(2)
    readings[1]?.answer(8)
    await settle()
    expect(settings.recent('acme')).toEqual(of(8))
    pass(1500)
    expect(settings.recent('acme')).toBeUndefined()
  })

  it('are known without waiting as they were last, or as they begin', async () => {
    const { readings, settings, pass } = heldState()
    expect(settings.peek('acme')).toEqual(of(1))
    readings[0]?.answer(4)
    await settle()
    expect(settings.peek('acme')).toEqual(of(4))
    pass(60_000)
    expect(settings.peek('acme')).toEqual(of(4))
    readings[1]?.answer(8)
    await settle()
    expect(settings.peek('acme')).toEqual(of(8))
    expect(settings.peek('other')).toEqual(of(1))
  })

  it('are those that were known while they cannot be read, and asked for once in a moment', async () => {
    const { readings, settings, pass } = heldState()
    const first = settings.read('acme')
    readings[0]?.answer(4)
    await first
    pass(1500)
    const asked = [settings.read('acme'), settings.read('acme')]
    readings[1]?.fail()
    expect(await Promise.all(asked)).toEqual([of(4), of(4)])
    expect(await settings.read('acme')).toEqual(of(4))
    expect(settings.recent('acme')).toEqual(of(4))
    expect(readings).toHaveLength(2)
  })

  it('are the newest, though an answer to an older question comes later', async () => {
    const { readings, settings, pass } = heldState()
    const first = settings.read('acme')
    await expect(first).rejects.toThrow('cannot be read at the moment')
    pass(1)
    const second = settings.read('acme')
    readings[1]?.answer(8)
    expect(await second).toEqual(of(8))
    readings[0]?.answer(4)
    await settle()
    expect(settings.recent('acme')).toEqual(of(8))
  })

  it('are those that were known where reading takes long, and the new ones as soon as they come', async () => {
    const { readings, settings, pass } = heldState()
    const first = settings.read('acme')
    readings[0]?.answer(4)
    await first
    pass(1500)
    expect(await settings.read('acme')).toEqual(of(4))
    readings[1]?.answer(8)
    await settle()
    expect(settings.peek('acme')).toEqual(of(8))
  })

  it('that were never read are an error, and asked for again by the next one', async () => {
    const { readings, settings } = heldState()
    const first = settings.read('acme')
    readings[0]?.fail()
    await expect(first).rejects.toThrow('connection reset')
    const second = settings.read('acme')
    readings[1]?.answer(4)
    expect(await second).toEqual(of(4))
  })
})

describe('a change of settings', () => {
  it('keeps what it does not name', () => {
    const before = { shards: 4, redact: ['/a'] }
    expect(changeSettings(before, {})).toEqual(before)
    expect(changeSettings(before, { shards: 256 })).toEqual({ shards: 256, redact: ['/a'] })
    expect(changeSettings(before, { redact: [] })).toEqual({ shards: 4, redact: [] })
  })
})
