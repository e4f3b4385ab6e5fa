import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createLocalTokens } from '../../src/auth/local-tokens.js'
import { GatewayError } from '../../src/domain/errors.js'
import { UserEvent } from '../../src/user-events/user-event.js'
import { SIGNING_KEY, startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'
import { type EventClient, type EventClientOptions, listen } from './event-client.js'

let test: TestGateway
let ann: string
beforeAll(async () => {
  test = await startTestGateway({ env: { EXECUTOR: 'inline' } })
  await test.publish('journey_tools')
  ann = await test.tokenFor('ann')
  await call('echo', { text: 'warm' })
})
afterAll(() => test.stop())

const clients: EventClient[] = []
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
})

async function hear(options: EventClientOptions): Promise<EventClient> {
  const client = await listen(test, options)
  clients.push(client)
  return client
}

async function call(name: string, args: object = {}) {
  const post = modernPost('tools/call', { name, arguments: args }, ann)
  return (await fetch(new URL('/default/mcp', test.url), post)).text()
}

describe('while the event log takes nothing', () => {
  it('what is lost is a gap, as soon as it takes events again: live, and to who was away', async () => {
    const client = await hear({ token: ann })
    const { events } = test.parts
    const append = vi.spyOn(events, 'append')
    append.mockRejectedValue(new GatewayError('EVENTS_UNAVAILABLE', 'away'))
    await call('echo', { text: 'lost' })
    append.mockRestore()
    const gap = await client.next()
    expect(gap.name).toBe('gap')
    expect(UserEvent.safeParse(gap.data).success).toBe(true)
    await call('echo', { text: 'on' })
    expect((await client.next()).name).toBe('call.completed')
    const back = await hear({ token: ann, lastEventId: client.placeId })
    expect([(await back.next()).name, (await back.next()).name]).toEqual(['gap', 'call.completed'])
  })
})

describe('a client that was away', () => {
  it('is told of a gap once, whatever was lost, and has a place to come back to', async () => {
    const frida = await test.tokenFor('frida')
    const before = await hear({ token: frida })
    const [own, endpoint] = before.placeId.split('.')
    before.close()
    for (const lastEventId of [`1-1.${endpoint}`, `${own}.1-1`, '1-1.1-1']) {
      const cut = await hear({ token: frida, lastEventId })
      // Who leaves before the gap is told comes back to it.
      expect(cut.placeId).toBe(lastEventId)
      const gap = await cut.next()
      expect(gap.name).toBe('gap')
      cut.close()
      const back = await hear({ token: frida, lastEventId: gap.id })
      await call('announce', { uri: `demo://after/${lastEventId}` })
      expect((await back.next()).data['uri']).toBe(`demo://after/${lastEventId}`)
      back.close()
    }
  })
})

describe('of the calls of its user', () => {
  it('a client hears only those of functions that it may know of', async () => {
    const reader = await createLocalTokens(SIGNING_KEY).sign({
      userId: 'ann',
      endpointId: 'default',
      roles: ['reader'],
      expiresAt: Date.now() + 600_000,
    })
    const access = { allow: ['role:caller'] }
    const name = { endpointId: 'default', mcpType: 'tool', key: 'whoami', actor: 'op' } as const
    await test.parts.catalog.setOverride({ ...name, access })
    const [whole, part] = [await hear({ token: ann }), await hear({ token: reader })]
    await call('whoami')
    await call('echo', { text: 'for both' })
    const next = async (client: EventClient) => (await client.nextOf('call.completed')).data
    expect((await next(whole))['function']).toMatchObject({ name: 'whoami' })
    expect((await next(whole))['function']).toMatchObject({ name: 'echo' })
    expect((await next(part))['function']).toMatchObject({ name: 'echo' })
    const back = await hear({ token: reader, lastEventId: part.placeId })
    expect((await next(back))['function']).toMatchObject({ name: 'echo' })
  })
})
