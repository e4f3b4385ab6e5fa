/** What changes while nobody asks reaches the clients that want to hear of it. */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ADMIN_TOKEN, startTestGateway, type TestGateway } from '../support/gateway.js'
import { mcpDaemon, run } from '../support/product.js'
import { hasRedis } from '../support/redis.js'
import { startTwoGateways, type TwoGateways } from '../support/two-gateways.js'
import {
  type Connect,
  type Notice,
  type RealClient,
  realClients,
  type Server,
} from './real-clients.js'
import { sidecar } from './sidecar.js'

const MARGIN = { timeout: 15_000, interval: 50 }
const env = { EXECUTOR: 'worker' }
const WATCHED = 'journey://static'
const NOT_WATCHED = 'journey://items/7'
const holdingTools = fileURLToPath(new URL('bundles/holding_tools', import.meta.url))

interface Watcher {
  readonly client: RealClient
  readonly heard: Notice[]
  readonly closed?: Promise<string>
}

/** Settles when what is announced is heard: the stream for it may open after the handshake. */
async function startWatching(connect: Connect, server: Server): Promise<Watcher> {
  const heard: Notice[] = []
  const client = await connect(server, { onNotice: (notice) => heard.push(notice) })
  const { closed } = await client.watch([WATCHED])
  await vi.waitFor(async () => {
    await client.callTool('announce', { uri: WATCHED })
    expect(heard).toContainEqual(updated(WATCHED))
  }, MARGIN)
  return { client, heard, ...(closed && { closed }) }
}

const updated = (uri: string): unknown =>
  expect.objectContaining({
    method: 'notifications/resources/updated',
    params: expect.objectContaining({ uri }),
  })

let gateway: TestGateway
beforeAll(async () => {
  // As a gateway of its own process would have it.
  gateway = await startTestGateway({ env: { ...env, CATALOG_CHECK_MS: '1500' } })
  await gateway.publish('journey_tools')
})
afterAll(() => gateway.stop())

const methods = (heard: readonly Notice[]) => heard.map(({ method }) => method)

describe('a bundle pushed by another process, without Redis', () => {
  const servers = {
    HTTP: () => ({ url: `${gateway.url}/default/mcp`, token: ADMIN_TOKEN }),
    stdio: () => sidecar(gateway.dataFolder, env),
  }
  const everywhere = realClients.flatMap(([name, , connect]) =>
    (['HTTP', 'stdio'] as const).map((over) => ({ name, over, connect })),
  )
  const watchers = new Map<unknown, Watcher>()

  beforeAll(async () => {
    const starting = everywhere.map(async (watching) =>
      watchers.set(watching, await startWatching(watching.connect, servers[watching.over]())),
    )
    await Promise.all(starting)
    const { dataFolder: DATA_DIR } = gateway
    const push = run([...mcpDaemon, 'bundle', 'push', holdingTools], { DATA_DIR })
    const { exitCode } = await push.ended
    if (exitCode !== 0) throw new Error(`the bundle was not pushed:\n${push.stderr()}`)
  })
  afterAll(async () => {
    await Promise.all([...watchers.values()].map(({ client }) => client.close()))
  })

  it.each(everywhere)('is heard of by $name over $over, which lists its tools', async (given) => {
    const { client, heard } = watcherOf(given)
    await expect.poll(() => methods(heard), MARGIN).toContain('notifications/tools/list_changed')
    expect(await client.toolNames()).toContain('hold')
    expect(methods(heard)).not.toContain('notifications/prompts/list_changed')
  })

  it.each(everywhere)(
    'leaves $name over $over with what it watches, and no more',
    async (given) => {
      const { client, heard } = watcherOf(given)
      await client.callTool('announce', { uri: NOT_WATCHED })
      // Told after it, heard after it.
      await client.callTool('announce', { uri: WATCHED, kind: 'prompts' })
      await expect
        .poll(() => methods(heard), MARGIN)
        .toContain('notifications/prompts/list_changed')
      expect(heard).toContainEqual(updated(WATCHED))
      expect(heard).not.toContainEqual(updated(NOT_WATCHED))
    },
  )

  function watcherOf(given: unknown): Watcher {
    const watcher = watchers.get(given)
    if (watcher === undefined) throw new Error('nobody watches')
    return watcher
  }
})

describe.skipIf(!hasRedis)('two gateways with one Redis', () => {
  let both: TwoGateways
  beforeAll(async () => {
    both = await startTwoGateways({ env })
    await both.first.publish('journey_tools')
  })
  afterAll(() => both.stop())

  const serverAt = async (instance: TestGateway, userId = 'ann') => ({
    url: `${instance.url}/default/mcp`,
    token: await instance.tokenFor(userId),
  })

  describe.each(realClients)('with a watcher with %s at one', (_name, _era, connect) => {
    let watcher: Watcher
    let other: RealClient
    beforeAll(async () => {
      watcher = await startWatching(connect, await serverAt(both.first))
      other = await connect(await serverAt(both.second, 'ben'))
      watcher.heard.length = 0
    })
    afterAll(async () => {
      await watcher.client.close()
      await other.close()
    })

    it('tell it what a call at the other has changed, as far as it watches that [M50]', async () => {
      await other.callTool('announce', { uri: NOT_WATCHED })
      await other.callTool('announce', { uri: WATCHED })
      await other.callTool('announce', { kind: 'resources' })
      await expect
        .poll(() => methods(watcher.heard), MARGIN)
        .toContain('notifications/resources/list_changed')
      expect(watcher.heard).toContainEqual(updated(WATCHED))
      expect(watcher.heard).not.toContainEqual(updated(NOT_WATCHED))
    })
  })

  it('tell watchers of both when one of them publishes', async () => {
    const watchers: Watcher[] = []
    for (const [, , connect] of realClients)
      for (const instance of [both.first, both.second])
        watchers.push(await startWatching(connect, await serverAt(instance)))
    await both.first.publish(holdingTools)
    for (const { client, heard } of watchers) {
      await expect.poll(() => methods(heard), MARGIN).toContain('notifications/tools/list_changed')
      expect(await client.toolNames()).toContain('hold')
      await client.close()
    }
  })
})

it('a gateway that stops ends what a modern client listens to in good order [M51]', async () => {
  const stopping = await startTestGateway({ env, sharing: gateway })
  const [, , [, , connect]] = realClients
  const server = { url: `${stopping.url}/default/mcp`, token: ADMIN_TOKEN }
  const { client, closed } = await startWatching(connect, server)
  await stopping.stop()
  expect(await closed).toBe('graceful')
  await client.close()
})
