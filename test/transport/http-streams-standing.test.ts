import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/domain/clock.js'
import { createEndpointSignals } from '../../src/events/endpoint-signals.js'
import { createMemoryEventLog } from '../../src/events/memory-event-log.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { framesOf, messagesOf, next, rest } from '../support/event-stream.js'
import { gateway, server, session, useOwnStreamServer } from './own-stream-server.js'
import { type Headers, idsOf, messagesIn, slowCall, startStreamServer } from './stream-server.js'

useOwnStreamServer()

const URI = 'demo://one'
const tools = { type: 'list.changed', list: 'tools' } as const
const listChanged = (list = 'tools') => ({ method: `notifications/${list}/list_changed` })

const subscribe = (uri = URI, headers = session) =>
  gateway.parts.sessions
    ?.find({ endpointId: 'default', userId: 'ann', roles: ['caller'] }, headers['mcp-session-id'])
    .then((found) => gateway.parts.sessions?.setSubscribed(found, uri, true))

const endSession = (headers = session) =>
  fetch(`${server.url}/default/mcp`, { method: 'DELETE', headers })

/** The stream of a session outside of calls, after the event that it begins with. */
const stand = async (headers = session, lastEventId?: string) => {
  const frames = framesOf(await server.get(headers, lastEventId))
  const first = await next(frames)
  return { frames, first }
}

describe('the stream of a session outside of calls', () => {
  it('tells of lists that changed and of resources that the client has subscribed to', async () => {
    await subscribe()
    const { frames, first } = await stand()
    expect(first).toMatchObject({ id: expect.stringMatching(/^~\./), retry: '1000' })
    expect(first.message).toBeUndefined()
    const notices = [
      { type: 'resource.updated', uri: 'demo://other' },
      { type: 'resource.updated', uri: URI, userId: 'bob' },
      { type: 'task.changed', taskId: 't', userId: 'ann' },
      { type: 'resource.updated', uri: URI },
      tools,
      { type: 'resource.updated', uri: URI, userId: 'ann' },
      { type: 'list.changed', list: 'prompts' },
      { type: 'list.changed', list: 'resources' },
    ] as const
    for (const notice of notices) await server.signals.send('default', notice)
    const seen = [first]
    while (seen.length < 6) seen.push(await next(frames))
    const updated = { method: 'notifications/resources/updated', params: { uri: URI } }
    expect(messagesIn(seen)).toMatchObject([
      updated,
      listChanged(),
      updated,
      listChanged('prompts'),
      listChanged('resources'),
    ])
    expect(new Set(idsOf(seen)).size).toBe(6)
  })

  it('hears nothing of another endpoint', async () => {
    const { frames } = await stand()
    await server.signals.send('acme', { type: 'list.changed', list: 'prompts' })
    await server.signals.send('default', tools)
    expect(await next(frames)).toMatchObject({ message: listChanged() })
  })

  it('begins in an early revision with its first notice: no event is empty', async () => {
    const early = await server.open({ version: '2025-06-18' })
    const frames = framesOf(await server.get(early))
    await server.signals.send('default', tools)
    expect(await next(frames)).toMatchObject({ message: listChanged() })
  })

  it('goes on where it was cut', async () => {
    const controller = new AbortController()
    const frames = framesOf(await server.get(session, undefined, controller.signal))
    const { id } = await next(frames)
    controller.abort()
    await server.signals.send('default', tools)
    await server.signals.send('default', { type: 'list.changed', list: 'prompts' })
    const again = await stand(session, id)
    expect(again.first).toMatchObject({ id, retry: '1000' })
    const missed = [await next(again.frames), await next(again.frames)]
    expect(messagesIn(missed)).toMatchObject([listChanged(), listChanged('prompts')])
    const once = await stand(session, missed[0]?.id)
    expect(await next(once.frames)).toEqual(missed[1])
  })

  it('of an id from before a restart names everything that may have changed', async () => {
    await subscribe()
    const { frames } = await stand(session, '~.1-1')
    const seen = [await next(frames), await next(frames), await next(frames)]
    seen.push(await next(frames), await next(frames))
    expect(messagesIn(seen)).toMatchObject([
      { method: 'notifications/message', params: { level: 'warning', logger: 'mcp-daemon' } },
      listChanged(),
      listChanged('prompts'),
      listChanged('resources'),
      { method: 'notifications/resources/updated', params: { uri: URI } },
    ])
  })

  it('is one: a second one ends the first, and each notice goes to one of them [L11]', async () => {
    const first = await stand()
    const second = await stand()
    expect(await rest(first.frames)).toEqual([])
    await server.signals.send('default', tools)
    expect(await next(second.frames)).toMatchObject({ message: listChanged() })
    const other = await stand(await server.open())
    await server.signals.send('default', tools)
    expect(await next(second.frames)).toMatchObject({ message: listChanged() })
    expect(await next(other.frames)).toMatchObject({ message: listChanged() })
  })

  it('and those of calls leave each other alone [L11]', async () => {
    const gate = slowCall(server)
    const call = framesOf(await server.call(session, 'slow'))
    const { id } = await next(call)
    const { frames } = await stand()
    const resumed = framesOf(await server.get(session, id))
    await next(resumed)
    await server.signals.send('default', tools)
    expect(await next(frames)).toMatchObject({ message: listChanged() })
    gate.open()
    expect(JSON.stringify(messagesIn(await rest(resumed)))).not.toContain('list_changed')
  })

  it('ends with its session, which DELETE has ended [L7]', async () => {
    const { frames } = await stand()
    const other = await stand(await server.open())
    expect((await endSession()).status).toBe(204)
    expect(await rest(frames)).toEqual([])
    await server.signals.send('default', tools)
    expect(await next(other.frames)).toMatchObject({ message: listChanged() })
  })

  it('ends when its session expires', async () => {
    const { sessions } = gateway.parts
    if (sessions === undefined) throw new Error('no sessions')
    const find: typeof sessions.find = async (caller, token) => ({
      ...(await sessions.find(caller, token)),
      expiresAt: Date.now(),
    })
    const brief = await startStreamServer(gateway, { parts: { sessions: { ...sessions, find } } })
    expect(await rest(messagesOf(await brief.get(session)))).toEqual([])
    await brief.close()
  })
})

describe('a GET that is refused', () => {
  const get = async (headers: Headers) => {
    const response = await fetch(`${server.url}/default/mcp`, { headers })
    return { status: response.status, body: await response.text(), headers: response.headers }
  }

  it('in 2026-07-28 is 405 and told of POST [M1]', async () => {
    const refused = await get({ ...session, 'mcp-protocol-version': '2026-07-28' })
    expect(refused.status).toBe(405)
    expect(refused.headers.get('allow')).toBe('POST')
  })

  it('by its Accept is 406 [L6]', async () => {
    expect((await get({ ...session, accept: 'application/json' })).status).toBe(406)
  })

  it('for want of a session is 400, of an unknown one 404 [L7]', async () => {
    const { 'mcp-session-id': _token, ...without } = session
    expect((await get(without)).status).toBe(400)
    expect((await get({ ...without, 'mcp-session-id': 'x' })).status).toBe(404)
    await endSession()
    expect((await get(session)).status).toBe(404)
  })

  it("for the header of another revision than its session's is 400", async () => {
    expect((await get({ ...session, 'mcp-protocol-version': '2025-06-18' })).status).toBe(400)
  })

  it('for a token of nobody is 401', async () => {
    const { authorization: _token, ...nobody } = session
    expect((await get(nobody)).status).toBe(401)
  })

  it.each(['x', '1-1', '~.', 'AAAAAAAAAAAA/../~.1-1'])(
    'for the Last-Event-ID %j, which nobody has sent, is 400 and names it',
    async (id) => {
      const refused = await get({ ...session, 'last-event-id': id })
      expect(refused.status).toBe(400)
      expect(refused.body).toContain('Last-Event-ID: ')
    },
  )

  it('without an event log to hear is 503', async () => {
    const limits = { maxEvents: 10, maxBytes: 1e6, maxAgeMs: 60_000 }
    const events = createMemoryEventLog({ ...limits, clock: systemClock, log: silentLog })
    await events.close()
    const signals = createEndpointSignals(events, silentLog)
    const deaf = await startStreamServer(gateway, { parts: { events, signals } })
    expect((await deaf.get(session)).status).toBe(503)
    expect((await deaf.get(session, 'AAAAAAAAAAAA.1-1')).status).toBe(503)
    await deaf.close()
  })
})
