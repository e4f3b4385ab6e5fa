import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ADMIN_TOKEN, startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'
import { UserEvent } from '../../src/user-events/user-event.js'
import { type EventClient, type EventClientOptions, listen, openStream } from './event-client.js'

let test: TestGateway
let ann: string
let bob: string
beforeAll(async () => {
  test = await startTestGateway({ env: { EXECUTOR: 'worker', RECORD_START_AFTER_MS: '300' } })
  for (const endpointId of ['default', 'elsewhere']) await test.publish('journey_tools', endpointId)
  ann = await test.tokenFor('ann')
  bob = await test.tokenFor('bob')
  // A first call takes longer, and so is said to have started.
  await call('echo', { text: 'warm' }, { token: bob })
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

async function call(name: string, args: object = {}, { token = ann, endpointId = 'default' } = {}) {
  const url = new URL(`/${endpointId}/mcp`, test.url)
  const response = await fetch(url, modernPost('tools/call', { name, arguments: args }, token))
  return response.text()
}

describe('an event stream', () => {
  it('begins at once, says where, and when to come back', async () => {
    const response = await openStream(test, { token: ann })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const reader = response.body?.getReader()
    const { value } = (await reader?.read()) ?? {}
    expect(Buffer.from(value ?? []).toString()).toMatch(
      /^: connected\nid: \d+-\d+\.\d+-\d+\nretry: \d+\n\n$/,
    )
    await reader?.cancel()
  })

  it("tells every client of a user that a call has ended, with its result, and nobody else's", async () => {
    const [tab, ide, other] = await Promise.all([
      hear({ token: ann }),
      hear({ token: ann }),
      hear({ token: bob }),
    ])
    await call('echo', { text: 'tea' })
    await call('echo', { text: 'for bob' }, { token: bob })
    const told = await tab.next()
    expect(told).toMatchObject({
      name: 'call.completed',
      data: {
        type: 'call.completed',
        function: { type: 'tool', name: 'echo' },
        status: 'completed',
        result: { content: [{ type: 'text', text: 'tea' }] },
      },
    })
    expect(UserEvent.safeParse(told.data).success).toBe(true)
    expect(await ide.next()).toEqual(told)
    const { data } = await other.next()
    expect(data['result']).toEqual({ content: [{ type: 'text', text: 'for bob' }] })
  })

  it('tells of a user at one endpoint nothing at another', async () => {
    const there = await hear({
      token: await test.tokenFor('ann', 'elsewhere'),
      endpointId: 'elsewhere',
    })
    await call('echo', { text: 'here' })
    await call('echo', { text: 'warm' }, { token: ADMIN_TOKEN, endpointId: 'elsewhere' })
    await call('echo', { text: 'there' }, { token: ADMIN_TOKEN, endpointId: 'elsewhere' })
    await call(
      'echo',
      { text: 'mine' },
      { token: await test.tokenFor('ann', 'elsewhere'), endpointId: 'elsewhere' },
    )
    const { data } = await there.next()
    expect(data['result']).toEqual({ content: [{ type: 'text', text: 'mine' }] })
  })

  it('tells of failures by their name', async () => {
    const client = await hear({ token: ann })
    await call('fail')
    expect((await client.next()).data).toMatchObject({
      type: 'call.failed',
      status: 'failed',
      error: { code: 'FUNCTION_FAILED' },
    })
  })

  it('tells that a long call has started, how far it is, and that it was cancelled', async () => {
    const client = await hear({ token: ann })
    const leaving = new AbortController()
    const url = new URL('/default/mcp', test.url)
    const post = modernPost('tools/call', { name: 'long_call', arguments: { steps: 500 } }, ann)
    const calling = fetch(url, { ...post, signal: leaving.signal }).catch(() => undefined)
    const started = await client.next()
    expect(started.data).toMatchObject({ type: 'call.started', function: { name: 'long_call' } })
    const progressed = await client.next()
    expect(progressed.data).toMatchObject({
      type: 'call.progress',
      callId: started.data['callId'],
      total: 500,
    })
    leaving.abort()
    await calling
    const cancelled = await client.nextOf('call.cancelled')
    expect(cancelled.data).toMatchObject({ callId: started.data['callId'], status: 'cancelled' })
  })

  it('names a large result in place of telling it, and it can be read there', async () => {
    const client = await hear({ token: ann })
    await call('large', { bytes: 20_000 })
    const { data } = await client.next()
    expect(data).not.toHaveProperty('result')
    const uri = String(data['resultUri'])
    expect(uri).toBe(`mcp://function-call/${String(data['callId'])}`)
    const post = modernPost('resources/read', { uri, name: uri }, ann)
    const response = await fetch(new URL('/default/mcp', test.url), post)
    expect(await response.text()).toContain('x'.repeat(20_000))
  })

  it('tells that a list has changed, and that a resource has', async () => {
    const client = await hear({ token: ann })
    await call('announce', { uri: 'demo://one', kind: 'prompts' })
    expect((await client.nextOf('resource.updated')).data['uri']).toBe('demo://one')
    expect((await client.nextOf('catalog.changed')).data['list']).toBe('prompts')
  })

  it('tells only the types that were asked for', async () => {
    const client = await hear({ token: ann, query: '?types=call.failed,catalog.*' })
    await call('echo', { text: 'unheard' })
    await call('fail')
    expect((await client.next()).name).toBe('call.failed')
  })
})

describe('a client that was away', () => {
  it.each(['header', 'query'])(
    'is told what it has missed, once and in order (%s)',
    async (way) => {
      const before = await hear({ token: ann })
      await call('echo', { text: 'seen' })
      const { id } = await before.next()
      before.close()
      for (const text of ['one', 'two', 'three']) await call('echo', { text })
      const resume =
        way === 'header' ? { lastEventId: id } : { query: `?lastEventId=${encodeURIComponent(id)}` }
      const after = await hear({ token: ann, ...resume })
      await call('echo', { text: 'live' })
      const texts: unknown[] = []
      for (let n = 0; n < 4; n++) texts.push((await after.next()).data['result'])
      expect(texts).toEqual(
        ['one', 'two', 'three', 'live'].map((text) => ({ content: [{ type: 'text', text }] })),
      )
    },
  )

  it('that had seen nothing yet misses nothing either', async () => {
    const carol = await test.tokenFor('carol')
    const before = await hear({ token: carol })
    before.close()
    await call('echo', { text: 'meanwhile' }, { token: carol })
    await call('announce', { uri: 'demo://two' })
    const after = await hear({ token: carol, lastEventId: before.placeId })
    const names = [(await after.next()).name, (await after.next()).name]
    expect(names.toSorted()).toEqual(['call.completed', 'resource.updated'])
  })

  it('for too long, or from another life of the server, is told of the gap once', async () => {
    const dora = await test.tokenFor('dora')
    const client = await hear({ token: dora, query: '?types=call.*', lastEventId: '1-1.1-1' })
    expect((await client.next()).name).toBe('gap')
    await call('echo', { text: 'on' }, { token: dora })
    expect(await client.next()).toMatchObject({
      name: 'call.completed',
      data: { status: 'completed' },
    })
  })

  it('is refused for an id that nobody was ever told', async () => {
    const response = await openStream(test, { token: ann, lastEventId: 'yesterday' })
    const text = await response.text()
    expect({ status: response.status, text }).toMatchObject({
      status: 400,
      text: expect.stringContaining('Last-Event-ID'),
    })
  })
})

describe('who may listen', () => {
  it('nobody without credentials, nor with those of another endpoint', async () => {
    expect((await openStream(test, {})).status).toBe(401)
    expect((await openStream(test, { token: 'nonsense' })).status).toBe(401)
    const elsewhere = await test.tokenFor('ann', 'elsewhere')
    expect((await openStream(test, { token: elsewhere })).status).toBe(403)
  })

  it('an unknown type is refused, with those that there are', async () => {
    const response = await openStream(test, { token: ann, query: '?types=call.ended' })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('call.completed')
  })

  const ticketFor = async (token: string) => {
    const url = new URL('/default/events/ticket', test.url)
    const headers = { authorization: `Bearer ${token}` }
    const response = await fetch(url, { method: 'POST', headers })
    const { ticket, expiresAt } = (await response.json()) as { ticket: string; expiresAt: string }
    return { status: response.status, ticket, expiresAt }
  }

  it('whoever has a ticket, once, at its endpoint', async () => {
    const { status, ticket, expiresAt } = await ticketFor(ann)
    expect(status).toBe(201)
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now())
    const query = `?ticket=${ticket}`
    expect((await openStream(test, { endpointId: 'elsewhere', query })).status).toBe(401)
    const client = await hear({ query })
    await call('echo', { text: 'by ticket' })
    expect((await client.next()).name).toBe('call.completed')
    expect((await openStream(test, { query })).status).toBe(401)
  })

  it('of twenty that bring one ticket at the same time, one', async () => {
    const { ticket } = await ticketFor(ann)
    const opened = await Promise.all(
      Array.from({ length: 20 }, () => openStream(test, { query: `?ticket=${ticket}` })),
    )
    expect(opened.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const { body } of opened) await body?.cancel()
  })

  it('no ticket without credentials', async () => {
    const url = new URL('/default/events/ticket', test.url)
    expect((await fetch(url, { method: 'POST' })).status).toBe(401)
  })

  it('a user has so many streams, and is told when there are more; another user is not', async () => {
    const dave = await test.tokenFor('dave')
    const open = await Promise.all(Array.from({ length: 20 }, () => hear({ token: dave })))
    const refused = await openStream(test, { token: dave })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await refused.text()).toContain('20 event streams')
    await hear({ token: bob })
    open[0]?.close()
    await expect.poll(async () => (await openStream(test, { token: dave })).status).toBe(200)
  })

  it('nobody for longer than what proved who they are', async () => {
    const { createLocalTokens } = await import('../../src/auth/local-tokens.js')
    const { SIGNING_KEY } = await import('../support/gateway.js')
    const shortly = await createLocalTokens(SIGNING_KEY).sign({
      userId: 'erin',
      endpointId: 'default',
      roles: ['caller'],
      expiresAt: Date.now() + 2000,
    })
    const client = await hear({ token: shortly })
    expect(await client.rest()).toEqual([])
  })
})

describe('a server that stops', () => {
  it('says so, and ends its streams', async () => {
    const stopping = await startTestGateway({ env: { EXECUTOR: 'worker' }, sharing: test })
    const client = await listen(stopping, { token: ann })
    const [told] = await Promise.all([client.rest(), stopping.stop()])
    expect(told.map(({ name }) => name)).toEqual(['server.closing'])
    expect(told[0]?.id).toBe(client.placeId)
  })
})
