import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/protocol/protocol.js'
import { ann, exchangeOf, latestRecord, toolCall } from './ask.js'
import {
  accept,
  type DrivenGateway,
  everything,
  named,
  roundClient,
  type RoundReply,
  startDrivenGateway,
} from './round-client.js'

let test: DrivenGateway
beforeAll(async () => {
  test = await startDrivenGateway()
})
afterAll(() => test.stop())

const { send } = roundClient(() => test)

describe('a question that cannot be asked', () => {
  const required = (requiredCapabilities: JsonObject) => ({
    code: 'MISSING_CAPABILITY',
    data: { requiredCapabilities },
  })

  it.each([
    ['greet', {}, { elicitation: { form: {} } }],
    ['greet', { elicitation: { url: {} } }, { elicitation: { form: {} } }],
    ['visit', { elicitation: {} }, { elicitation: { url: {} } }],
    ['sample_with_tools', { sampling: {} }, { sampling: { tools: {} } }],
    ['everything', { elicitation: {} }, { sampling: {}, roots: {} }],
  ])(
    'because %s needs more than %j says what is missing [M13]',
    async (name, declared, missing) => {
      await expect(send(name, { declared })).rejects.toMatchObject(required(missing))
      expect(await latestRecord(test)).toMatchObject({
        status: 'failed',
        error: { code: 'MISSING_CAPABILITY' },
      })
    },
  )

  it('because no answer could fit its schema is an error of the tool', async () => {
    expect(await send('impossible')).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('requestedSchema of the question "user"') }],
    })
  })

  it('because the conversation has grown too large is an error of the tool', async () => {
    expect(await send('hoard', { params: { arguments: { bytes: 60_000 } } })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('at most 65536') }],
    })
  })
})

describe('a question in a revision with a handshake', () => {
  const legacy = async (name: string, ask_?: (method: string, params: JsonObject) => unknown) => {
    const asked = toolCall(name, {}, { clientCapabilities: everything })
    const signals: AbortSignal[] = []
    const exchange = exchangeOf({
      ...(ask_ && {
        ask: async (method: string, params: JsonObject, signal: AbortSignal) => {
          signals.push(signal)
          return ask_(method, params)
        },
      }),
    })
    const result: RoundReply = await test.gateway.dispatch.handle(ann, asked, exchange)
    return { result, signals }
  }

  it('is a request for whose answer the function waits', async () => {
    const { result, signals } = await legacy('interview', () => named('Ann'))
    expect(result.structuredContent).toEqual({ names: ['Ann', 'Ann'], runs: 1 })
    expect(signals.every(({ aborted }) => aborted)).toBe(true)
    expect(await latestRecord(test)).toMatchObject({ status: 'completed' })
  })

  it('gives the visit of a page an id', async () => {
    const seen: JsonObject[] = []
    await legacy('visit', (_method, params) => {
      seen.push(params)
      return { action: 'accept' }
    })
    expect(seen).toMatchObject([{ mode: 'url', elicitationId: expect.any(String) }])
  })

  it('with an answer that does not fit is an error of the tool', async () => {
    expect((await legacy('greet', () => accept({ name: 7 }))).result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('content/name: must be string') }],
    })
  })

  it('cannot be asked where the connection takes none', async () => {
    expect((await legacy('careful')).result.content).toMatchObject([
      { text: expect.stringContaining('takes no questions') },
    ])
  })
})
