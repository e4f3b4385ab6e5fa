import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { createDynamoStateStore } from '../../src/aws/dynamo-state-store.js'
import type { StateKey, StateStore } from '../../src/domain/state-store.js'
import { startTestAws, type TestAws } from '../support/aws.js'
import { awsLosingAnswer } from '../aws/lost-answers.js'

let test: TestAws
beforeAll(async () => {
  test = await startTestAws()
})
afterAll(() => test.stop())

let now = 1_800_000_000_123
const clock = { now: () => now }
let lastId = 0
let key: StateKey
beforeEach(() => {
  key = { endpointId: 'acme', kind: 'session', id: `id-${++lastId}` }
})

const stores: [string, () => StateStore][] = [
  ['DynamoDB', () => createDynamoStateStore({ aws: test.aws, clock })],
]

describe.each(stores)('a state store in %s', (_kind, create) => {
  const item = (value: object, livesMs = 10_000) => ({
    value: { ...value },
    expiresAt: now + livesMs,
  })

  it('gives back what was created, to the last character', async () => {
    const value = { text: '', list: [null, 0.1, { deep: [[]] }], 'ключ 🔑': '\u0000"\\' }
    expect(await create().create(key, item(value))).toBe(true)
    const stored = await create().read(key)
    expect(stored).toMatchObject({ value, expiresAt: now + 10_000 })
    expect(stored?.version).toMatch(/./)
  })

  it('knows nothing of what was never there', async () => {
    expect(await create().read(key)).toBeUndefined()
    expect(await create().replace(key, 'any', item({}))).toBe(false)
    await expect(create().remove(key)).resolves.toBeUndefined()
  })

  it('creates once, and leaves what is there as it is', async () => {
    expect(await create().create(key, item({ n: 1 }))).toBe(true)
    expect(await create().create(key, item({ n: 2 }))).toBe(false)
    expect(await create().read(key)).toMatchObject({ value: { n: 1 } })
  })

  it('of fifty that create at a time lets one win, whose value stays', async () => {
    const store = create()
    const wins = await Promise.all(
      Array.from({ length: 50 }, (_, n) => store.create(key, item({ n }))),
    )
    expect(wins.filter(Boolean)).toHaveLength(1)
    expect(await store.read(key)).toMatchObject({ value: { n: wins.indexOf(true) } })
  })

  it('of fifty that replace the same version at a time lets one win', async () => {
    const store = create()
    await store.create(key, item({ n: -1 }))
    const version = (await store.read(key))?.version ?? ''
    const wins = await Promise.all(
      Array.from({ length: 50 }, (_, n) => store.replace(key, version, item({ n }))),
    )
    expect(wins.filter(Boolean)).toHaveLength(1)
    const after = await store.read(key)
    expect(after).toMatchObject({ value: { n: wins.indexOf(true) } })
    expect(after?.version).not.toBe(version)
    expect(await store.replace(key, version, item({ n: 99 }))).toBe(false)
  })

  it('of fifty that take over an expired item lets one win', async () => {
    const store = create()
    await store.create(key, item({ n: -1 }, 1))
    now += 1
    const wins = await Promise.all(
      Array.from({ length: 50 }, (_, n) => store.create(key, item({ n }))),
    )
    expect(wins.filter(Boolean)).toHaveLength(1)
    expect(await store.read(key)).toMatchObject({ value: { n: wins.indexOf(true) } })
  })

  it('ends an item at its very millisecond', async () => {
    const store = create()
    await store.create(key, item({}, 5))
    const version = (await store.read(key))?.version ?? ''
    now += 4
    expect(await store.read(key)).toBeDefined()
    now += 1
    expect(await store.read(key)).toBeUndefined()
    expect(await store.replace(key, version, item({}))).toBe(false)
  })

  it('does not take an item that was removed and made anew for the same one', async () => {
    const store = create()
    await store.create(key, item({ n: 1 }))
    const version = (await store.read(key))?.version ?? ''
    await store.remove(key)
    expect(await store.read(key)).toBeUndefined()
    await store.create(key, item({ n: 1 }))
    expect(await store.replace(key, version, item({ n: 2 }))).toBe(false)
  })

  it.each<[string, Partial<StateKey>]>([
    ['tenants', { endpointId: 'other' }],
    ['kinds', { kind: 'task' }],
  ])('never mixes %s', async (_what, other) => {
    const store = create()
    const theirs = { ...key, ...other }
    await store.create(key, item({ n: 'mine' }))
    expect(await store.read(theirs)).toBeUndefined()
    expect(await store.create(theirs, item({ n: 'theirs' }))).toBe(true)
    await store.remove(theirs)
    expect(await store.read(key)).toMatchObject({ value: { n: 'mine' } })
  })

  it('takes ids of any length and characters, and tells them apart', async () => {
    const store = create()
    const ids = ['x'.repeat(5000), `${'x'.repeat(4999)}y`, 'a#b', '../..', '🔑', 'session#1']
    for (const [n, id] of ids.entries()) await store.create({ ...key, id }, item({ n }))
    for (const [n, id] of ids.entries())
      expect(await store.read({ ...key, id })).toMatchObject({ value: { n } })
  })

  it('takes 64 KiB and refuses more before anything is written', async () => {
    const store = create()
    const fill = 'x'.repeat(64 * 1024 - '{"a":""}'.length)
    expect(await store.create(key, item({ a: fill }))).toBe(true)
    const more = { ...key, id: `${key.id}-more` }
    await expect(store.create(more, item({ a: `${fill}x` }))).rejects.toThrow(/65537 bytes/)
    expect(await store.read(more)).toBeUndefined()
  })
})

describe('the rows of DynamoDB', () => {
  it('carry the seconds at which the engine may delete them, never too early', async () => {
    const store = createDynamoStateStore({ aws: test.aws, clock })
    await store.create(key, { value: {}, expiresAt: 1_900_000_000_001 })
    const { Items = [] } = await test.aws.db.send(
      new ScanCommand({ TableName: test.aws.tables.state }),
    )
    expect(Items.find((row) => row['state_key'] === `session#${key.id}`)).toMatchObject({
      endpoint_id: 'acme',
      expires_at: 1_900_000_001,
      expires_at_ms: 1_900_000_000_001,
    })
  })

  it('written although the answer was lost are a success', async () => {
    const { aws, lostCount } = awsLosingAnswer(test, (input) => 'Item' in input)
    const store = createDynamoStateStore({ aws, clock })
    expect(await store.create(key, { value: {}, expiresAt: now + 1000 })).toBe(true)
    expect(lostCount()).toBe(1)
    aws.close()
  })

  it('that the engine refuses for another reason are an error', async () => {
    const missing = { ...test.aws.tables, state: 'test-nowhere' }
    const store = createDynamoStateStore({ aws: { ...test.aws, tables: missing }, clock })
    await expect(store.create(key, { value: {}, expiresAt: now + 1000 })).rejects.toThrow(/./)
  })

  it('that somebody else has spoilt are an error and no state', async () => {
    const store = createDynamoStateStore({ aws: test.aws, clock })
    await test.aws.db.send(
      new PutCommand({
        TableName: test.aws.tables.state,
        Item: { endpoint_id: 'acme', state_key: `session#${key.id}`, value: 4 },
      }),
    )
    await expect(store.read(key)).rejects.toThrow(/./)
  })
})
