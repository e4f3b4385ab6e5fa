import { describe, expect, it } from 'vitest'
import { framesOf, next, rest } from '../support/event-stream.js'
import { server, session, useOwnStreamServer } from './own-stream-server.js'
import { cancelOf, createGate, idsOf, messagesIn, note, text, toolCall } from './stream-server.js'

useOwnStreamServer()

describe('a call in a session', () => {
  it('is answered in JSON when there is nothing to say and the answer is there [L4]', async () => {
    server.on('quick', () => text('tea'))
    const response = await server.call(session, 'quick')
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(await response.json()).toMatchObject({ id: 1, result: text('tea') })
  })

  it('that takes a while is a stream in 2025-11-25, which begins with an id to come back with', async () => {
    const gate = createGate()
    server.on('silent', async () => {
      await gate.opened
      return text('late')
    })
    // Nothing is said: the head of the answer comes before the answer.
    const frames = framesOf(await server.call(session, 'silent', 'a call'))
    const first = await next(frames)
    expect(first).toMatchObject({
      id: expect.stringMatching(/^[\w-]{12}~[\w-]+\.\S+$/),
      retry: '1000',
    })
    expect(first.message).toBeUndefined()
    gate.open()
    const [last, ...more] = await rest(frames)
    expect(last?.message).toMatchObject({ id: 'a call', result: text('late') })
    expect(last?.id).toMatch(/\.last$/)
    expect(more).toEqual([])
  })

  it.each(['2024-11-05', '2025-03-26', '2025-06-18'])(
    'gets in %s an id with each message, and no event without data',
    async (version) => {
      const early = await server.open({ version })
      server.on('says', (exchange) => {
        exchange.notify(note('said'))
        expect(exchange.closeStream).toBeUndefined()
        return text('done')
      })
      const frames = await rest(framesOf(await server.call(early, 'says')))
      expect(messagesIn(frames)).toHaveLength(2)
      expect(new Set(idsOf(frames)).size).toBe(2)
      expect(idsOf(frames)).not.toContain(undefined)
    },
  )

  it('has ids of its own: no two streams of a session share one [L11]', async () => {
    server.on('says', (exchange) => {
      exchange.notify(note('said'))
      return text('done')
    })
    const calls = Array.from({ length: 5 }, () => server.call(session, 'says'))
    const frames = await Promise.all(calls.map(async (response) => rest(framesOf(await response))))
    const ids = idsOf(frames.flat())
    expect(ids).toHaveLength(15)
    expect(new Set(ids).size).toBe(15)
  })

  it('says nothing more once its client has cancelled it', async () => {
    const cancelled = createGate()
    server.on('stubborn', async (exchange) => {
      exchange.notify(note('begun'))
      exchange.signal.addEventListener('abort', () => cancelled.open())
      await cancelled.opened
      exchange.notify(note('too late'))
      return text('too late')
    })
    const frames = framesOf(await server.call(session, 'stubborn', 'c'))
    const seen = [await next(frames), await next(frames)]
    await server.post(session, cancelOf('c'))
    seen.push(...(await rest(frames)))
    expect(JSON.stringify(messagesIn(seen))).not.toContain('too late')
    // The end has an id too: whoever comes back with it is told not to.
    expect((await server.get(session, seen.at(-1)?.id)).status).toBe(204)
    const replayed = await rest(framesOf(await server.get(session, seen[0]?.id)))
    expect(messagesIn(replayed)).toHaveLength(1)
  })

  it('of a batch: each member can be cancelled, the others are answered [L13]', async () => {
    const early = await server.open({ version: '2025-03-26' })
    server.on('waits', async (exchange) => {
      exchange.notify(note('begun'))
      await new Promise((resolve) => exchange.signal.addEventListener('abort', resolve))
      return text('too late')
    })
    server.on('quick', () => text('tea'))
    const frames = framesOf(
      await server.post(early, [toolCall('waits', 'a'), toolCall('quick', 'b')]),
    )
    await next(frames)
    await server.post(early, cancelOf('a'))
    const answers = await rest(frames)
    expect(answers.map(({ message }) => message)).toMatchObject([{ id: 'b', result: text('tea') }])
    expect((await server.get(early, answers[0]?.id)).status).toBe(204)
  })
})
