import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CacheEntries, Purge } from '../../src/peers/peers.js'
import { openTerminal } from '../cli/program.js'
import type { TestGateway } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'
import { hasRedis } from '../support/redis.js'
import { type GatewaysOnRedis, startTwoGateways } from '../support/two-gateways.js'
import { zipOf } from '../support/zip.js'
import { twinsZip } from './twins.js'

const endpointId = 'acme'

/** A tool that runs until it is told to end, and says by a file which call it is. */
const holdingZip = () =>
  zipOf({
    'mcp_configuration.json': {
      tools: [{ name: 'hold', inputSchema: { type: 'object' } }],
      module_links: [
        {
          type: 'tool',
          name: 'hold',
          module_name: 'holding',
          class_name: 'Holding',
          function_name: 'hold',
        },
      ],
      modules: [
        { package_name: 'holding', module_name: 'holding', class_name: 'Holding', setting: {} },
      ],
    },
    'holding/index.js': `import { writeFileSync } from 'node:fs'
export class Holding {
  async hold({ path }, call) {
    const aborted = new Promise((resolve) => call.signal.addEventListener('abort', resolve))
    writeFileSync(path, call.callId)
    await aborted
  }
}
`,
  })

describe.skipIf(!hasRedis)('two instances', () => {
  let gateways: GatewaysOnRedis
  let first: TestGateway
  let second: TestGateway

  beforeAll(async () => {
    // They hear of changes, and would not look for them before a minute is over.
    gateways = await startTwoGateways({ env: { EXECUTOR: 'worker', CATALOG_CHECK_MS: '60000' } })
    first = gateways.first
    second = gateways.second
    const request = { endpointId, variables: { LEFT: 'l', RIGHT: 'r' }, actor: 'test' }
    await first.parts.publishing.publish({ ...request, zip: twinsZip('one') })
  })
  afterAll(() => gateways.stop())

  const ask = async (gateway: TestGateway, name: string, args: object = {}) => {
    const token = await gateway.tokenFor('ann', endpointId)
    const request = modernPost('tools/call', { name, arguments: args }, token)
    const response = await fetch(`${gateway.url}/${endpointId}/mcp`, request)
    return (await response.json()) as Record<string, Record<string, unknown>>
  }
  const bothShow = async (name: string) => {
    for (const gateway of [first, second])
      expect((await ask(gateway, name))['result']).toHaveProperty('structuredContent')
  }
  const idsOf = (...all: readonly TestGateway[]) => all.map(({ parts }) => parts.peers.instanceId)
  const toCounts = (entries: readonly CacheEntries[] = []) =>
    Object.fromEntries(entries.map(({ kind, count }) => [kind, count]))
  const described = async () => {
    const all = await first.parts.management.caches.describe(endpointId)
    expect(all.map(({ instanceId }) => instanceId)).toEqual(idsOf(first, second))
    return all.map(({ entries }) => toCounts(entries))
  }
  const purge = async (wanted: Purge) => {
    const all = await first.parts.management.caches.purge(endpointId, wanted)
    expect(all.map(({ instanceId }) => instanceId)).toEqual(idsOf(first, second))
    return all.map(({ entries }) => toCounts(entries))
  }
  const whole = { setting: 2, module: 2, function: 2, bundle: 1, worker: 1, snapshot: 1, list: 0 }

  it('say what each of them remembers, and one purge makes both forget it', async () => {
    await bothShow('show_left')
    expect(await described()).toEqual([whole, whole])
    const gone = { snapshot: 1, list: 0 }
    expect(await purge({ scope: 'snapshot' })).toEqual([gone, gone])
    const left = { setting: 0, module: 0, function: 0, bundle: 1, worker: 1, snapshot: 0, list: 0 }
    expect(await described()).toEqual([left, left])
    await bothShow('show_left')
    expect(await described()).toEqual([whole, whole])
  })

  it('forget what one setting went into, and nothing else', async () => {
    await bothShow('show_left')
    const settings = await first.parts.management.administration.settings(endpointId)
    const keyOf = (side: string) => settings.find(({ settingId }) => settingId.includes(side))
    const one = { setting: 1, module: 1, function: 1, snapshot: 1, list: 0 }
    // Their instances have run nothing of the other module.
    const right = { scope: 'setting', key: keyOf('right')?.settingId } as const
    expect(await purge(right)).toEqual([
      { ...one, worker: 0 },
      { ...one, worker: 0 },
    ])
    await bothShow('show_left')
    const left = { scope: 'setting', key: keyOf('left')?.settingId } as const
    expect(await purge(left)).toEqual([
      { ...one, worker: 1 },
      { ...one, worker: 1 },
    ])
    await bothShow('show_left')
  })

  it('forget of one package its instances, and what is offered of it', async () => {
    await bothShow('show_right')
    const gone = { bundle: 0, worker: 1, snapshot: 1, list: 0 }
    // Its code stays on disk for as long as another process may run it.
    expect(await purge({ scope: 'bundle', key: 'twins' })).toEqual([gone, gone])
    await bothShow('show_right')
    expect(await purge({ scope: 'worker', key: 'right' })).toEqual([{ worker: 1 }, { worker: 1 }])
  })

  it('hear what a command changes that serves nobody', async () => {
    await bothShow('show_left')
    const { url: REDIS_URL } = gateways.redis
    const env = { DATA_DIR: first.dataFolder, REDIS_URL }
    const set = (...args: readonly string[]) =>
      openTerminal(env).run('access', 'set', 'show_left', '--endpoint', endpointId, ...args)
    expect(await set('--disable')).toMatchObject({ exitCode: 0, stderr: '' })
    const names = async ({ parts }: TestGateway) =>
      (await parts.catalog.snapshot(endpointId)).list('tool').map(({ name }) => name)
    await vi.waitFor(
      async () => {
        expect(await names(first)).toEqual(['show_right'])
        expect(await names(second)).toEqual(['show_right'])
      },
      { timeout: 10_000 },
    )
    expect(await set('--clear')).toMatchObject({ exitCode: 0, stderr: '' })
    await vi.waitFor(() => bothShow('show_left'), { timeout: 10_000 })
  })

  it('end a call that one of them runs, whichever of them is asked to', async () => {
    const request = { endpointId, variables: {}, actor: 'test' }
    await first.parts.publishing.publish({ ...request, zip: holdingZip() })
    const folder = await mkdtemp(join(tmpdir(), 'held-'))
    const path = join(folder, 'call')
    try {
      const asking = ask(second, 'hold', { path })
      const callId = await vi.waitFor(
        async () => {
          const text = await readFile(path, 'utf8')
          expect(text).not.toBe('')
          return text
        },
        { timeout: 20_000 },
      )
      const cancel = (id: string) => ({
        type: 'call.cancel' as const,
        endpointId: id,
        callId,
        reason: 'it is late',
      })
      const isEnough = (answers: readonly unknown[]) => answers.length > 0
      // Of another endpoint it is nobody's.
      expect(await first.parts.peers.ask(cancel('globex'), { waitMs: 100 })).toEqual([])
      const options = { waitMs: 20_000, isEnough }
      expect(await first.parts.peers.ask(cancel(endpointId), options)).toEqual([
        { instanceId: second.parts.peers.instanceId, body: { type: 'call.found' } },
      ])
      expect(JSON.stringify(await asking)).toContain('it is late')
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
