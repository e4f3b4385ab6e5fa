import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { McpRequest } from '../../src/protocol/protocol.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'
import { readStoredCalls } from '../support/records.js'
import { ann, ask, stranger, toolCall } from './ask.js'

const env = { CALL_TIMEOUT_MS: '5000', EXECUTOR: 'worker' }

let test: TestGateway
let other: TestGateway
beforeAll(async () => {
  test = await startTestGateway({ env })
  other = await startTestGateway({ env, sharing: test })
  for (const endpointId of ['default', 'elsewhere']) await test.publish('journey_tools', endpointId)
  await test.publish('task_tools', 'tasks')
})
afterAll(async () => {
  await other.stop()
  await test.stop()
})

let key: string
let serial = 0
beforeEach(() => {
  key = `key-${++serial}`
})

const whoami = (more: Partial<McpRequest> = {}) =>
  toolCall('whoami', {}, { idempotencyKey: key, ...more })

/** Which call an answer is of, as its function and as its `_meta` say it. */
async function callOf(on: TestGateway, request: McpRequest, caller = ann) {
  const { result, callId } = await ask(on, request, { caller })
  return { answer: result['structuredContent'], callId }
}

const countCalls = async () => (await readStoredCalls(test.dataFolder)).length

describe('the id of a call', () => {
  it('is in the _meta of its answer, beside what the function said there', async () => {
    const { answer, callId } = await callOf(test, toolCall('whoami'))
    expect(answer).toMatchObject({ callId })
  })
})

describe('a call with an idempotency key', () => {
  it('runs once, however often it is asked for, and through any instance', async () => {
    const first = await callOf(test, whoami())
    const before = await countCalls()
    expect(await callOf(test, whoami())).toEqual(first)
    expect(await callOf(other, whoami())).toEqual(first)
    expect(await countCalls()).toBe(before)
  })

  it('runs once when twenty ask at the same time on two instances', async () => {
    const before = await countCalls()
    const asking = Array.from({ length: 20 }, (_, n) => callOf(n % 2 ? test : other, whoami()))
    const ids = new Set((await Promise.all(asking)).map(({ callId }) => callId))
    expect(ids.size).toBe(1)
    expect(await countCalls()).toBe(before + 1)
  })

  it('that still runs is waited for', async () => {
    const request = toolCall('long_call', { steps: 15 }, { idempotencyKey: key })
    const answers = await Promise.all([callOf(test, request), callOf(other, request)])
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]?.answer).toEqual({ done: 15 })
  })

  it('that failed fails again in the same words, without being run', async () => {
    const request = toolCall('fail', {}, { idempotencyKey: key })
    const { result } = await ask(test, request)
    expect(result).toMatchObject({ isError: true, content: [{ text: 'the kettle is empty' }] })
    const before = await countCalls()
    expect((await ask(other, request)).result).toEqual(result)
    expect(await countCalls()).toBe(before)
  })

  it('keeps to its user and its endpoint', async () => {
    const first = await callOf(test, whoami())
    const bob = await callOf(test, whoami(), { ...ann, userId: 'bob' })
    expect(bob.answer).toMatchObject({ userId: 'bob' })
    expect(bob.callId).not.toBe(first.callId)
    const elsewhere = await callOf(test, whoami(), stranger)
    expect(elsewhere.answer).toMatchObject({ endpointId: 'elsewhere' })
  })

  it('is refused for another request with the same key', async () => {
    await callOf(test, whoami())
    for (const request of [
      toolCall('echo', { text: 'x' }, { idempotencyKey: key }),
      toolCall('whoami', { more: 1 }, { idempotencyKey: key }),
    ])
      await expect(ask(test, request)).rejects.toMatchObject({
        code: 'INVALID_PARAMS',
        message: expect.stringContaining('idempotency key was used for another request'),
      })
  })

  it('is free again when nothing was run', async () => {
    const tooMany = startTestGateway({
      env: { ...env, MAX_CALLS_PER_WORKER: '1', MAX_WAITING_CALLS: '0' },
      sharing: test,
    })
    const small = await tooMany
    try {
      const over = new AbortController()
      const running = ask(small, toolCall('wait'), { signal: over.signal }).catch(() => undefined)
      const refused = async () => {
        const error: unknown = await ask(small, whoami()).catch((e: unknown) => e)
        return error
      }
      expect(await refused()).toMatchObject({ code: 'BUSY' })
      over.abort()
      await running
      expect((await callOf(other, whoami())).answer).toMatchObject({ userId: 'ann' })
    } finally {
      await small.stop()
    }
  })

  it('that goes on in the background is one call, and gives its handle again', async () => {
    const caller = { ...ann, endpointId: 'tasks' }
    const request = toolCall('gated', { key }, { idempotencyKey: key })
    const { result } = await ask(test, request, { caller })
    expect((await ask(other, request, { caller })).result).toEqual(result)
    await ask(test, toolCall('open', { key }), { caller })
    expect((await ask(other, request, { caller })).result).toEqual(result)
    const { result: notes } = await ask(test, toolCall('notes', { key }), { caller })
    expect(notes).toMatchObject({ structuredContent: { notes: ['began'] } })
  })
})

describe('over HTTP', () => {
  it.each([7, '', 'x'.repeat(257)])(
    'a key that is %j is refused, naming the member',
    async (wrong) => {
      const params = {
        name: 'whoami',
        arguments: {},
        _meta: { 'dev.mcp-daemon/idempotencyKey': wrong },
      }
      const token = await test.tokenFor('ann')
      const response = await fetch(
        new URL('/default/mcp', test.url),
        modernPost('tools/call', params, token),
      )
      expect(await response.json()).toMatchObject({
        error: {
          code: -32602,
          message: expect.stringContaining('dev.mcp-daemon/idempotencyKey'),
        },
      })
    },
  )

  it('a key in _meta is taken', async () => {
    const params = {
      name: 'whoami',
      arguments: {},
      _meta: { 'dev.mcp-daemon/idempotencyKey': key },
    }
    const token = await test.tokenFor('ann')
    const answers = await Promise.all(
      [test, other].map(async ({ url }) => {
        const path = new URL('/default/mcp', url)
        const response = await fetch(path, modernPost('tools/call', params, token))
        const { result } = (await response.json()) as { result: Record<string, unknown> }
        return result['structuredContent']
      }),
    )
    expect(answers[0]).toEqual(answers[1])
  })
})
