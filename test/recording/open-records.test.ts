import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createOpenRecords } from '../../src/recording/recording.js'
import { watch } from './held-store.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const clock = { now: () => Date.now() }

function startOpen(afterMs = 1000) {
  const traces: string[] = []
  const records = createOpenRecords<string>({ afterMs, trace: (text) => traces.push(text), clock })
  return { traces, records, open: () => records.open(Date.now()) }
}

describe('what goes on', () => {
  it('leaves a trace of how it stands then, once, when it has gone on for long enough', () => {
    const { traces, open } = startOpen()
    const record = open()
    let said = 'begun'
    record.describe(() => said)
    vi.advanceTimersByTime(999)
    expect([traces, record.isTraced]).toEqual([[], false])
    said = 'half done'
    vi.advanceTimersByTime(1000)
    expect([traces, record.isTraced]).toEqual([['half done'], true])
    vi.advanceTimersByTime(10_000)
    expect(traces).toHaveLength(1)
  })

  it('is not traced much later than asked for', () => {
    const { traces, open } = startOpen()
    vi.advanceTimersByTime(70)
    open().describe(() => 'runs')
    vi.advanceTimersByTime(1200)
    expect(traces).toEqual(['runs'])
  })

  it('and is described only after that time leaves its trace then', () => {
    const { traces, open } = startOpen()
    const record = open()
    vi.advanceTimersByTime(5000)
    expect([traces, record.isTraced]).toEqual([[], false])
    record.describe(() => 'at last')
    expect([traces, record.isTraced]).toEqual([['at last'], true])
  })

  it('and is described anew leaves its trace anew, if there is one', () => {
    const { traces, open } = startOpen()
    const record = open()
    record.describe(() => 'until noon')
    record.describe(() => 'until one')
    vi.advanceTimersByTime(2000)
    expect(traces).toEqual(['until one'])
    record.describe(() => 'until night')
    expect(traces).toEqual(['until one', 'until night'])
  })

  it('and others leave their traces each at its own time', () => {
    const { traces, open } = startOpen()
    for (const name of ['first', 'second', 'third']) {
      open().describe(() => name)
      vi.advanceTimersByTime(400)
    }
    expect(traces).toEqual(['first'])
    vi.advanceTimersByTime(400)
    expect(traces).toEqual(['first', 'second'])
    vi.advanceTimersByTime(400)
    expect(traces).toEqual(['first', 'second', 'third'])
  })
})

describe('what has ended', () => {
  it('leaves no trace, and none later', () => {
    const { traces, open } = startOpen()
    const record = open()
    record.describe(() => 'runs')
    record.end()
    vi.advanceTimersByTime(5000)
    expect([traces, record.isTraced]).toEqual([[], false])
  })

  it('leaves none when it is described after its end, though it had gone on for long', () => {
    const { traces, open } = startOpen()
    const record = open()
    vi.advanceTimersByTime(5000)
    record.end()
    record.describe(() => 'late')
    expect(traces).toEqual([])
  })
})

describe('looks at what is open', () => {
  it('end when nothing is, and begin again', () => {
    const { traces, open } = startOpen()
    const record = open()
    open().describe(() => 'runs')
    expect(vi.getTimerCount()).toBe(1)
    record.end()
    vi.advanceTimersByTime(1200)
    expect([traces, vi.getTimerCount()]).toEqual([['runs'], 0])
    open().describe(() => 'runs again')
    vi.advanceTimersByTime(1200)
    expect([traces, vi.getTimerCount()]).toEqual([['runs', 'runs again'], 0])
  })

  it('are one timer, however much is open', () => {
    const { open } = startOpen()
    for (let n = 0; n < 100; n++) open()
    expect(vi.getTimerCount()).toBe(1)
  })

  it('end when nobody is to look any longer', () => {
    const { traces, open, records } = startOpen()
    open().describe(() => 'runs')
    void records.close(0)
    vi.advanceTimersByTime(5000)
    expect([traces, vi.getTimerCount()]).toEqual([[], 0])
  })
})

describe('the end', () => {
  it('waits for all that is open, with a trace or without, and for nothing when nothing is', async () => {
    const { open, records } = startOpen()
    await records.close(60_000)
    const [young, old] = [open(), open()]
    old.describe(() => 'runs')
    vi.advanceTimersByTime(1200)
    const closed = watch(records.close(60_000))
    young.end()
    young.end()
    await vi.advanceTimersByTimeAsync(1000)
    expect(closed.hasSettled).toBe(false)
    old.end()
    await vi.advanceTimersByTimeAsync(0)
    expect([closed.hasSettled, vi.getTimerCount()]).toEqual([true, 0])
  })

  it('comes after its time, whatever is open', async () => {
    const { open, records } = startOpen()
    open()
    const closed = watch(records.close(60_000))
    await vi.advanceTimersByTimeAsync(59_999)
    expect(closed.hasSettled).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(closed.hasSettled).toBe(true)
  })
})
