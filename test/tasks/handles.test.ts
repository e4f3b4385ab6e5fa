import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { openSession } from '../support/session.js'
import { readStoredCalls } from '../support/records.js'
import { readCall, taskClient, type TaskClient } from './task-client.js'

let test: TestGateway
let ann: TaskClient
let key: string
beforeAll(async () => {
  test = await startTestGateway()
  await test.publish('task_tools')
  ann = taskClient(test.url, { token: await test.tokenFor('ann') })
})
afterAll(() => test.stop())
beforeEach(() => {
  key = randomUUID()
})

interface Answer {
  readonly result?: {
    content?: { type: string; text?: string; uri?: string; name?: string; mimeType?: string }[]
    contents?: { text: string; mimeType: string; uri: string }[]
    isError?: boolean
  }
  readonly error?: { code: number; message: string; data?: unknown }
}

/** A session of a revision with a handshake. */
async function legacyClient(version: string, { userId = 'ann', capabilities = {} } = {}) {
  const token = await test.tokenFor(userId)
  const headers = await openSession(test.url, { token, version, capabilities })
  return async (method: string, params: object): Promise<Answer & { status: number }> => {
    const response = await fetch(`${test.url}/default/mcp`, {
      method: 'POST',
      headers: { ...headers, accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    })
    const body = await response.text()
    const [json = body] = [...body.matchAll(/^data: (.+)$/gm)].map(([, data]) => data).toReversed()
    return { status: response.status, ...JSON.parse(json) }
  }
}

const uriIn = (text = '') => /mcp:\/\/function-call\/[\da-f-]{36}/.exec(text)?.[0] ?? ''

const revisions = [
  ['2024-11-05', false],
  ['2025-03-26', false],
  ['2025-06-18', true],
  ['2025-11-25', true],
] as const

describe.each(revisions)('a call in the background, in %s', (version, hasLinks) => {
  it('is answered with where to read it, and read there until it has ended', async () => {
    const send = await legacyClient(version)
    const { result } = await send('tools/call', { name: 'gated', arguments: { key } })
    const uri = uriIn(result?.content?.[0]?.text)
    const link = { type: 'resource_link', uri, name: 'gated', mimeType: 'application/json' }
    expect(result?.content?.slice(1)).toEqual(hasLinks ? [link] : [])
    const read = async () => {
      const [content] = (await send('resources/read', { uri })).result?.contents ?? []
      expect(content).toMatchObject({ uri, mimeType: 'application/json' })
      return JSON.parse(content?.text ?? 'null')
    }
    expect(await read()).toEqual({
      callId: uri.split('/').at(-1),
      status: 'in_process',
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    })
    await send('tools/call', { name: 'open', arguments: { key } })
    await vi.waitFor(async () => expect(await read()).toMatchObject({ status: 'completed' }))
    expect(await read()).toMatchObject({ result: { structuredContent: { key } } })
  })

  it('is refused where it runs as a task only', async () => {
    const send = await legacyClient(version, {
      capabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } },
    })
    const { status, error } = await send('tools/call', { name: 'gated_task', arguments: { key } })
    expect(status).toBe(200)
    expect(error).toMatchObject({
      code: -32_021,
      data: { requiredCapabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } },
    })
  })

  it('cannot ask: its client has its answer', async () => {
    const send = await legacyClient(version, { capabilities: { elicitation: {} } })
    const { result } = await send('tools/call', { name: 'careful', arguments: {} })
    const callId = uriIn(result?.content?.[0]?.text).split('/').at(-1) ?? ''
    await vi.waitFor(async () =>
      expect(await readCall(ann, callId)).toMatchObject({
        status: 'completed',
        result: { content: [{ text: expect.stringContaining('cannot be asked any longer') }] },
      }),
    )
  })
})

describe('a call in the background of a client of 2026-07-28 without the extension', () => {
  it('is answered with a link, and goes on', async () => {
    const plain = taskClient(test.url, { token: await test.tokenFor('ann'), capabilities: {} })
    const { result } = await plain.call('gated', { key })
    expect(result).toMatchObject({ resultType: 'complete' })
    expect(result).not.toHaveProperty('taskId')
    const uri = result.content?.[1]?.uri ?? ''
    expect(uri).toBe(uriIn(result.content?.[0]?.text))
    await plain.call('open', { key })
    await vi.waitFor(async () =>
      expect(await readCall(plain, uri.split('/').at(-1) ?? '')).toMatchObject({
        status: 'completed',
      }),
    )
  })
})

describe('the resource of a call', () => {
  const recorded = async (name: string) => {
    const calls = await readStoredCalls(test.dataFolder)
    return calls.find((call) => call.name === name)?.mcp_function_call_uuid ?? ''
  }

  it('is there for every call of its user, with its result or why there is none', async () => {
    await ann.call('greet', { name: 'Ann' })
    expect(await readCall(ann, await recorded('greet'))).toMatchObject({
      status: 'completed',
      result: { content: [{ text: 'Hello, Ann!' }] },
    })
    await ann.until(await ann.begin('not_json'), 'failed')
    expect(await readCall(ann, await recorded('not_json'))).toMatchObject({
      status: 'failed',
      error: { code: 'RESULT_INVALID', message: expect.any(String) },
    })
  })

  it('is not there for anybody else, and reading it leaves no record', async () => {
    const taskId = await ann.begin('gated', { key })
    const before = (await readStoredCalls(test.dataFolder)).length
    const uri = `mcp://function-call/${taskId}`
    const bea = taskClient(test.url, { token: await test.tokenFor('bea') })
    const acme = taskClient(test.url, {
      token: await test.tokenFor('ann', 'acme'),
      endpointId: 'acme',
    })
    const notThere = (of: string) => ({ status: 200, error: { code: -32_602, data: { uri: of } } })
    expect(await bea.read(uri)).toMatchObject(notThere(uri))
    expect(await acme.read(uri)).toMatchObject(notThere(uri))
    await ann.call('open', { key })
    await ann.until(taskId, 'completed')
    expect(await bea.read(uri)).toMatchObject(notThere(uri))
    expect(await acme.read(uri)).toMatchObject(notThere(uri))
    await readCall(ann, taskId)
    expect(await readStoredCalls(test.dataFolder)).toHaveLength(before + 2)
  })

  it.each(['squatted', '', 'x'.repeat(3000), '../sessions'])(
    'wins over whatever a bundle serves there: "%s" is nothing',
    async (rest) => {
      const { error } = await ann.read(`mcp://function-call/${rest}`)
      expect(error).toMatchObject({ code: -32_602 })
    },
  )

  it('is missing with a number of its own in the revisions that have one', async () => {
    const send = await legacyClient('2025-11-25')
    const { error } = await send('resources/read', { uri: `mcp://function-call/${randomUUID()}` })
    expect(error).toMatchObject({ code: -32_002 })
  })
})
