import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { McpRequest } from '../../src/protocol/protocol.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'
import { readStoredCalls } from '../support/records.js'
import { answerOf } from '../support/event-stream.js'
import { openSession } from '../support/session.js'
import { ann, ask, type Asked, exchangeOf, stranger, toRequest } from './ask.js'

let test: TestGateway
beforeAll(async () => {
  const limits = { MAX_CALLS_PER_USER: '1', RATE_FUNCTION_PER_MINUTE: '20' }
  test = await startTestGateway({ env: { CALL_TIMEOUT_MS: '1500', ...limits } })
  await test.publish('journey_tools')
  await test.publish('completing_tools')
})
afterAll(() => test.stop())

const prompt = (name: string) => ({ type: 'ref/prompt', name })
const resource = (uri: string) => ({ type: 'ref/resource', uri })
const PAGES = 'completing://{+folder}/pages{?page,lang}'

const toCompletion = (params: object, more: Partial<McpRequest> = {}) =>
  toRequest({ method: 'completion/complete', params, ...more } as Asked)

async function complete(
  [ref, name, value = '']: readonly [ref: object, name: string, value?: string],
  context?: object,
  more?: Partial<McpRequest>,
) {
  const params = { ref, argument: { name, value }, context }
  return (await ask(test, toCompletion(params, more))).result
}

describe('a completion', () => {
  it('suggests for an argument of a prompt what its function returns', async () => {
    expect(await complete([prompt('greet'), 'name', 'A'])).toEqual({
      completion: { values: ['Ada', 'Alan', 'Ann'], total: 3, hasMore: false },
    })
  })

  it('suggests for a variable of a template at most 100 values, and says that there are more', async () => {
    const { completion } = await complete([resource('journey://items/{id}'), 'id'])
    expect(completion).toMatchObject({ total: 300, hasMore: true })
    expect(completion).toHaveProperty('values.length', 100)
    expect(await complete([resource('journey://items/{id}'), 'id', '29'])).toMatchObject({
      completion: { values: expect.arrayContaining(['29', '299']), total: 11, hasMore: false },
    })
  })

  it.each([
    ['folder', 'a', { values: ['a1'], total: 9, hasMore: true }],
    ['page', '', { values: ['1'], total: 9, hasMore: true }],
    ['lang', 'd', { values: ['de'], total: 1, hasMore: false }],
  ])(
    'knows the variable %s of a template in whatever form it stands',
    async (name, value, said) => {
      expect(await complete([resource(PAGES), name, value])).toEqual({ completion: said })
    },
  )

  it('is told what is known already, in the revisions in which clients say it', async () => {
    const known = { arguments: { name: 'Ada' } }
    expect(await complete([prompt('greet'), 'tone'], known)).toMatchObject({
      completion: { values: ['admiring', 'kind', 'stern'] },
    })
    expect(await complete([prompt('greet'), 'tone'])).toMatchObject({
      completion: { values: ['kind', 'stern'] },
    })
    for (const [version, values] of [
      ['2025-06-18', ['name=Ada']],
      ['2025-03-26', []],
      ['2024-11-05', []],
    ] as const)
      expect(await complete([prompt('ask'), 'known'], known, { version })).toMatchObject({
        completion: { values },
      })
  })

  it.each([
    ['a prompt without a function for it', prompt('plain'), 'topic'],
    ['a resource that is no template', resource('completing://plain'), 'anything'],
  ])('of %s is empty', async (_kind, ref, name) => {
    expect(await complete([ref, name])).toEqual({ completion: { values: [], hasMore: false } })
  })

  it.each([
    ['an unknown prompt', prompt('nope'), 'name', 'params.ref.name: there is no prompt "nope"'],
    [
      'an unknown template',
      resource('journey://items/7'),
      'id',
      'params.ref.uri: there is no resource template "journey://items/7"',
    ],
    ['an unknown type', { type: 'ref/tool', name: 'echo' }, 'text', 'params.ref.type: must be one'],
    ['no type', {}, 'text', 'params.ref.type: must be one of ref/prompt, ref/resource'],
    ['a prompt by URI', { type: 'ref/prompt', uri: 'a' }, 'name', 'params.ref.name: must be'],
    ['a template by name', { type: 'ref/resource', name: 'item' }, 'id', 'params.ref.uri: must be'],
    ['an undeclared argument', prompt('greet'), 'mood', 'params.argument.name: greet declares no'],
    ['a prompt without arguments', prompt('bare'), 'mood', 'params.argument.name: bare declares'],
    [
      'an undeclared variable',
      resource(PAGES),
      '{?page,lang}',
      `params.argument.name: ${PAGES} declares no "{?page,lang}"`,
    ],
  ])('of %s is refused, naming the field', async (_kind, ref, name, message) => {
    await expect(complete([ref, name])).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      message: expect.stringContaining(message),
    })
  })

  it("never reaches another endpoint's prompt", async () => {
    const params = { ref: prompt('greet'), argument: { name: 'name', value: '' } }
    const asked = ask(test, toCompletion(params), { caller: stranger })
    await expect(asked).rejects.toMatchObject({ code: 'INVALID_PARAMS' })
  })
})

describe('a completion function', () => {
  it.each([
    ['throws', 'FUNCTION_FAILED', /^the dictionary is lost$/],
    ['lies', 'RESULT_INVALID', /array of strings/],
    ['asks', 'FUNCTION_FAILED', /cannot be asked/],
    ['spins', 'CALL_TIMED_OUT', /did not answer in its time/],
  ])('that %s is an error with its reason', async (name, code, message) => {
    await expect(complete([prompt('ask'), name])).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })

  it('ends when its caller cancels', async () => {
    const controller = new AbortController()
    const notes: unknown[] = []
    const exchange = {
      signal: controller.signal,
      closing: new AbortController().signal,
      notify: (note: unknown) => {
        notes.push(note)
        controller.abort()
      },
    }
    const params = { ref: prompt('ask'), argument: { name: 'waits', value: '' } }
    const waiting = toCompletion(params, { logLevel: 'info' })
    await expect(test.gateway.dispatch.handle(ann, waiting, exchange)).rejects.toMatchObject({
      code: 'CALL_CANCELLED',
    })
    expect(notes).toMatchObject([{ method: 'notifications/message', params: { data: 'waiting' } }])
  })

  it('takes the place of a call of its user while it runs, and no longer', async () => {
    const leaving = new AbortController()
    let refused: Promise<unknown> | undefined
    const notify = () => {
      refused ??= complete([prompt('greet'), 'name']).catch((error: unknown) => error)
      void refused.then(() => leaving.abort())
    }
    const params = { ref: prompt('ask'), argument: { name: 'waits', value: '' } }
    const waiting = toCompletion(params, { logLevel: 'info' })
    const exchange = exchangeOf({ signal: leaving.signal, notify })
    await expect(test.gateway.dispatch.handle(ann, waiting, exchange)).rejects.toMatchObject({
      code: 'CALL_CANCELLED',
    })
    expect(await refused).toMatchObject({ code: 'RATE_LIMITED', data: { limit: 'user' } })
    expect(await complete([prompt('greet'), 'name', 'A'])).toHaveProperty('completion')
  })

  it('is counted, apart from the calls of what it completes', async () => {
    const spend = async () => {
      for (let n = 0; n <= 20; n++) await complete([resource(PAGES), 'page'])
    }
    await expect(spend()).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      data: { limit: 'function' },
    })
    expect(await complete([prompt('greet'), 'name', 'A'])).toHaveProperty('completion')
    const uri = 'completing://a/pages'
    const read = ask(test, toRequest({ method: 'resources/read', params: { uri } }))
    expect(await read.catch((error: unknown) => error)).not.toMatchObject({ code: 'RATE_LIMITED' })
  })

  it('learns who asks, and where the request belongs in a trace [M62]', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    expect(await complete([prompt('ask'), 'trace'], undefined, { trace: { traceparent } })).toEqual(
      {
        completion: { values: [traceparent, 'ann', 'default'], total: 3, hasMore: false },
      },
    )
  })

  it('leaves no record of a call: clients ask at every keystroke', async () => {
    const before = await readStoredCalls(test.dataFolder)
    await complete([prompt('greet'), 'name', 'A'])
    expect(await readStoredCalls(test.dataFolder)).toEqual(before)
  })
})

describe('over HTTP a completion', () => {
  const params = {
    ref: prompt('greet'),
    argument: { name: 'tone', value: 'a' },
    context: { arguments: { name: 'Ada' } },
  }

  it('is answered in 2026-07-28', async () => {
    const post = modernPost('completion/complete', params, await test.tokenFor('ann'))
    const response = await fetch(new URL('/default/mcp', test.url), post)
    expect(await response.json()).toMatchObject({
      result: {
        resultType: 'complete',
        completion: { values: ['admiring'], total: 1, hasMore: false },
      },
    })
  })

  it('is answered in a session [L8]', async () => {
    const headers = await openSession(test.url, { token: await test.tokenFor('ann') })
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'completion/complete', params })
    const url = new URL('/default/mcp', test.url)
    const response = await fetch(url, { method: 'POST', headers, body })
    expect(await answerOf(response)).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { completion: { values: ['admiring'], total: 1, hasMore: false } },
    })
  })
})
