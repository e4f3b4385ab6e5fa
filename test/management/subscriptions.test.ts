import { describe, expect, it, vi } from 'vitest'
import { toListedCall } from '../../src/calls/calls.js'
import { recordedStream } from '../../src/events/events.js'
import { toCallEntry } from '../../src/user-events/call-group.js'
import { aCall } from '../calls/a-call.js'
import { startCuttingProxy } from '../support/cutting-proxy.js'
import { type Subscribed, subscribeTo } from '../support/graphql-stream.js'
import {
  callTool,
  gateways,
  type Manager,
  managerOf,
  operator,
  publishNotes,
  useManagement,
} from '../support/management.js'
import { hasRedis } from '../support/redis.js'

/** What is kept of a stream. */
const MAX_EVENTS = 12

interface RecordedEvent {
  readonly callRecorded: {
    readonly cursor: string
    readonly isGap: boolean
    readonly call: { readonly name: string; readonly arguments: { readonly at: number } } | null
  }
}

const RECORDED = `subscription ($after: String, $name: String, $userId: String) {
  callRecorded(after: $after, name: $name, userId: $userId) {
    cursor isGap call { name userId status arguments function { name } module { moduleName } }
  }
}`

interface ToldEvent {
  readonly userEvent: {
    readonly cursor: string
    readonly event: { readonly type: string; readonly callId: string | null; readonly data: object }
  }
}

const USER = `subscription ($after: String, $userId: String) {
  userEvent(after: $after, userId: $userId) { cursor event { type time callId data } }
}`

interface CatalogEvent {
  readonly catalogChanged: {
    readonly cursor: string
    readonly isGap: boolean
    readonly list: string | null
    readonly endpoint: { readonly functionCounts: { readonly tools: number } }
  }
}

const CATALOG = `subscription ($after: String, $endpointId: ID) {
  catalogChanged(after: $after, endpointId: $endpointId) {
    cursor isGap list endpoint { functionCounts { tools } }
  }
}`

describe.skipIf(!hasRedis)('a subscription at one instance', () => {
  useManagement({ EVENT_LOG_MAX_EVENTS: String(MAX_EVENTS) })

  function subscribe<Data>(
    manager: Manager,
    query: string,
    variables: object = {},
    gatewayUrl = gateways().second.url,
  ): Promise<Subscribed<Data>> {
    const path = manager.endpointId === '' ? '' : `/${manager.endpointId}`
    return subscribeTo({ url: `${gatewayUrl}${path}`, token: manager.token, query, variables })
  }

  async function withNotes(): Promise<Manager> {
    const ada = await managerOf()
    await publishNotes(ada.endpointId)
    return ada
  }

  it('is told of the calls of another one as they are recorded, and only of those it wants', async () => {
    const ada = await withNotes()
    const ben = await managerOf({ endpointId: ada.endpointId, userId: 'ben', role: 'caller' })
    const echoes = await subscribe<RecordedEvent>(ada, RECORDED, { name: 'echo' })
    const bens = await subscribe<RecordedEvent>(ada, RECORDED, { userId: 'ben' })
    await callTool(ada, 'greet')
    await callTool(ada, 'echo', { at: 1 })
    await callTool(ben, 'echo', { at: 2 })
    const known = { name: 'echo', status: 'COMPLETED', function: { name: 'echo' } }
    expect((await echoes.next()).callRecorded).toMatchObject({
      isGap: false,
      call: { ...known, userId: 'ada', arguments: { at: 1 }, module: { moduleName: 'notes' } },
    })
    expect((await echoes.next()).callRecorded.call).toMatchObject({ userId: 'ben' })
    expect((await bens.next()).callRecorded.call?.arguments).toEqual({ at: 2 })
    echoes.leave()
    bens.leave()
  })

  it('goes on after a cut with all that came in between, once and in order', async () => {
    const ada = await withNotes()
    const network = await startCuttingProxy(gateways().second.url)
    const before = await subscribe<RecordedEvent>(ada, RECORDED, {}, network.url)
    await callTool(ada, 'echo', { at: 0 })
    const seen = (await before.next()).callRecorded
    const next = before.next()
    network.cut()
    await expect(next).rejects.toThrow('terminated')
    await network.close()
    for (const at of [1, 2, 3]) await callTool(ada, 'echo', { at })
    // At whichever instance.
    const after = await subscribe<RecordedEvent>(
      ada,
      RECORDED,
      { after: seen.cursor },
      gateways().first.url,
    )
    const missed = [await after.next(), await after.next(), await after.next()]
    expect(missed.map(({ callRecorded }) => callRecorded.call?.arguments.at)).toEqual([1, 2, 3])
    await callTool(ada, 'echo', { at: 4 })
    expect((await after.next()).callRecorded.call?.arguments.at).toBe(4)
    after.leave()
  })

  it('is told of a gap where more has happened than is kept, and goes on behind it', async () => {
    const ada = await withNotes()
    const first = await subscribe<RecordedEvent>(ada, RECORDED)
    await callTool(ada, 'echo', { at: 0 })
    const { cursor } = (await first.next()).callRecorded
    // Each is told before the next is made, so that none shares an event with another.
    for (let at = 1; at <= MAX_EVENTS + 2; at++) {
      await callTool(ada, 'echo', { at })
      await first.next()
    }
    first.leave()
    const late = await subscribe<RecordedEvent>(ada, RECORDED, { after: cursor })
    expect((await late.next()).callRecorded).toMatchObject({ isGap: true, call: null })
    const next = (await late.next()).callRecorded
    expect(next.isGap).toBe(false)
    expect(next.call?.arguments.at).toBeGreaterThan(1)
    late.leave()
  })

  it('is told of 2,500 calls that it has missed in one go, however slowly it reads', async () => {
    const ada = await withNotes()
    const { endpointId } = ada
    const before = await subscribe<RecordedEvent>(ada, RECORDED)
    await callTool(ada, 'echo', { at: 0 })
    const { cursor } = (await before.next()).callRecorded
    before.leave()
    const stream = recordedStream(endpointId)
    for (let group = 0; group < 10; group++) {
      const calls = Array.from({ length: 250 }, (_, at) =>
        toCallEntry(toListedCall(aCall({ endpointId, name: `missed-${group * 250 + at}` }))),
      )
      await gateways().first.parts.events.append(stream, { type: 'calls', calls })
    }
    const back = await subscribe<RecordedEvent>(
      ada,
      'subscription ($after: String) { callRecorded(after: $after) { isGap call { name } } }',
      { after: cursor },
    )
    for (let at = 0; at < 2500; at++)
      expect((await back.next()).callRecorded.call?.name).toBe(`missed-${at}`)
    back.leave()
  })

  it('is told what a user’s clients are told, from where it was', async () => {
    const ada = await withNotes()
    const ben = await managerOf({ endpointId: ada.endpointId, userId: 'ben', role: 'caller' })
    const told = await subscribe<ToldEvent>(ada, USER, { userId: 'ben' })
    await callTool(ada, 'echo', { at: 1 })
    await callTool(ben, 'fail', { why: 'no ink' })
    const failed = (await told.next()).userEvent
    expect(failed.event).toMatchObject({
      type: 'call.failed',
      data: { function: { name: 'fail' } },
    })
    expect(failed.event.callId).toMatch(/^[0-9a-f-]{36}$/)
    told.leave()
    await callTool(ben, 'greet')
    const again = await subscribe<ToldEvent>(ada, USER, { userId: 'ben', after: failed.cursor })
    expect((await again.next()).userEvent.event.type).toBe('call.completed')
    again.leave()
    // Without a name it is one's own.
    const own = await subscribe<ToldEvent>(ada, USER)
    await callTool(ada, 'greet')
    expect((await own.next()).userEvent.event.type).toBe('call.completed')
    own.leave()
  })

  it('is told that what an endpoint offers has changed, and shows the new state', async () => {
    const ada = await withNotes()
    const toldAda = await subscribe<CatalogEvent>(ada, CATALOG)
    const endpointId = ada.endpointId
    const toldOperator = await subscribe<CatalogEvent>(operator(), CATALOG, { endpointId })
    await publishNotes(endpointId, { tools: ['more'] })
    const [changed, same] = await Promise.all([toldAda.next(), toldOperator.next()])
    expect(changed.catalogChanged).toMatchObject({
      isGap: false,
      list: 'tools',
      endpoint: { functionCounts: { tools: 5 } },
    })
    expect(same.catalogChanged.list).toBe('tools')
    toldAda.leave()
    toldOperator.leave()
    // The log has the change for whoever comes back, as the watch of an instance tells it.
    const watching = await subscribe<CatalogEvent>(ada, CATALOG)
    await publishNotes(endpointId, { tools: ['more', 'still'] })
    await watching.next()
    watching.leave()
    // What its reader does meanwhile is no gap of the endpoint's.
    for (let at = 0; at < MAX_EVENTS + 2; at++) await callTool(ada, 'greet')
    const { cursor } = changed.catalogChanged
    const again = await subscribe<CatalogEvent>(ada, CATALOG, { after: cursor })
    expect((await again.next()).catalogChanged).toMatchObject({
      isGap: false,
      list: 'tools',
      endpoint: { functionCounts: { tools: 6 } },
    })
    again.leave()
  })

  it('is refused for a cursor of nobody’s, and for another endpoint than its path', async () => {
    const ada = await withNotes()
    const neighbour = await withNotes()
    const told = await subscribe<RecordedEvent>(neighbour, RECORDED)
    await callTool(neighbour, 'echo', { at: 1 })
    const { cursor } = (await told.next()).callRecorded
    told.leave()
    const users = await subscribe<ToldEvent>(ada, USER)
    await callTool(ada, 'greet')
    const { cursor: adas } = (await users.next()).userEvent
    users.leave()
    const refusals = [
      [RECORDED, { after: cursor }, 'CURSOR_INVALID'],
      [USER, { after: adas, userId: 'ben' }, 'CURSOR_INVALID'],
      [CATALOG, { after: adas }, 'CURSOR_INVALID'],
      [RECORDED, { after: 'nothing' }, 'CURSOR_INVALID'],
      [USER, { after: 'nothing' }, 'CURSOR_INVALID'],
      [USER, { userId: '' }, 'INVALID_PARAMS'],
      [CATALOG, { after: 'nothing' }, 'CURSOR_INVALID'],
      [CATALOG, { endpointId: neighbour.endpointId }, 'FORBIDDEN'],
    ] as const
    for (const [query, variables, code] of refusals) {
      const refused = await subscribe(ada, query, variables)
      const [error] = await refused.nextErrors()
      expect(error?.extensions['code']).toBe(code)
      await expect(refused.next()).rejects.toThrow('has ended')
    }
  })

  it('hears nothing of another endpoint', async () => {
    const ada = await withNotes()
    const neighbour = await withNotes()
    const told = await subscribe<RecordedEvent>(ada, RECORDED)
    await callTool(neighbour, 'echo', { at: 1 })
    await callTool(ada, 'echo', { at: 2 })
    expect((await told.next()).callRecorded.call?.arguments.at).toBe(2)
    told.leave()
  })

  it('is no longer heard when its client has left', async () => {
    const ada = await withNotes()
    const { events } = gateways().second.parts
    const subscribeToLog = events.subscribe.bind(events)
    const stopped = vi.fn<() => void>()
    const spy = vi.spyOn(events, 'subscribe').mockImplementation(async (stream, listener) => {
      const stop = await subscribeToLog(stream, listener)
      return () => {
        stopped()
        stop()
      }
    })
    const told = await subscribe<RecordedEvent>(ada, RECORDED)
    spy.mockRestore()
    expect(stopped).not.toHaveBeenCalled()
    told.leave()
    await vi.waitFor(() => expect(stopped).toHaveBeenCalledTimes(1))
  })
})
