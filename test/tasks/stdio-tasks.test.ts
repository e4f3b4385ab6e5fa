import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Caller } from '../../src/domain/caller.js'
import { readLines } from '../../src/transport/lines.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { envelope } from '../support/modern-post.js'
import { named, type Result, withTasks } from './task-client.js'

let test: TestGateway
beforeAll(async () => {
  test = await startTestGateway()
  await test.publish('task_tools')
})
afterAll(() => test.stop())

const caller: Caller = { endpointId: 'default', userId: 'ide', roles: ['caller'] }

interface Line {
  readonly id?: string | number
  readonly method?: string
  readonly result?: Result
  readonly error?: { readonly code: number; readonly message: string }
}

/** A client on stdin and stdout that answers whatever it is asked with its name. */
function open(answer: object = { result: named('Ann') }) {
  const input = new PassThrough()
  const output = new PassThrough()
  const served = test.gateway.serveStdio({ input, output }, { caller, maxLineBytes: 65_536 })
  const lines = readLines(output, 10_000_000)
  const questions: string[] = []
  let lastId = 0
  const say = (message: object) =>
    input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  const send = async (method: string, params: object): Promise<Line> => {
    const id = ++lastId
    say({ id, method, params })
    for (;;) {
      const line: Line = JSON.parse((await lines.next()).value ?? 'null')
      if (line.id === id && line.method === undefined) return line
      if (line.method === undefined) continue
      questions.push(line.method)
      say({ id: line.id, ...answer })
    }
  }
  const modern = (method: string, params: object) =>
    send(method, { ...params, _meta: envelope(withTasks) })
  const handshake = (capabilities: object) =>
    send('initialize', {
      protocolVersion: '2025-11-25',
      capabilities,
      clientInfo: { name: 'c', version: '1' },
    })
  const end = async () => {
    input.end()
    await served
  }
  return { send, modern, handshake, end, questions }
}

const interview = { name: 'interview', arguments: {} }

describe('a client on stdin and stdout', () => {
  it('begins, answers and fetches tasks', async () => {
    const client = open()
    const begun = await client.modern('tools/call', { name: 'confirm', arguments: {} })
    expect(begun.result).toMatchObject({ resultType: 'task', status: 'working' })
    const taskId = begun.result?.taskId
    const get = async () => (await client.modern('tasks/get', { taskId })).result
    await vi.waitFor(async () => expect(await get()).toMatchObject({ status: 'input_required' }))
    const inputResponses = { user: named('Ann') }
    await client.modern('tasks/update', { taskId, inputResponses })
    await vi.waitFor(async () =>
      expect(await get()).toMatchObject({
        status: 'completed',
        result: { content: [{ text: 'Hello, Ann!' }] },
      }),
    )
    const cancelled = await client.modern('tasks/cancel', { taskId })
    expect(cancelled.result).toMatchObject({ resultType: 'complete' })
    await client.end()
  })

  it('of a revision with a handshake is asked first and then given a link', async () => {
    const client = open()
    await client.handshake({ elicitation: {} })
    const { result } = await client.send('tools/call', interview)
    expect(client.questions).toEqual(['elicitation/create'])
    const uri = result?.content?.[1]?.uri
    await vi.waitFor(async () => {
      const { result: read } = await client.send('resources/read', { uri })
      expect(JSON.parse(read?.contents?.[0]?.text ?? 'null')).toMatchObject({
        status: 'completed',
        result: { structuredContent: { names: ['Ann'], runs: 2 } },
      })
    })
    await client.end()
  })

  it('of a revision with a handshake is answered directly when there is nothing to ask', async () => {
    const client = open()
    await client.handshake({ elicitation: {} })
    const { result } = await client.send('tools/call', {
      ...interview,
      arguments: { questions: 0 },
    })
    expect(result).toMatchObject({ structuredContent: { names: [], runs: 1 } })
    await client.end()
  })

  it('that refuses to answer what is asked first gets no link', async () => {
    const client = open({ error: { code: -1, message: 'nobody is here' } })
    await client.handshake({ elicitation: {} })
    const { result } = await client.send('tools/call', interview)
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('nobody is here') }],
    })
    await client.end()
  })

  it('that answers what does not fit gets no link', async () => {
    const client = open({ result: { action: 'accept', content: { name: 7 } } })
    await client.handshake({ elicitation: {} })
    const { result } = await client.send('tools/call', interview)
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('content/name: must be string') }],
    })
    await client.end()
  })

  it('that cannot be asked is told so', async () => {
    const client = open()
    await client.handshake({})
    const { error } = await client.send('tools/call', interview)
    expect(error).toMatchObject({ code: -32_021 })
    await client.end()
  })
})
