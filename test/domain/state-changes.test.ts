import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDynamoStateStore } from '../../src/aws/dynamo-state-store.js'
import { changeState, createItemTurns } from '../../src/domain/state-changes.js'
import type { StateKey, StateStore } from '../../src/domain/state-store.js'
import { startTestAws, type TestAws } from '../support/aws.js'

let test: TestAws
let store: StateStore
beforeAll(async () => {
  test = await startTestAws()
  store = createDynamoStateStore({ aws: test.aws, clock: { now: () => 0 } })
})
afterAll(() => test.stop())

const keyOf = (id: string): StateKey => ({ endpointId: 'acme', kind: 'task', id })
const item = (n: number) => ({ value: { n }, expiresAt: 1000 })

/** Somebody else writes the item just before each change that is made through it. */
function alwaysLate(key: StateKey): { readonly state: StateStore; readonly others: () => number } {
  let others = 0
  const state: StateStore = {
    ...store,
    replace: async (late, version, value) => {
      const stored = await store.read(key)
      await store.replace(key, stored?.version ?? '', item(--others))
      return store.replace(late, version, value)
    },
  }
  return { state, others: () => -others }
}

it('a change that loses against others twenty times is given up, and nothing of it is written', async () => {
  const key = keyOf('contended')
  await store.create(key, item(0))
  const { state, others } = alwaysLate(key)
  const seen: unknown[] = []
  const changed = changeState(state, key, (stored) => {
    seen.push(stored?.value['n'])
    return { value: 'mine', item: item(1) }
  })
  await expect(changed).rejects.toMatchObject({
    code: 'BUSY',
    message: 'The task is being changed by too many requests at a time',
  })
  expect(others()).toBe(20)
  // Each time it was made of what was stored then.
  expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => 0 - n))
  expect(await store.read(key)).toMatchObject({ value: { n: -20 } })
})

it('a change of nothing creates the item, and one without an item writes nothing', async () => {
  const key = keyOf('new')
  const none = await changeState(store, key, (stored) => ({ value: stored, item: undefined }))
  expect(none).toBeUndefined()
  expect(await store.read(key)).toBeUndefined()
  expect(await changeState(store, key, () => ({ value: 'made', item: item(1) }))).toBe('made')
  expect(await store.read(key)).toMatchObject({ value: { n: 1 } })
})

it('works on one item take turns, also after one that failed; those on others do not wait', async () => {
  const inTurn = createItemTurns()
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const work = (id: string, name: string) =>
    inTurn(keyOf(id), async () => {
      begun.push(name)
      await new Promise<void>((resolve) => ends.set(name, resolve))
      if (name === 'a1') throw new Error('failed')
      return name
    })
  const works = [work('a', 'a1'), work('a', 'a2'), work('b', 'b1')]
  const all = Promise.allSettled(works)
  await expect.poll(() => begun).toEqual(['a1', 'b1'])

  ends.get('a1')?.()
  await expect(works[0]).rejects.toThrow('failed')
  await expect.poll(() => begun).toEqual(['a1', 'b1', 'a2'])

  for (const name of ['a2', 'b1']) ends.get(name)?.()
  expect((await all).slice(1)).toEqual([
    { status: 'fulfilled', value: 'a2' },
    { status: 'fulfilled', value: 'b1' },
  ])
})
