import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { endpointStream } from '../../src/events/events.js'
import { type Item, writeBundle } from '../journeys/strange-bundle.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { hasRedis } from '../support/redis.js'
import { startTwoGateways } from '../support/two-gateways.js'
import { listChanged, methodOf, resourceUpdated, SUBSCRIPTION_ID } from './listen-client.js'
import {
  announce,
  everything,
  open,
  test,
  token,
  useListeningGateway,
} from './listening-gateway.js'

useListeningGateway()

const tool = (name: string): Item => ({ name, inputSchema: { type: 'object' } })
const prompt = (name: string): Item => ({ name })

async function publish(to: TestGateway, lists: { tools?: Item[]; prompts?: Item[] }) {
  const { folder, remove } = await writeBundle({ lists })
  await to.publish(folder, 'changing').finally(remove)
}

describe('a bundle that another process publishes', () => {
  it('is told to whoever listens, list by list and once', async () => {
    const other = await startTestGateway({ sharing: test })
    onTestFinished(() => other.stop())
    await publish(other, { tools: [tool('one')] })
    const changing = await test.tokenFor('ann', 'changing')
    const stream = await open(everything, { endpointId: 'changing', token: changing })
    await publish(other, { tools: [tool('one'), tool('two')] })
    expect(await methodOf(stream)).toBe('notifications/tools/list_changed')
    await publish(other, { tools: [tool('one'), tool('two')], prompts: [prompt('greet')] })
    expect(await methodOf(stream)).toBe('notifications/prompts/list_changed')
  })

  it.runIf(hasRedis)('is told once where several instances watch', async () => {
    const both = await startTwoGateways({ sharing: test })
    onTestFinished(() => both.stop())
    const { first: a, second: b } = both
    await publish(b, { tools: [tool('one')], prompts: [prompt('greet')] })
    const changing = { endpointId: 'changing', token: await test.tokenFor('ann', 'changing') }
    const streams = [await open(everything, changing, a), await open(everything, changing, b)]
    await publish(b, { tools: [tool('three')] })
    for (const stream of streams)
      expect(await methodOf(stream)).toBe('notifications/tools/list_changed')
    await expect.poll(() => countListChanges(a)).toBe(2 + 2)
    await announce({ type: 'list.changed', list: 'resources' }, 'changing', b)
    for (const stream of streams) {
      expect(await methodOf(stream)).toBe('notifications/prompts/list_changed')
      expect(await methodOf(stream)).toBe('notifications/resources/list_changed')
    }
  })
})

describe('a server that stops', () => {
  it('answers what listens, and ends its stream [M51]', async () => {
    const stopping = await startTestGateway({ sharing: test })
    const stream = await open({ toolsListChanged: true }, { id: 'last' }, stopping)
    const stopped = stopping.stop()
    expect(await stream.next()).toMatchObject({
      id: 'last',
      result: {
        resultType: 'complete',
        _meta: {
          [SUBSCRIPTION_ID]: 'last',
          'io.modelcontextprotocol/serverInfo': { name: 'test-gateway' },
        },
      },
    })
    expect(await stream.next()).toBeUndefined()
    await stopped
  })
})

describe('the official client', () => {
  it('opens a stream, hears of changes, and learns that the server stops', async () => {
    const stopping = await startTestGateway({ sharing: test })
    const client = new Client(
      { name: 'listener', version: '1' },
      { versionNegotiation: { mode: 'auto' } },
    )
    const heard: unknown[] = []
    client.setNotificationHandler(
      'notifications/tools/list_changed',
      () => void heard.push('tools'),
    )
    client.setNotificationHandler(
      'notifications/resources/updated',
      ({ params }) => void heard.push(params.uri),
    )
    const authorization = `Bearer ${token}`
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${stopping.url}/default/mcp`), {
        requestInit: { headers: { authorization } },
      }),
    )
    const { honoredFilter, closed } = await client.listen({
      toolsListChanged: true,
      resourceSubscriptions: ['journey://static', 'journey://nothing'],
    })
    expect(honoredFilter).toEqual({
      toolsListChanged: true,
      resourceSubscriptions: ['journey://static'],
    })
    await announce(listChanged('tools'), 'default', stopping)
    await announce(resourceUpdated('journey://static'), 'default', stopping)
    await expect.poll(() => heard).toEqual(['tools', 'journey://static'])
    await stopping.stop()
    expect(await closed).toBe('graceful')
    await client.close()
  })
})

/** How many changes of lists the event log holds for the endpoint that changes. */
async function countListChanges({ parts }: TestGateway): Promise<number> {
  const kept = await parts.events.read(endpointStream('changing'), { limit: 100 })
  return kept.filter(({ body }) => body['type'] === 'list.changed').length
}
