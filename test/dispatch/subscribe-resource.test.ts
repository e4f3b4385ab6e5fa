import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { ann, ask, type Asked, toRequest } from './ask.js'

let test: TestGateway
beforeAll(async () => {
  test = await startTestGateway()
  await test.publish('journey_tools')
})
afterAll(() => test.stop())

async function openSession() {
  const { sessions } = test.parts
  if (sessions === undefined) throw new Error('this gateway has no sessions')
  const hello = { version: '2025-11-25', capabilities: {}, clientInfo: {} }
  const session = await sessions.find(ann, await sessions.open(ann, hello))
  const send = (method: string, uri: string) =>
    ask(test, toRequest({ method, params: { uri }, session } as Asked))
  return {
    subscribe: (uri: string) => send('resources/subscribe', uri),
    unsubscribe: (uri: string) => send('resources/unsubscribe', uri),
    uris: async () => [...(await sessions.subscriptions(session))],
  }
}

describe('a subscription to a resource', () => {
  it.each(['journey://static', 'journey://items/7', 'mcp://function-call/0198c0de'])(
    'of %s lasts in its session until it is taken back [L8]',
    async (uri) => {
      const session = await openSession()
      expect((await session.subscribe(uri)).result).toEqual({})
      expect(await session.uris()).toEqual([uri])
      expect((await session.unsubscribe(uri)).result).toEqual({})
      expect(await session.uris()).toEqual([])
    },
  )

  it.each(['journey://nothing', 'file:///etc/passwd', ''])(
    'of %j, which is not there, is refused, and taking it back is not',
    async (uri) => {
      const session = await openSession()
      await expect(session.subscribe(uri)).rejects.toMatchObject({
        code: 'RESOURCE_NOT_FOUND',
        data: { uri },
      })
      expect(await session.uris()).toEqual([])
      expect((await session.unsubscribe(uri)).result).toEqual({})
    },
  )

  it('of one session is not one of another', async () => {
    const [first, second] = [await openSession(), await openSession()]
    await first.subscribe('journey://static')
    expect(await second.uris()).toEqual([])
  })
})
