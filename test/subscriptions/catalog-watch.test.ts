import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Snapshot } from '../../src/catalog/catalog.js'
import type { Notice } from '../../src/domain/notice.js'
import { createCatalogWatch, type WatchLimits } from '../../src/subscriptions/catalog-watch.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { aSnapshot } from './snapshots.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const none = Promise.resolve()

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A watch over a catalog that a test changes. */
function open(limits: WatchLimits = {}) {
  const looks: string[] = []
  const announced: Notice[] = []
  const state = {
    current: async (): Promise<Snapshot> => aSnapshot('v1', { tools: ['one'] }),
    isTold: true,
  }
  const parts = {
    catalog: {
      snapshot: (endpointId: string) => {
        looks.push(endpointId)
        return state.current()
      },
    },
    announce: async (_endpointId: string, notice: Notice) => {
      if (!state.isTold) return undefined
      announced.push(notice)
      return '1-1'
    },
    clock: { now: () => Date.now() },
    log: silentLog,
  }
  const publish = (version: string, lists: Parameters<typeof aSnapshot>[1]) => {
    state.current = async () => aSnapshot(version, lists)
  }
  return { ...createCatalogWatch(parts, limits), state, publish, looks, announced }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('an endpoint that somebody hears', () => {
  it('is known when hearing begins, and each list that changes later is announced', async () => {
    const watch = open()
    const { ready } = watch.begin('acme', none)
    expect(watch.looks).toEqual(['acme'])
    await ready
    watch.publish('v2', { tools: ['one', 'two'] })
    await pass(500)
    watch.publish('v3', { tools: ['one'], prompts: ['greet'] })
    await pass(500)
    expect(watch.announced).toEqual([
      { type: 'list.changed', list: 'tools', version: 'v2' },
      { type: 'list.changed', list: 'tools', version: 'v3' },
      { type: 'list.changed', list: 'prompts', version: 'v3' },
    ])
    watch.close()
  })

  it('is not announced when nothing that lists show has changed', async () => {
    const watch = open()
    await watch.begin('acme', none).ready
    watch.publish('v2', { tools: ['one'] })
    await pass(SECOND)
    expect(watch.announced).toEqual([])
    watch.close()
  })

  it('is looked at once at a time, however many hear it and however long a look takes', async () => {
    const watch = open()
    let settle: (snapshot: Snapshot) => void = () => undefined
    watch.state.current = () => new Promise((resolve) => (settle = resolve))
    const first = watch.begin('acme', none)
    const second = watch.begin('acme', none)
    await pass(5 * SECOND)
    expect(watch.looks).toHaveLength(1)
    settle(aSnapshot('v1', {}))
    await Promise.all([first.ready, second.ready])
    await pass(500)
    expect(watch.looks).toHaveLength(2)
    watch.close()
  })

  it('is looked at again when the catalog could not be read, and hearing does not fail', async () => {
    const watch = open()
    watch.state.current = () => Promise.reject(new Error('away'))
    await watch.begin('acme', none).ready
    watch.publish('v1', { tools: ['one'] })
    await pass(500)
    watch.publish('v2', { tools: [] })
    await pass(500)
    expect(watch.announced).toEqual([{ type: 'list.changed', list: 'tools', version: 'v2' }])
    watch.close()
  })

  it('has its change announced again when it could not be told', async () => {
    const watch = open()
    await watch.begin('acme', none).ready
    watch.state.isTold = false
    watch.publish('v2', { tools: [] })
    await pass(SECOND)
    watch.state.isTold = true
    await pass(SECOND)
    expect(watch.announced).toEqual([{ type: 'list.changed', list: 'tools', version: 'v2' }])
    watch.close()
  })

  it('has its change announced after whoever has begun to hear does hear', async () => {
    const watch = open()
    let heard = () => {}
    const hearing = new Promise<void>((resolve) => (heard = resolve))
    await watch.begin('acme', hearing).ready
    watch.publish('v2', { tools: [] })
    await pass(5 * SECOND)
    expect(watch.announced).toEqual([])
    heard()
    await pass(0)
    expect(watch.announced).toHaveLength(1)
    watch.close()
  })
})

describe('an endpoint that nobody hears any longer', () => {
  it('is watched for a while, then forgotten, and the timer stops', async () => {
    const watch = open({ lingerMs: 5 * MINUTE })
    const [first, second] = [watch.begin('acme', none), watch.begin('acme', none)]
    await first.ready
    first.end()
    first.end()
    await pass(10 * MINUTE)
    second.end()
    watch.publish('v2', { tools: [] })
    await pass(4 * MINUTE)
    expect(watch.announced).toHaveLength(1)
    await pass(MINUTE)
    const { length } = watch.looks
    await pass(MINUTE)
    expect(watch.looks).toHaveLength(length)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('makes room for one that is heard', async () => {
    const watch = open({ maxEndpoints: 1 })
    const first = watch.begin('acme', none)
    await watch.begin('elsewhere', none).ready
    expect(watch.looks).toEqual(['acme'])
    first.end()
    await watch.begin('elsewhere', none).ready
    await pass(500)
    expect(watch.looks).toEqual(['acme', 'elsewhere', 'elsewhere'])
    watch.close()
  })
})

it('a watch that is closed looks at nothing', async () => {
  const watch = open()
  await watch.begin('acme', none).ready
  watch.close()
  await watch.begin('acme', none).ready
  await pass(MINUTE)
  expect(watch.looks).toHaveLength(1)
  expect(vi.getTimerCount()).toBe(0)
})
