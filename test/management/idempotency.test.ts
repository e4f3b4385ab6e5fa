import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDynamoStateStore } from '../../src/aws/dynamo-state-store.js'
import type { StateStore } from '../../src/domain/state-store.js'
import type { ManagementContext } from '../../src/management/context.js'
import { doOnce } from '../../src/management/idempotency.js'
import { createSealer, randomSecret } from '../../src/sealing/sealing.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestAws, type TestAws } from '../support/aws.js'

let test: TestAws
beforeAll(async () => {
  test = await startTestAws()
})
afterAll(() => test.stop())

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

const MINUTE_MS = 60_000
const sealer = createSealer({ secrets: [randomSecret()], purpose: 'test' })
let keys = 0

/** One key of one caller, at whose time a test says. */
function oneKey() {
  const time = { now: Date.UTC(2026, 10, 21) }
  const clock = { now: () => time.now }
  const real = createDynamoStateStore({ aws: test.aws, clock })
  const written: string[] = []
  const state: StateStore = {
    ...real,
    create: async (stateKey, item) => {
      const isCreated = await real.create(stateKey, item)
      if (isCreated) written.push(JSON.stringify(item.value))
      return isCreated
    },
    replace: async (stateKey, version, item) => {
      const isReplaced = await real.replace(stateKey, version, item)
      if (isReplaced) written.push(JSON.stringify(item.value))
      return isReplaced
    },
  }
  const caller = { endpointId: 'acme', userId: 'ada' }
  const parts = { state, clock, sealer, log: silentLog }
  const context = { caller, parts } as unknown as ManagementContext
  const key = `key-${keys++}`
  const done = (perform: () => Promise<string>) =>
    doOnce(
      context,
      { mutation: 'createUser', key, input: { password: 'hunter2 hunter2' } },
      {
        perform,
        toReceipt: (value) => ({ name: { value } }),
        fromReceipt: async ({ name }) => `once: ${JSON.stringify(name)}`,
      },
    )
  return { time, written, done }
}

/** Work that ends when it is told to. */
function underWay() {
  let end = (): void => undefined
  let fail = (): void => undefined
  const work = new Promise<string>((resolve, reject) => {
    end = () => resolve('done')
    fail = () => reject(new Error('it went wrong'))
  })
  return { perform: () => work, end, fail }
}

const again = async () => 'done again'
const receipt = 'once: {"value":"done"}'
const conflict = { code: 'CONFLICT' }

describe('a mutation under a key', () => {
  it('is not begun again for as long as it goes on', async () => {
    const { time, written, done } = oneKey()
    const { perform, end } = underWay()
    const first = done(perform)
    await vi.waitFor(() => expect(written).toHaveLength(1))
    for (const times of [1, 2, 3]) {
      time.now += MINUTE_MS
      vi.advanceTimersByTime(MINUTE_MS)
      await vi.waitFor(() => expect(written).toHaveLength(1 + times))
    }
    await expect(done(again)).rejects.toMatchObject(conflict)
    end()
    expect(await first).toBe('done')
    expect(await done(again)).toBe(receipt)
    expect(written.join()).not.toContain('hunter2')
  })

  it('whose time is over takes nothing from the one that was begun after it', async () => {
    const { time, written, done } = oneKey()
    const [late, next] = [underWay(), underWay()]
    const first = done(late.perform)
    await vi.waitFor(() => expect(written).toHaveLength(1))
    // Its instance stood still: nothing was renewed.
    time.now += 3 * MINUTE_MS
    const second = done(next.perform)
    await vi.waitFor(() => expect(written).toHaveLength(2))
    late.fail()
    await expect(first).rejects.toThrow('it went wrong')
    await expect(done(again)).rejects.toMatchObject(conflict)
    next.end()
    expect(await second).toBe('done')
    expect(await done(again)).toBe(receipt)
  })

  it('that fails leaves its key to whoever mends it', async () => {
    const { done } = oneKey()
    const first = done(() => Promise.reject(new Error('it went wrong')))
    await expect(first).rejects.toThrow('it went wrong')
    expect(await done(again)).toBe('done again')
  })
})
