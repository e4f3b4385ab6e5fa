import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/domain/clock.js'
import { createMemoryEventLog } from '../../src/events/memory-event-log.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { framesOf, messagesOf, next, rest } from '../support/event-stream.js'
import { gateway, server, session, useOwnStreamServer } from './own-stream-server.js'
import {
  createGate,
  cutAfter,
  idsOf,
  messagesIn,
  note,
  slowCall,
  startStreamServer,
  text,
} from './stream-server.js'

useOwnStreamServer()

describe('a client that comes back to a stream', () => {
  /** The id of the last frame seen, of so many. */
  const cutSlow = async (count: number, name = 'slow', headers = session) => {
    const seen = await cutAfter(count, server, { headers, name })
    return seen.at(-1)?.id
  }

  it('gets what it has missed and what follows, once and in order [L11]', async () => {
    const gate = slowCall(server)
    const lastId = await cutSlow(2)
    const frames = framesOf(await server.get(session, lastId))
    expect(await next(frames)).toMatchObject({ id: lastId, retry: '1000' })
    gate.open()
    expect(messagesIn(await rest(frames))).toMatchObject([note('ending'), { id: 'cut' }])
  })

  it('gets everything of it again from its first id, after the call has ended', async () => {
    slowCall(server).open()
    const seen = await rest(framesOf(await server.call(session, 'slow')))
    const again = await rest(framesOf(await server.get(session, seen[0]?.id)))
    expect(again.slice(1)).toEqual(seen.slice(1))
  })

  it('is told with 204 not to come back when it has seen the last of it', async () => {
    slowCall(server).open()
    const seen = await rest(framesOf(await server.call(session, 'slow')))
    const response = await server.get(session, seen.at(-1)?.id)
    expect(response.status).toBe(204)
    expect(await response.text()).toBe('')
  })

  it('may ask for it while the first connection is open: that one ends, nothing comes twice [L11]', async () => {
    const gate = slowCall(server)
    const first = framesOf(await server.call(session, 'slow'))
    const { id } = await next(first)
    await next(first)
    const second = framesOf(await server.get(session, id))
    expect(await rest(first)).toEqual([])
    const third = framesOf(await server.get(session, id))
    await next(third)
    await rest(second)
    gate.open()
    expect(messagesIn(await rest(third))).toHaveLength(3)
  })

  it.each([
    ['another session of the user', () => server.open()],
    ['a session of another user', () => server.open({ userId: 'bob' })],
  ])('%s gets nothing of it', async (_whose, open) => {
    const gate = slowCall(server)
    const lastId = await cutSlow(1)
    const messages = await rest(messagesOf(await server.get(await open(), lastId)))
    expect(messages).toMatchObject([
      { method: 'notifications/message', params: { level: 'warning', logger: 'mcp-daemon' } },
      { id: 'cut', error: { code: -31011 } },
    ])
    gate.open()
  })

  it('at another endpoint gets nothing of it', async () => {
    const gate = slowCall(server)
    const lastId = await cutSlow(1)
    const elsewhere = await server.open({ endpointId: 'acme' })
    const response = await fetch(`${server.url}/acme/mcp`, {
      headers: { ...elsewhere, 'last-event-id': lastId ?? '' },
    })
    expect(await response.text()).not.toContain('begun')
    gate.open()
  })

  it('after a restart is told what is lost, and its call is answered with that error', async () => {
    const gate = slowCall(server)
    const lastId = await cutSlow(2)
    gate.open()
    const limits = { maxEvents: 10, maxBytes: 1e6, maxAgeMs: 60_000 }
    const events = createMemoryEventLog({ ...limits, clock: systemClock, log: silentLog })
    const restarted = await startStreamServer(gateway, { parts: { events } })
    const frames = await rest(framesOf(await restarted.get(session, lastId)))
    expect(frames.map(({ message }) => message)).toMatchObject([
      undefined,
      { method: 'notifications/message', params: { data: expect.stringContaining('lost') } },
      { id: 'cut', error: { code: -31011, message: expect.stringContaining('may have run') } },
    ])
    expect((await restarted.get(session, frames.at(-1)?.id)).status).toBe(204)
    await restarted.close()
  })

  it('hears of events that were dropped, gets those that are kept, and the answer', async () => {
    const gate = createGate()
    server.on('talks', async (exchange) => {
      for (let n = 0; n < 1100; n++) exchange.notify(note(n))
      await gate.opened
      return text('done')
    })
    const [first] = await cutAfter(1101, server, { headers: session, name: 'talks' })
    gate.open()
    const messages = await rest(messagesOf(await server.get(session, first?.id)))
    expect(messages[0]).toMatchObject({ params: { logger: 'mcp-daemon' } })
    const kept = messages.slice(1, -1).map(({ params }) => Number(params?.['data']))
    expect(kept.length).toBeGreaterThan(900)
    expect(kept).toEqual(kept.map((_n, at) => 1100 - kept.length + at))
    expect(messages.at(-1)).toMatchObject({ id: 'cut', result: text('done') })
  })

  it('gets megabytes at the pace at which it reads them', async () => {
    const pages = 6
    const gate = createGate()
    server.on('writes', async (exchange) => {
      exchange.notify(note('begun'))
      await gate.opened
      for (let n = 0; n < pages; n++) exchange.notify(note(`${n}`.repeat(1024 * 1024)))
      return text('done')
    })
    const lastId = await cutSlow(2, 'writes')
    gate.open()
    const messages = messagesOf(await server.get(session, lastId))
    for (let n = 0; n < pages; n++) {
      const { params } = await next(messages)
      expect(params?.['data']).toBe(`${n}`.repeat(1024 * 1024))
    }
    expect(await next(messages)).toMatchObject({ id: 'cut' })
  })

  it('finds what was asked before the cut, and answers it [L12]', async () => {
    const asking = await server.open({ capabilities: { elicitation: {} } })
    server.on('asks', async (exchange) => {
      const never = new AbortController().signal
      return text(JSON.stringify(await exchange.ask?.('elicitation/create', {}, never)))
    })
    const lastId = await cutSlow(1, 'asks', asking)
    const messages = messagesOf(await server.get(asking, lastId))
    const question = await next(messages)
    expect(question).toMatchObject({ method: 'elicitation/create' })
    await server.post(asking, { jsonrpc: '2.0', id: question.id, result: { action: 'decline' } })
    expect(await rest(messages)).toMatchObject([
      { id: 'cut', result: text('{"action":"decline"}') },
    ])
  })
})

describe('a function that closes its stream', () => {
  it('goes on, and its client comes back for the answer', async () => {
    const gate = createGate()
    server.on('closes', async (exchange) => {
      exchange.closeStream?.()
      await gate.opened
      exchange.closeStream?.()
      return text('done')
    })
    const seen = await rest(framesOf(await server.call(session, 'closes')))
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({ retry: '1000', message: undefined })
    const frames = framesOf(await server.get(session, seen[0]?.id))
    await next(frames)
    gate.open()
    expect(messagesIn(await rest(frames))).toMatchObject([{ result: text('done') }])
  })

  it('is not obeyed when its client could not come back', async () => {
    const events = createMemoryEventLog({
      maxEvents: 10,
      maxBytes: 1e6,
      maxAgeMs: 60_000,
      clock: systemClock,
      log: silentLog,
    })
    await events.close()
    const alone = await startStreamServer(gateway, { parts: { events } })
    alone.on('closes', (exchange) => {
      exchange.notify(note('said'))
      exchange.closeStream?.()
      return text('done')
    })
    const frames = await rest(framesOf(await alone.call(session, 'closes')))
    expect(idsOf(frames)).toEqual([undefined, undefined])
    expect(messagesIn(frames)).toHaveLength(2)
    await alone.close()
  })
})
