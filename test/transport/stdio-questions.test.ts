import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Caller } from '../../src/domain/caller.js'
import { readLines } from '../../src/transport/lines.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'

let test: TestGateway
beforeAll(async () => {
  test = await startTestGateway({ env: { MAX_CALLS_PER_WORKER: '600' } })
  await test.publish('asking_tools')
})
afterAll(() => test.stop())

const caller: Caller = { endpointId: 'default', userId: 'ide', roles: ['caller'] }

interface Line {
  id?: string | number
  method?: string
  params?: { requestId?: string }
  result?: { isError?: boolean; content?: { text: string }[] }
}

/** A client whose handshake is over. */
async function open() {
  const input = new PassThrough()
  const output = new PassThrough()
  const served = test.gateway.serveStdio({ input, output }, { caller, maxLineBytes: 65_536 })
  const lines = readLines(output, 10_000_000)
  const say = (message: object) =>
    input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  const next = async () => JSON.parse((await lines.next()).value ?? 'null') as Line
  const call = (id: number, name: string) =>
    say({ id, method: 'tools/call', params: { name, arguments: {} } })
  const protocolVersion = '2025-11-25'
  const hello = {
    protocolVersion,
    capabilities: { elicitation: {} },
    clientInfo: { name: 'c', version: '1' },
  }
  say({ id: 0, method: 'initialize', params: hello })
  await next()
  return { input, served, say, next, call }
}

const named = { action: 'accept', content: { name: 'Ann' } }

describe('a client on stdin and stdout that is asked', () => {
  it('may answer with an error, which the function sees', async () => {
    const client = await open()
    client.call(1, 'careful')
    const { id, method } = await client.next()
    expect(method).toBe('elicitation/create')
    client.say({ id, error: { code: -32_601, message: 'nobody is here' } })
    expect((await client.next()).result?.content).toMatchObject([
      { text: expect.stringContaining('nobody is here') },
    ])
    client.input.end()
    await client.served
  })

  it('is told when the question is taken back with its call', async () => {
    const client = await open()
    client.call(1, 'greet')
    const { id } = await client.next()
    client.say({ method: 'notifications/cancelled', params: { requestId: 1 } })
    expect(await client.next()).toMatchObject({
      method: 'notifications/cancelled',
      params: { requestId: id },
    })
    client.input.end()
    await client.served
  })

  it('and goes without answering leaves nothing waiting', async () => {
    const client = await open()
    client.call(1, 'careful')
    await client.next()
    client.input.end()
    expect((await client.next()).result?.content).toMatchObject([
      { text: expect.stringContaining('the client has gone') },
    ])
    await client.served
  })

  it('in more calls at once than may run is still read, so that it can answer', async () => {
    const client = await open()
    const count = 300
    for (let id = 1; id <= count; id++) client.call(id, 'greet')
    let answered = 0
    while (answered < count) {
      const { id, method, result } = await client.next()
      if (method === 'elicitation/create') client.say({ id, result: named })
      else if (result?.content?.[0]?.text === 'Hello, Ann!' || result?.isError) answered++
    }
    client.input.end()
    await client.served
    expect(answered).toBe(count)
  })
})
