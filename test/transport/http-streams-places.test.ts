import { once } from 'node:events'
import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { Exchange } from '../../src/dispatch/dispatch.js'
import { framesOf, messagesOf, next, rest } from '../support/event-stream.js'
import { modernRequest } from '../support/modern-post.js'
import { sendRaw } from '../support/raw-request.js'
import { gateway, server, session, useOwnStreamServer } from './own-stream-server.js'
import {
  messagesIn,
  note,
  slowCall,
  startStreamServer,
  type StreamServer,
  text as said,
} from './stream-server.js'

useOwnStreamServer()

const listen = async ({ url }: StreamServer) => {
  const token = await gateway.tokenFor('ann')
  const params = { notifications: { toolsListChanged: true } }
  return fetch(
    `${url}/default/mcp`,
    modernRequest('subscriptions/listen', params, { token, id: 7 }),
  )
}

/** As `subscriptions/listen` does: it answers when the server closes. */
const listenUntilClosing = async (exchange: Exchange) => {
  exchange.notify({ jsonrpc: '2.0', method: 'acknowledged' })
  await new Promise((resolve) => exchange.closing.addEventListener('abort', resolve))
  return { ended: true }
}

it.each([false, true])('an answer that nobody reads ends (a stream: %s)', async (isStream) => {
  const small = await startStreamServer(gateway, { unreadMs: 100, maxConnections: 1 })
  small.on('large', (exchange) => {
    if (isStream) exchange.notify(note('begun'))
    return said('x'.repeat(32 * 1024 * 1024))
  })
  const token = await gateway.tokenFor('ann')
  const { body, ...options } = modernRequest('tools/call', { name: 'large' }, { token })
  const headers = Object.fromEntries(new Headers(options.headers))
  const asked = request(`${small.url}/default/mcp`, { method: 'POST', headers, agent: false })
  asked.on('error', () => undefined).end(body)
  const [response] = await once(asked, 'response')
  response.pause()
  const port = Number(new URL(small.url).port)
  const another = () => sendRaw({ port, path: '/nowhere' }).then(({ status }) => status, String)
  await expect.poll(another, { timeout: 10_000 }).toBe(404)
  response.on('error', () => undefined).destroy()
  await small.close()
})

describe('streams that stand open', () => {
  it('show that they live, those of modern calls too [M4]', async () => {
    const lively = await startStreamServer(gateway, { heartbeatMs: 5 })
    lively.on('listen', listenUntilClosing)
    const standing = framesOf(await lively.get(session))
    const modern = framesOf(await listen(lively))
    for (const frames of [standing, modern]) {
      await next(frames)
      for (let beats = 0; beats < 3; beats++)
        expect(await next(frames)).toMatchObject({ isComment: true })
    }
    await lively.close()
  })

  it('are limited for a user: one more is refused until one has ended', async () => {
    const small = await startStreamServer(gateway, { placeLimits: { maxPerUser: 2 } })
    const leave = new AbortController()
    const open = [await small.open(), await small.open(), await small.open()] as const
    await next(framesOf(await small.get(open[0], undefined, leave.signal)))
    const second = await small.get(open[1])
    const refused = await small.get(open[2])
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await refused.json()).toMatchObject({ error: { code: -31005 } })
    const bob = await small.get(await small.open({ userId: 'bob' }))
    expect(bob.status).toBe(200)
    leave.abort()
    await expect.poll(async () => (await small.get(open[2])).status).toBe(200)
    await Promise.all([second.body?.cancel(), bob.body?.cancel()])
    await small.close()
  })

  it('of subscriptions/listen are counted with them', async () => {
    const small = await startStreamServer(gateway, { placeLimits: { maxPerUser: 1 } })
    small.on('listen', listenUntilClosing)
    const first = await listen(small)
    const messages = messagesOf(first)
    await next(messages)
    const second = await listen(small)
    expect(second.status).toBe(429)
    expect(second.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await second.json()).toMatchObject({ id: 7, error: { code: -31005 } })
    await small.close()
    expect(await rest(messages)).toMatchObject([{ id: 7, result: { ended: true } }])
  })

  it('end when the server closes, before it waits for calls, and no new ones begin', async () => {
    const closing = await startStreamServer(gateway)
    const gate = slowCall(closing)
    const standing = framesOf(await closing.get(session))
    await next(standing)
    const call = framesOf(await closing.call(session, 'slow'))
    await next(call)
    const other = await closing.open()
    const abandoned = framesOf(await closing.call(other, 'slow', 2))
    const resumed = framesOf(await closing.get(other, (await next(abandoned)).id))
    await next(resumed)
    const closed = closing.close(20_000)
    await rest(standing)
    await rest(resumed)
    gate.open()
    expect(messagesIn(await rest(call))).toHaveLength(3)
    await closed
  })

  it('and calls whose clients have gone: the server waits for what they still say', async () => {
    const closing = await startStreamServer(gateway)
    const gate = slowCall(closing)
    const controller = new AbortController()
    const frames = framesOf(await closing.call(session, 'slow', 3, controller.signal))
    const { id } = await next(frames)
    controller.abort()
    const closed = closing.close(20_000)
    gate.open()
    await closed
    const messages = await rest(messagesOf(await server.get(session, id)))
    expect(messages.at(-1)).toMatchObject({ id: 3, result: {} })
  })
})
