import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { framesOf, messagesOf, next, rest } from '../support/event-stream.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { hasRedis, startTestRedis } from '../support/redis.js'
import { startTwoGateways, type TwoGateways } from '../support/two-gateways.js'
import {
  createGate,
  cutAfter,
  type Headers,
  messagesIn,
  note,
  slowCall,
  startStreamServer,
  type StreamServer,
  text,
} from './stream-server.js'

const isSkipped = !hasRedis && process.env['CI'] !== 'true'
if (isSkipped) console.warn('streams: skipped without redis-server: apt-get install redis')

let both: TwoGateways | undefined
let gatewayA: TestGateway
let gatewayB: TestGateway
beforeAll(async () => {
  if (isSkipped) return
  both = await startTwoGateways()
  gatewayA = both.first
  gatewayB = both.second
  await gatewayA.publish('asking_tools')
  await gatewayA.publish('journey_tools')
})
afterAll(() => both?.stop())

let a: StreamServer
let b: StreamServer
let session: Headers
beforeEach(async () => {
  if (isSkipped) return
  a = await startStreamServer(gatewayA)
  b = await startStreamServer(gatewayB)
  session = await a.open({ capabilities: { elicitation: {} } })
})
afterEach(async () => {
  if (isSkipped) return
  await b.close()
  await a.close()
})

const tools = { type: 'list.changed', list: 'tools' } as const

describe.skipIf(isSkipped)('a call whose connection was cut', () => {
  it('is resumed at another instance, nothing lost and nothing doubled [L11]', async () => {
    const total = 300
    const cutAt = createGate()
    a.on('counts', async (exchange) => {
      for (let n = 0; n < total; n++) {
        exchange.notify(note(n))
        if (n === total / 2) await cutAt.opened
        if (n % 50 === 0) await new Promise(setImmediate)
      }
      return text('done')
    })
    const seen = await cutAfter(20, a, { headers: session, name: 'counts' })
    const resumed = framesOf(await b.get(session, seen.at(-1)?.id))
    while (seen.length < 100) seen.push(await next(resumed))
    cutAt.open()
    seen.push(...(await rest(resumed)))
    const messages = messagesIn(seen)
    expect(messages.at(-1)).toMatchObject({ id: 'cut', result: text('done') })
    const counted = messages.slice(0, -1).map(({ params }) => params?.['data'])
    expect(counted).toEqual(Array.from({ length: total }, (_none, n) => n))
    expect((await a.get(session, seen.at(-1)?.id)).status).toBe(204)
  })

  it('is asked and answered through the other instance alone [L11, L12]', async () => {
    a.on('asks', async (exchange) => {
      const never = new AbortController().signal
      return text(JSON.stringify(await exchange.ask?.('elicitation/create', {}, never)))
    })
    const [first] = await cutAfter(2, a, { headers: session, name: 'asks' })
    const messages = messagesOf(await b.get(session, first?.id))
    const question = await next(messages)
    expect(question).toMatchObject({ method: 'elicitation/create' })
    const answer = { jsonrpc: '2.0', id: question.id, result: { action: 'decline' } }
    expect((await b.post(session, answer)).status).toBe(202)
    expect(await rest(messages)).toMatchObject([
      { id: 'cut', result: text('{"action":"decline"}') },
    ])
  })

  it('moves from one instance to the other while its first connection stays [L11]', async () => {
    const gate = slowCall(a)
    const first = framesOf(await a.call(session, 'slow', 'cut'))
    const { id } = await next(first)
    await next(first)
    const second = framesOf(await b.get(session, id))
    await rest(first)
    const third = framesOf(await a.get(session, id))
    await rest(second)
    gate.open()
    expect(messagesIn(await rest(third))).toMatchObject([
      note('begun'),
      note('ending'),
      { id: 'cut' },
    ])
  })

  it('is followed to its end without an answer when it is cancelled there', async () => {
    a.on('waits', async (exchange) => {
      exchange.notify(note('begun'))
      await new Promise((resolve) => exchange.signal.addEventListener('abort', resolve))
      return text('too late')
    })
    const [first] = await cutAfter(1, a, { headers: session, name: 'waits' })
    const messages = messagesOf(await b.get(session, first?.id))
    expect(await next(messages)).toMatchObject(note('begun'))
    await b.post(session, {
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: 'cut' },
    })
    expect(await rest(messages)).toEqual([])
  })

  it('that closed its own stream is answered at the other instance', async () => {
    const gate = createGate()
    a.on('closes', async (exchange) => {
      exchange.closeStream?.()
      await gate.opened
      return text('done')
    })
    const [only] = await rest(framesOf(await a.call(session, 'closes', 'cut')))
    const messages = messagesOf(await b.get(session, only?.id))
    gate.open()
    expect(await rest(messages)).toMatchObject([{ id: 'cut', result: text('done') }])
  })
})

describe.skipIf(isSkipped)("a bundle's function", () => {
  const callOf = (name: string, args: object) => ({
    jsonrpc: '2.0',
    id: 5,
    method: 'tools/call',
    params: { name, arguments: args },
  })
  const send = (gateway: TestGateway, message?: object, more: object = {}) =>
    fetch(`${gateway.url}/default/mcp`, {
      method: message ? 'POST' : 'GET',
      headers: { ...session, ...more },
      ...(message && { body: JSON.stringify(message) }),
    })

  it('closes its stream and is answered at another instance', async () => {
    const call = await send(gatewayA, callOf('close_stream', { ms: 1 }))
    const [only, ...more] = await rest(framesOf(call))
    expect(more).toEqual([])
    const resumed = await send(gatewayB, undefined, { 'last-event-id': only?.id })
    expect(await rest(messagesOf(resumed))).toMatchObject([
      { id: 5, result: text('answered after the stream was closed') },
    ])
  })

  it('has asked before the cut, and is answered through another instance [L12]', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const call = await fetch(`${gatewayA.url}/default/mcp`, {
      method: 'POST',
      headers: session,
      body: JSON.stringify(callOf('greet', {})),
      signal,
    })
    const frames = framesOf(call)
    const first = await next(frames)
    await next(frames)
    controller.abort()
    const messages = messagesOf(await send(gatewayB, undefined, { 'last-event-id': first.id }))
    const { id } = await next(messages)
    const result = { action: 'accept', content: { name: 'Ann' } }
    await send(gatewayB, { jsonrpc: '2.0', id, result })
    expect(await rest(messages)).toMatchObject([{ id: 5, result: text('Hello, Ann!') }])
  })

  it('announces a change, which clients of another instance hear', async () => {
    const frames = framesOf(await send(gatewayB))
    await next(frames)
    // As JSON or as a stream, whichever was faster.
    await (await send(gatewayA, callOf('announce', { kind: 'prompts' }))).text()
    expect(await next(frames)).toMatchObject({
      message: { method: 'notifications/prompts/list_changed' },
    })
  })
})

describe.skipIf(isSkipped)('the stream of a session outside of calls', () => {
  it('hears what another instance tells, and is ended by a newer one there [L11]', async () => {
    const first = framesOf(await a.get(session))
    await next(first)
    await b.signals.send('default', tools)
    const changed = { method: 'notifications/tools/list_changed' }
    expect(await next(first)).toMatchObject({ message: changed })
    const second = framesOf(await b.get(session))
    await next(second)
    expect(await rest(first)).toEqual([])
    await a.signals.send('default', tools)
    expect(await next(second)).toMatchObject({ message: changed })
  })

  it('goes on at another instance, where it was cut', async () => {
    const controller = new AbortController()
    const first = framesOf(await a.get(session, undefined, controller.signal))
    const { id } = await next(first)
    controller.abort()
    await a.signals.send('default', tools)
    const second = framesOf(await b.get(session, id))
    await next(second)
    expect(await next(second)).toMatchObject({
      message: { method: 'notifications/tools/list_changed' },
    })
  })

  it('ends everywhere with a DELETE at one instance [L7]', async () => {
    const frames = framesOf(await a.get(session))
    await next(frames)
    await fetch(`${b.url}/default/mcp`, { method: 'DELETE', headers: session })
    expect(await rest(frames)).toEqual([])
  })
})

describe.skipIf(isSkipped)('without Redis for a while', () => {
  it('a call is answered, without ids, and whoever follows hears of the gap', async () => {
    const other = await startTestRedis()
    const env = { REDIS_URL: other.url }
    const alone = await startTestGateway({ env, sharing: gatewayA })
    const server = await startStreamServer(alone)
    const own = await server.open()
    const before = createGate()
    const after = createGate()
    server.on('talks', async (exchange) => {
      exchange.notify(note('kept'))
      await before.opened
      exchange.notify(note('not kept'))
      await after.opened
      return text('done')
    })
    const frames = framesOf(await server.call(own, 'talks', 't'))
    const first = await next(frames)
    expect((await next(frames)).id).toBeDefined()
    await other.kill()
    before.open()
    const unkept = await next(frames)
    expect(unkept).toMatchObject({ message: note('not kept') })
    expect(unkept.id).toBeUndefined()
    await other.restart()
    await expect
      .poll(() => server.signals.send('default', tools), { timeout: 10_000 })
      .toBeDefined()
    after.open()
    const [answer] = await rest(frames)
    expect(answer).toMatchObject({ message: { id: 't', result: text('done') } })
    expect(answer?.id).toBeUndefined()
    const replayed = await rest(messagesOf(await server.get(own, first.id)))
    expect(replayed).toMatchObject([
      note('kept'),
      { params: { level: 'warning', logger: 'mcp-daemon' } },
      { id: 't', result: text('done') },
    ])
    await server.close()
    await alone.stop()
    await other.stop()
  })
})
