import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildGateway, toGatewayOptions } from '../../src/app.js'
import { readConfig } from '../../src/config/config.js'
import type { Caller } from '../../src/domain/caller.js'
import { recordedStream, userStream } from '../../src/events/events.js'
import { readLines } from '../../src/transport/lines.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { readStoredCalls } from '../support/records.js'

let test: TestGateway
beforeAll(async () => {
  test = await startTestGateway()
  await test.publish('journey_tools')
})
afterAll(() => test.stop())

const caller: Caller = { endpointId: 'default', userId: 'ide', roles: ['caller'] }

interface Reply {
  id?: string | number
  method?: string
  result?: object
  error?: { code: number; message: string }
}

/** A client on the other end of the pipes. */
function open(maxLineBytes = 65_536) {
  const input = new PassThrough()
  const output = new PassThrough()
  const served = test.gateway.serveStdio({ input, output }, { caller, maxLineBytes })
  const replies = readLines(output, 10_000_000)
  const say = (message: object | string) =>
    input.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`)
  return {
    input,
    output,
    served,
    say,
    next: async () => JSON.parse((await replies.next()).value ?? 'null') as Reply,
    call: (id: string | number, name: string, args: object = {}, meta: object = {}) =>
      say({
        jsonrpc: '2.0',
        id,
        method: 'tools/call',
        params: { name, arguments: args, _meta: meta },
      }),
    end: async () => {
      input.end()
      await served
      output.end()
    },
  }
}

describe('a client on stdin and stdout', () => {
  it('tells its user’s clients of its calls, and no administrators: nobody manages it there', async () => {
    const endpointId = 'unmanaged'
    await test.publish('journey_tools', endpointId)
    const { events } = test.parts
    const parts = { ...test.parts, authenticator: undefined, sessions: undefined }
    const gateway = buildGateway(parts, toGatewayOptions(readConfig({})))
    const [input, output] = [new PassThrough(), new PassThrough()]
    const asHere = { ...caller, endpointId }
    const served = gateway.serveStdio({ input, output }, { caller: asHere, maxLineBytes: 65_536 })
    const params = { name: 'whoami', arguments: {} }
    input.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })}\n`)
    await readLines(output, 65_536).next()
    input.end()
    await served
    await gateway.endBackground()
    expect(await events.read(userStream(endpointId, caller.userId), { limit: 9 })).toHaveLength(1)
    expect(await events.read(recordedStream(endpointId), { limit: 9 })).toEqual([])
  })

  it('calls tools as the user it stands for, and each call is recorded', async () => {
    const client = open()
    client.call('a', 'whoami')
    expect(await client.next()).toMatchObject({
      id: 'a',
      result: { structuredContent: { userId: 'ide', endpointId: 'default' } },
    })
    await client.end()
    const [latest] = await readStoredCalls(test.dataFolder)
    expect(latest).toMatchObject({ name: 'whoami', user_id: 'ide', status: 'completed' })
  })

  it('hears progress and logs before the answer', async () => {
    const client = open()
    client.call(1, 'steps', {}, { progressToken: 'p' })
    const methods = []
    for (let n = 0; n < 6; n++) methods.push((await client.next()).method)
    expect(methods.filter((method) => method === 'notifications/progress')).toHaveLength(3)
    expect(await client.next()).toMatchObject({ id: 1, result: {} })
    await client.end()
  })

  it('is told of a line that is no JSON, and served on', async () => {
    const client = open()
    client.say('{nope')
    expect(await client.next()).toMatchObject({ error: { code: -32700 } })
    client.say('   ')
    client.call(2, 'echo', { text: 'x' })
    expect(await client.next()).toMatchObject({ id: 2 })
    await client.end()
  })

  it('is told of a line that is too long, and served on', async () => {
    const client = open(1000)
    client.call(1, 'echo', { text: 'x'.repeat(5000) })
    expect(await client.next()).toMatchObject({ error: { code: -32600 } })
    client.call(2, 'echo', { text: 'x' })
    expect(await client.next()).toMatchObject({ id: 2 })
    await client.end()
  })

  it('may split and join lines as it likes', async () => {
    const client = open()
    const line = '{"jsonrpc":"2.0","id":1,"method":"ping"}'
    client.input.write(line.slice(0, 9))
    client.input.write(`${line.slice(9)}\n${line.replace('1', '2')}\n${line.slice(0, 5)}`)
    expect(new Set([(await client.next()).id, (await client.next()).id])).toEqual(new Set([1, 2]))
    client.input.end(line.slice(5))
    expect(await client.next()).toMatchObject({ id: 1 })
    await client.served
  })

  it('may not use an id twice at a time', async () => {
    const client = open()
    client.call(1, 'wait')
    expect(await client.next()).toMatchObject({ method: 'notifications/message' })
    client.call(1, 'echo', { text: 'x' })
    expect(await client.next()).toMatchObject({ id: 1, error: { code: -32600 } })
    client.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } })
    await client.end()
  })

  it('gets no answer to what it cancelled, and the record says so', async () => {
    const client = open()
    client.call(7, 'wait')
    await client.next()
    client.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } })
    client.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 99 } })
    client.say({ jsonrpc: '2.0', id: 8, method: 'ping' })
    expect(await client.next()).toMatchObject({ id: 8 })
    await client.end()
    expect(client.output.read()).toBeNull()
    const [latest] = await readStoredCalls(test.dataFolder)
    expect(latest).toMatchObject({ name: 'wait', status: 'cancelled' })
  })

  it('that ends its input still gets the answers to what runs', async () => {
    const client = open()
    client.call(1, 'steps', {}, {})
    client.input.end()
    await client.served
    client.output.end()
    const ids = []
    for await (const line of readLines(client.output, 1_000_000))
      ids.push((JSON.parse(line ?? '') as Reply).id)
    expect(ids.at(-1)).toBe(1)
  })

  it('gets the answers to what runs when the gateway itself stops listening', async () => {
    const client = open()
    client.call(1, 'steps', {}, {})
    expect(await client.next()).toMatchObject({ method: 'notifications/message' })
    client.input.destroy()
    await client.served
    client.output.end()
    const ids = []
    for await (const line of readLines(client.output, 1_000_000))
      ids.push((JSON.parse(line ?? '') as Reply).id)
    expect(ids.at(-1)).toBe(1)
  })

  it('that stops reading ends the serving', async () => {
    const client = open()
    client.output.destroy()
    client.say({ jsonrpc: '2.0', id: 1, method: 'ping' })
    client.input.end()
    await expect(client.served).resolves.toBeUndefined()
  })

  it('learns nothing of an error that nobody foresaw', async () => {
    const { catalog } = test.parts
    const snapshot = catalog.snapshot.bind(catalog)
    catalog.snapshot = () => Promise.reject(new TypeError('secret detail'))
    const client = open()
    client.say({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
    expect(await client.next()).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: -32603, message: 'Internal error' },
    })
    catalog.snapshot = snapshot
    await client.end()
  })

  const initialize = (protocolVersion: string) => ({
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: { protocolVersion, capabilities: {}, clientInfo: { name: 'c', version: '1' } },
  })

  it('that speaks 2025-03-26 may send batches, and gets one array back', async () => {
    const client = open()
    client.say(initialize('2025-03-26'))
    await client.next()
    const asked = (id: number, name: string, args = {}) => ({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { name, arguments: args },
    })
    client.say([{ jsonrpc: '2.0', method: 'notifications/initialized' }])
    client.say([asked(1, 'wait'), asked(2, 'echo', { text: 'x' }), { jsonrpc: '2.0', id: 3 }])
    expect(await client.next()).toMatchObject({ method: 'notifications/message' })
    client.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } })
    expect(await client.next()).toMatchObject([
      { id: 2, result: { content: [{ text: 'x' }] } },
      { id: 3, error: { code: -32600 } },
    ])
    await client.end()
    expect(client.output.read()).toBeNull()
  })

  it('of another revision is refused a batch, and served on', async () => {
    const client = open()
    client.say(initialize('2025-06-18'))
    await client.next()
    client.say([{ jsonrpc: '2.0', id: 1, method: 'ping' }])
    expect(await client.next()).toMatchObject({ error: { code: -32600 } })
    client.say({ jsonrpc: '2.0', id: 2, method: 'ping' })
    expect(await client.next()).toMatchObject({ id: 2, result: {} })
    await client.end()
  })

  it('is served many requests at a time, and all are answered', async () => {
    const client = open()
    const count = 600
    for (let id = 0; id < count; id++) client.say({ jsonrpc: '2.0', id, method: 'ping' })
    const ids = new Set<unknown>()
    while (ids.size < count) ids.add((await client.next()).id)
    expect([...ids].every((id) => typeof id === 'number' && id < count)).toBe(true)
    await client.end()
  })
})
