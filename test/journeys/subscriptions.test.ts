/** What changes while nobody asks reaches the clients that want to hear of it. */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { bundleFolder, startTestGateway, type TestGateway } from '../support/gateway.js'
import {
  createDataFolder,
  type Gateway,
  mcpDaemon,
  removeDataFolder,
  run,
  startGateway,
} from '../support/product.js'
import { hasRedis, startTestRedis, type TestRedis } from '../support/redis.js'
import {
  type Connect,
  type Notice,
  type RealClient,
  realClients,
  type Server,
} from './real-clients.js'
import { sidecar } from './sidecar.js'

const TOKEN = 'the-admin-token-of-the-subscriptions-0123456789'
const MARGIN = { timeout: 15_000, interval: 50 }
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

const methods = (heard: readonly Notice[]) => heard.map(({ method }) => method)

describe('a bundle pushed by another process, without Redis', () => {
  let dataFolder: string
  let gateway: Gateway
  const servers = {
    HTTP: () => ({ url: new URL('/default/mcp', gateway.url).href, token: TOKEN }),
    stdio: () => sidecar(dataFolder),
  }
  const everywhere = realClients.flatMap(([name, , connect]) =>
    (['HTTP', 'stdio'] as const).map((over) => ({ name, over, connect })),
  )
  const watchers = new Map<unknown, Watcher>()

  beforeAll(async () => {
    dataFolder = await createDataFolder()
    const env = { ADMIN_STATIC_TOKEN: TOKEN, MCP_CONFIG_FILE: bundleFolder('journey_tools') }
    gateway = await startGateway({ dataFolder, env })
    for (const watching of everywhere)
      watchers.set(watching, await startWatching(watching.connect, servers[watching.over]()))
    const push = run([...mcpDaemon, 'bundle', 'push', holdingTools], { DATA_DIR: dataFolder })
    const { exitCode } = await push.ended
    if (exitCode !== 0) throw new Error(`the bundle was not pushed:\n${push.stderr()}`)
  })
  afterAll(async () => {
    for (const { client } of watchers.values()) await client.close()
    await gateway.stop()
    await removeDataFolder(dataFolder)
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
  let redis: TestRedis
  let first: TestGateway
  let second: TestGateway
  beforeAll(async () => {
    redis = await startTestRedis()
    const env = { REDIS_URL: redis.url }
    first = await startTestGateway({ env })
    second = await startTestGateway({ env, sharing: first })
    await first.publish('journey_tools')
  })
  afterAll(async () => {
    await second.stop()
    await first.stop()
    await redis.stop()
  })

  const serverAt = async (gateway: TestGateway, userId = 'ann') => ({
    url: `${gateway.url}/default/mcp`,
    token: await gateway.tokenFor(userId),
  })

  describe.each(realClients)('with a watcher with %s at one', (_name, _era, connect) => {
    let watcher: Watcher
    let other: RealClient
    beforeAll(async () => {
      watcher = await startWatching(connect, await serverAt(first))
      other = await connect(await serverAt(second, 'ben'))
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
      for (const gateway of [first, second])
        watchers.push(await startWatching(connect, await serverAt(gateway)))
    await first.publish(holdingTools)
    for (const { client, heard } of watchers) {
      await expect.poll(() => methods(heard), MARGIN).toContain('notifications/tools/list_changed')
      expect(await client.toolNames()).toContain('hold')
      await client.close()
    }
  })
})

it('a gateway that stops ends what a modern client listens to in good order [M51]', async () => {
  const gateway = await startTestGateway()
  await gateway.publish('journey_tools')
  const [, , [, , connect]] = realClients
  const server = { url: `${gateway.url}/default/mcp`, token: await gateway.tokenFor('ann') }
  const { client, closed } = await startWatching(connect, server)
  await gateway.stop()
  expect(await closed).toBe('graceful')
  await client.close()
})
