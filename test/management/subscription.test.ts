import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/domain/errors.js'
import { type Ear, listenTo } from '../../src/management/subscription.js'

describe('what is told', () => {
  /** Whoever tells, and whoever reads. */
  async function open(client = new AbortController().signal) {
    let ear: Ear<number> | undefined
    const told = await listenTo<number>(client, async (given) => {
      ear = given
    })
    if (ear === undefined) throw new Error('nobody began to tell')
    return { told, ear }
  }

  it('is read in its order, when its reader is ready', async () => {
    const { told, ear } = await open()
    ear.tell(1)
    const early = await told.next()
    const waiting = told.next()
    ear.tell(2)
    expect([early.value, (await waiting).value]).toEqual([{ event: 1 }, { event: 2 }])
  })

  it('ends when a thousand wait to be read, after those, with the word to come back', async () => {
    const { told, ear } = await open()
    for (let at = 0; at < 1001; at++) ear.tell(at)
    expect(ear.signal.aborted).toBe(true)
    const read: unknown[] = []
    for await (const each of told) read.push(each)
    expect(read.slice(0, -1)).toEqual(Array.from({ length: 1000 }, (_, event) => ({ event })))
    expect(read.at(-1)).toMatchObject({ failure: { code: 'BUSY' } })
  })

  it('waits for its reader where it can wait', async () => {
    const { told, ear } = await open()
    while (ear.ready() === undefined) ear.tell(0)
    for (let at = 0; at < 250; at++) ear.tell(0)
    const isReady = ear.ready()
    for (let at = 0; at < 251; at++) {
      expect(ear.ready()).toBeDefined()
      await told.next()
    }
    await isReady
    expect(ear.ready()).toBeUndefined()
  })

  it('is all that is read before what ended it, and nothing after', async () => {
    const told = await listenTo<number>(new AbortController().signal, async ({ tell }) => {
      tell(1)
      throw new GatewayError('EVENTS_UNAVAILABLE', 'The log is away')
    })
    const read: unknown[] = []
    for await (const each of told) read.push(each)
    expect(read).toMatchObject([{ event: 1 }, { failure: { code: 'EVENTS_UNAVAILABLE' } }])
  })

  it('is no longer told when its reader leaves or its client has gone, also while it waits', async () => {
    const left = await open()
    const waiting = left.told.next()
    await left.told.return?.()
    expect(await waiting).toMatchObject({ done: true })
    expect(left.ear.signal.aborted).toBe(true)
    left.ear.tell(1)
    expect(await left.told.next()).toMatchObject({ done: true })

    const client = new AbortController()
    const gone = await open(client.signal)
    gone.ear.tell(1)
    client.abort()
    expect(gone.ear.signal.aborted).toBe(true)
    expect(await gone.told.next()).toMatchObject({ done: true })
  })
})
