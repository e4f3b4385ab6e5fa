import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  answerOf as readAnswer,
  messagesOf,
  next,
  type RpcMessage,
} from '../support/event-stream.js'
import type { TestGateway } from '../support/gateway.js'
import { readStoredCalls } from '../support/records.js'
import { hasRedis } from '../support/redis.js'
import { openSession } from '../support/session.js'
import { startTwoGateways, type TwoGateways } from '../support/two-gateways.js'

const isSkipped = !hasRedis && process.env['CI'] !== 'true'
if (isSkipped) console.warn('session requests: skipped without redis-server: apt-get install redis')

let both: TwoGateways | undefined
let a: TestGateway
let b: TestGateway
beforeAll(async () => {
  if (isSkipped) return
  both = await startTwoGateways()
  a = both.first
  b = both.second
  await a.publish('journey_tools')
  await a.publish('asking_tools')
})
afterAll(() => both?.stop())

type Headers = Record<string, string>

const open = async (capabilities: object = { elicitation: {} }) =>
  openSession(a.url, { token: await a.tokenFor('ann'), capabilities })

const post = (gateway: TestGateway, headers: Headers, message: object) =>
  fetch(`${gateway.url}/default/mcp`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  })

const call = (name: string, id: string | number = 1) => ({
  id,
  method: 'tools/call',
  params: { name, arguments: {} },
})

const answerOf = ({ id }: RpcMessage) => ({
  id,
  result: { action: 'accept', content: { name: 'Ann' } },
})

describe.skipIf(isSkipped)('a function that asks the client of a session', () => {
  it.each([
    ['the instance where it runs', () => a],
    ['another instance', () => b],
  ])('gets the answer that arrives at %s [L12]', async (_where, instance) => {
    const session = await open()
    const messages = messagesOf(await post(a, session, call('greet')))
    const question = await next(messages)
    expect(question).toMatchObject({ method: 'elicitation/create' })
    expect((await post(instance(), session, answerOf(question))).status).toBe(202)
    expect(await next(messages)).toMatchObject({
      id: 1,
      result: { content: [{ text: 'Hello, Ann!' }] },
    })
    expect((await messages.next()).done).toBe(true)
  })

  it("is not answered by another user's session, nor by another session of the user", async () => {
    const session = await open()
    const messages = messagesOf(await post(a, session, call('greet')))
    const question = await next(messages)
    const others = [
      await open(),
      await openSession(a.url, {
        token: await a.tokenFor('bob'),
        capabilities: { elicitation: {} },
      }),
    ]
    for (const other of others)
      for (const instance of [a, b])
        expect((await post(instance, other, answerOf(question))).status).toBe(202)
    await post(b, session, answerOf(question))
    expect(await next(messages)).toMatchObject({ id: 1 })
  })

  it('hears that the client refused', async () => {
    const session = await open()
    const messages = messagesOf(await post(a, session, call('greet')))
    const { id } = await next(messages)
    await post(b, session, { id, error: { code: -1, message: 'not now' } })
    expect(JSON.stringify(await next(messages))).toContain('not now')
  })

  it('is told so when the client takes no questions', async () => {
    const response = await post(a, await open({}), call('greet'))
    expect(await readAnswer(response)).toMatchObject({ result: { isError: true } })
  })
})

describe.skipIf(isSkipped)('a request that its client cancels', () => {
  const cancelled = (requestId: string | number) => ({
    method: 'notifications/cancelled',
    params: { requestId },
  })

  it.each([
    ['the instance where it runs', () => a, 'here'],
    ['another instance', () => b, 'there'],
  ])('ends without an answer, said to %s', async (_where, instance, id) => {
    const session = await open()
    const messages = messagesOf(await post(a, session, call('wait', id)))
    expect(await next(messages)).toMatchObject({ method: 'notifications/message' })
    expect((await post(instance(), session, cancelled(id))).status).toBe(202)
    expect((await messages.next()).done).toBe(true)
    const [latest] = await readStoredCalls(a.dataFolder)
    expect(latest).toMatchObject({ name: 'wait', status: 'cancelled' })
  })

  it('goes on when another session, or another id, is cancelled', async () => {
    const session = await open()
    const messages = messagesOf(await post(a, session, call('wait', 1)))
    await next(messages)
    await post(b, await open(), cancelled(1))
    await post(b, session, cancelled('1'))
    await post(a, session, { method: 'notifications/cancelled', params: { requestId: {} } })
    await post(b, session, cancelled(1))
    expect((await messages.next()).done).toBe(true)
  })

  it('may have ended already', async () => {
    const session = await open()
    await post(a, session, call('refuse', 5))
    expect((await post(a, session, cancelled(5))).status).toBe(202)
  })
})
