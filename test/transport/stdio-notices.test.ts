import { PassThrough } from 'node:stream'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js'
import {
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { Client as ClientV2 } from '@modelcontextprotocol/client'
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Caller } from '../../src/domain/caller.js'
import type { Notice } from '../../src/domain/notice.js'
import { readLines } from '../../src/transport/lines.js'
import {
  announceAt,
  type Frame,
  listChanged,
  resourceUpdated,
  SUBSCRIPTION_ID,
} from '../dispatch/listen-client.js'
import { sidecar } from '../journeys/sidecar.js'
import { type Item, writeBundle } from '../journeys/strange-bundle.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { envelope } from '../support/modern-post.js'

let test: TestGateway
let other: TestGateway
beforeAll(async () => {
  const env = { CATALOG_CHECK_MS: '100', EXECUTOR: 'worker' }
  test = await startTestGateway({ env })
  other = await startTestGateway({ env, sharing: test })
  await test.publish('journey_tools')
})
afterAll(async () => {
  await other.stop()
  await test.stop()
})

const announce = (notice: Notice, endpointId?: string) => announceAt(test, notice, endpointId)

/** A client on the other end of the pipes that has said nothing yet. */
function open(endpointId = 'default') {
  const caller: Caller = { endpointId, userId: 'ide', roles: ['caller'] }
  const [input, output] = [new PassThrough(), new PassThrough()]
  const served = test.gateway.serveStdio({ input, output }, { caller, maxLineBytes: 65_536 })
  const lines = readLines(output, 10_000_000)
  const say = (message: object) =>
    input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  const next = async () => JSON.parse((await lines.next()).value ?? 'null') as Frame
  onTestFinished(async () => {
    input.end()
    await served
  })
  return {
    input,
    output,
    served,
    say,
    next,
    ask: async (id: string | number, method: string, params: object = {}) => {
      say({ id, method, params })
      return next()
    },
  }
}

const hello = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'c', version: '1' },
}

async function openReady(endpointId?: string) {
  const client = open(endpointId)
  const { result } = await client.ask(0, 'initialize', hello)
  client.say({ method: 'notifications/initialized' })
  await client.ask('ready', 'ping')
  return { ...client, declared: result?.['capabilities'] }
}

const tool = (name: string): Item => ({ name, inputSchema: { type: 'object' } })

async function publish(to: TestGateway, names: string[], endpointId: string) {
  const { folder, remove } = await writeBundle({ lists: { tools: names.map(tool) } })
  await to.publish(folder, endpointId).finally(remove)
}

describe('a client on stdin that has shaken hands', () => {
  it('hears of changed lists and of the resources that it has subscribed to', async () => {
    const client = await openReady()
    expect(client.declared).toMatchObject({
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { subscribe: true, listChanged: true },
    })
    const uri = 'journey://static'
    await announce(resourceUpdated(uri))
    expect(await client.ask(1, 'resources/subscribe', { uri })).toMatchObject({ result: {} })
    await announce(resourceUpdated('journey://items/1'))
    await announce(resourceUpdated(uri, 'another'))
    await announce({ type: 'task.changed', taskId: 't', userId: 'ide' })
    await announce(listChanged('tools'), 'elsewhere')
    await announce(resourceUpdated(uri))
    await announce(listChanged('prompts'))
    expect(await client.next()).toMatchObject({
      method: 'notifications/resources/updated',
      params: { uri },
    })
    expect(await client.next()).toMatchObject({ method: 'notifications/prompts/list_changed' })
    expect(await client.ask(2, 'resources/unsubscribe', { uri })).toMatchObject({ id: 2 })
    await announce(resourceUpdated(uri))
    await announce(listChanged('resources'))
    expect(await client.next()).toMatchObject({ method: 'notifications/resources/list_changed' })
  })

  it('hears nothing before its handshake is over, and then what came meanwhile', async () => {
    const client = open()
    await announce(listChanged('prompts'))
    await client.ask(0, 'initialize', hello)
    await announce(listChanged('tools'))
    await announce(listChanged('tools'))
    expect(await client.ask(1, 'ping')).toMatchObject({
      method: 'notifications/tools/list_changed',
    })
    expect(await client.next()).toMatchObject({ id: 1 })
  })

  it('hears of a bundle that another process has published', async () => {
    await publish(other, ['one'], 'changing')
    const client = await openReady('changing')
    await publish(other, ['one', 'two'], 'changing')
    expect(await client.next()).toMatchObject({ method: 'notifications/tools/list_changed' })
    expect((await client.ask(1, 'tools/list')).result).toMatchObject({
      tools: [{ name: 'one' }, { name: 'two' }],
    })
  })

  it('is refused subscriptions to what is not there, and more than it may have', async () => {
    const client = await openReady()
    const subscribe = (uri: string) => client.ask(uri, 'resources/subscribe', { uri })
    expect(await subscribe('journey://nothing')).toMatchObject({ error: { code: -32002 } })
    await announce(resourceUpdated('journey://nothing'))
    for (let n = 0; n < 256; n++)
      expect(await subscribe(`journey://items/${n}`)).toMatchObject({ result: {} })
    expect(await subscribe('journey://items/0')).toMatchObject({ result: {} })
    expect(await subscribe('journey://items/256')).toMatchObject({ error: { code: -32602 } })
    await client.ask('less', 'resources/unsubscribe', { uri: 'journey://items/0' })
    expect(await subscribe('journey://items/256')).toMatchObject({ result: {} })
    const uri = `journey://items/${'x'.repeat(40_000)}`
    expect(await client.ask('long', 'resources/subscribe', { uri })).toMatchObject({
      error: { code: -32602 },
    })
  })

  it('is not listened for any longer when its input has ended', async () => {
    const [leaving, staying] = [await openReady(), await openReady()]
    leaving.input.end()
    await leaving.served
    await announce(listChanged('tools'))
    expect(await staying.next()).toMatchObject({ method: 'notifications/tools/list_changed' })
    expect(leaving.output.read()).toBeNull()
  })
})

describe('a client on stdin without a handshake', () => {
  const asked = { toolsListChanged: true }
  const listenTo = (notifications: object) => ({ notifications, _meta: envelope() })

  it('hears of changes through what it listens to, and of nothing else [M50]', async () => {
    const client = open()
    const acknowledged = await client.ask('l', 'subscriptions/listen', listenTo(asked))
    expect(acknowledged).toMatchObject({
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: asked, _meta: { [SUBSCRIPTION_ID]: 'l' } },
    })
    await announce(listChanged('prompts'))
    await announce(listChanged('tools'))
    expect(await client.next()).toMatchObject({
      method: 'notifications/tools/list_changed',
      params: { _meta: { [SUBSCRIPTION_ID]: 'l' } },
    })
  })

  it('cancels what it listens to, and gets no answer', async () => {
    const client = open()
    await client.ask('l', 'subscriptions/listen', listenTo(asked))
    client.say({ method: 'notifications/cancelled', params: { requestId: 'l' } })
    const discover = { _meta: envelope() }
    expect(await client.ask(2, 'server/discover', discover)).toMatchObject({ id: 2 })
    await announce(listChanged('tools'))
    expect(await client.ask(3, 'server/discover', discover)).toMatchObject({ id: 3 })
  })

  it('is answered what it listens to when its input ends, and serving ends [M51]', async () => {
    const client = open()
    await client.ask(5, 'subscriptions/listen', listenTo(asked))
    client.input.end()
    expect(await client.next()).toMatchObject({
      id: 5,
      result: { resultType: 'complete', _meta: { [SUBSCRIPTION_ID]: 5 } },
    })
    await client.served
  })

  it('may listen as often as a user may, and is read on', async () => {
    const client = open()
    for (let n = 0; n < 100; n++)
      expect(await client.ask(n, 'subscriptions/listen', listenTo(asked))).toMatchObject({
        method: 'notifications/subscriptions/acknowledged',
      })
    for (let n = 100; n < 400; n++)
      expect(await client.ask(n, 'subscriptions/listen', listenTo(asked))).toMatchObject({
        id: n,
        error: {},
      })
  })
})

const program = () => ({
  ...sidecar(test.dataFolder, { MCP_ENDPOINT_ID: 'sidecar' }),
  stderr: 'ignore' as const,
})

describe('the official clients of a sidecar', () => {
  it('of the first generation hears that its tools have changed', async () => {
    await publish(other, ['one'], 'sidecar')
    const client = new ClientV1({ name: 'ide', version: '1' })
    let heard = () => {}
    const told = new Promise<void>((resolve) => (heard = resolve))
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => heard())
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, () => undefined)
    await client.connect(new StdioV1(program()))
    onTestFinished(() => client.close())
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['one'])
    await publish(other, ['one', 'two'], 'sidecar')
    await told
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['one', 'two'])
  })

  it('of the second generation listens, and learns when the sidecar stops', async () => {
    await publish(other, ['one'], 'sidecar')
    const info = { name: 'ide', version: '1' }
    const client = new ClientV2(info, { versionNegotiation: { mode: 'auto' } })
    let heard = () => {}
    const told = new Promise<void>((resolve) => (heard = resolve))
    client.setNotificationHandler('notifications/tools/list_changed', () => heard())
    const transport = new StdioV2(program())
    await client.connect(transport)
    onTestFinished(() => client.close())
    const { honoredFilter, closed } = await client.listen({ toolsListChanged: true })
    expect(honoredFilter).toEqual({ toolsListChanged: true })
    await publish(other, ['three'], 'sidecar')
    await told
    if (transport.pid !== null) process.kill(transport.pid, 'SIGTERM')
    expect(await closed).toBe('graceful')
  })
})
