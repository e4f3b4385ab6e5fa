/** An author changes what is active while agents call it, through two instances. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { type Frame, listen, type Listening } from '../dispatch/listen-client.js'
import { modernPost } from '../support/modern-post.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { zipOf } from '../support/zip.js'

const env = {
  CATALOG_CHECK_MS: '1500',
  EXECUTOR: 'worker',
  MAX_CALLS_PER_WORKER: '512',
  SETTINGS_KEYS: 'journey:the-settings-key-of-a-journey-0123456789',
}
let first: TestGateway
let second: TestGateway
let endpointId: string
let tokens = ''
let serial = 0

beforeAll(async () => {
  first = await startTestGateway({ env })
  second = await startTestGateway({ env, sharing: first })
})
afterAll(async () => {
  await second.stop()
  await first.stop()
})
beforeEach(async () => {
  serial += 1
  endpointId = `journey-${serial}`
  tokens = await first.tokenFor('ann', endpointId)
})

/**
 * A version whose functions say its name three times: from the module, from another file that is
 * imported only at the end of the call, and from the setting. It has a tool that no other has.
 */
function versionZip(name: string): Buffer {
  const where = { module_name: 'clock', class_name: 'Clock' }
  const tools = ['tell', 'take', `only_${name}`]
  return zipOf({
    'mcp_configuration.json': {
      tools: tools.map((tool) => ({
        name: tool,
        description: 'Tells which version it is',
        inputSchema: { type: 'object' },
      })),
      module_links: tools.map((tool) => ({
        type: 'tool',
        name: tool,
        module_name: 'clock',
        class_name: 'Clock',
        function_name: tool === 'take' ? 'take' : 'tell',
      })),
      modules: [{ package_name: 'clock', ...where, setting: { name: '${NAME}' } }],
    },
    'clock/index.js': `
      export class Clock {
        constructor(setting) { this.setting = setting }
        async tell({ ms = 20 }) {
          await new Promise((resolve) => setTimeout(resolve, ms))
          const late = await import('./late.js')
          return { code: '${name}', late: late.NAME, setting: this.setting.name }
        }
        async take(args, call) {
          call.log('info', 'begun')
          return this.tell({ ms: 1_500 })
        }
      }`,
    'clock/late.js': `export const NAME = '${name}'`,
  })
}

const Told = z.object({ code: z.string(), late: z.string(), setting: z.string() })
const Answer = z.object({ result: z.object({ structuredContent: Told }) })

const publish = (name: string) =>
  first.parts.publishing.publish({
    endpointId,
    zip: versionZip(name),
    variables: { NAME: 'today' },
    actor: 'ann',
  })

const post = (gateway: TestGateway, tool: string, args: object = {}) =>
  fetch(
    `${gateway.url}/${endpointId}/mcp`,
    modernPost('tools/call', { name: tool, arguments: args }, tokens),
  )

/** What the tool says of its version. */
async function tell(gateway: TestGateway, args?: object): Promise<z.infer<typeof Told>> {
  const text = await (await post(gateway, 'tell', args)).text()
  return Answer.parse(JSON.parse(text)).result.structuredContent
}

describe('another version is promoted while 200 calls run', () => {
  it('and none fails, none mixes versions, and every caller soon has the new one for good', async () => {
    const one = await publish('one')
    const two = await publish('two')
    await Promise.all([tell(first), tell(second)])
    const promoted = new AbortController()
    const callers = Array.from({ length: 200 }, async (_, n) => {
      const gateway = n % 2 === 0 ? first : second
      const said: string[] = []
      while (!promoted.signal.aborted || said.at(-1) !== 'one') {
        // So long that all of them run at a time, not that they wait for the machine.
        const { code, late, setting } = await tell(gateway, { ms: 1_000 })
        expect([late, setting]).toEqual([code, 'today'])
        said.push(code)
      }
      return said
    })
    await Promise.all([first, second].map((gateway) => tell(gateway)))
    const name = { endpointId, packageName: 'clock', version: one.ref.sha256, actor: 'ann' }
    expect(await first.parts.publishing.promote(name)).toMatchObject({ outcome: 'activated' })
    promoted.abort()
    const histories = await Promise.all(callers)
    for (const history of histories) expect(history.join(' ')).toMatch(/^(two )*(one ?)+$/)
    expect(histories.filter((history) => history[0] === 'two').length).toBeGreaterThan(150)
    expect(two.ref.sha256).not.toBe(one.ref.sha256)
  })

  it('and a call that had begun ends on the version on which it began', async () => {
    await publish('one')
    await publish('two')
    const begun = await post(second, 'take')
    const reader = begun.body?.getReader()
    await reader?.read()
    const rollback = { endpointId, packageName: 'clock', actor: 'ann' }
    expect(await first.parts.publishing.rollback(rollback)).toMatchObject({ outcome: 'activated' })
    expect(await tell(first)).toMatchObject({ code: 'one' })
    let rest = ''
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read())
      rest += new TextDecoder().decode(part.value)
    expect(rest).toContain('"structuredContent":{"code":"two","late":"two","setting":"today"}')
  })
})

it('every instance serves a promotion within two seconds, and tells those who listen there', async () => {
  const one = await publish('one')
  await publish('two')
  const listening = await listen(second.url, {
    token: tokens,
    endpointId,
    notifications: { toolsListChanged: true },
  })
  expect(await listening.next()).toMatchObject({
    method: 'notifications/subscriptions/acknowledged',
  })
  expect(await tell(second)).toMatchObject({ code: 'two' })
  const name = { endpointId, packageName: 'clock', version: one.ref.sha256, actor: 'ann' }
  await first.parts.publishing.promote(name)
  const frame = nextFrame(listening)
  await vi.waitFor(async () => expect(await tell(second)).toMatchObject({ code: 'one' }), 2_000)
  expect(await frame).toMatchObject({ method: 'notifications/tools/list_changed' })
  const list = await fetch(`${second.url}/${endpointId}/mcp`, modernPost('tools/list', {}, tokens))
  expect(await list.text()).toContain('only_one')
  listening.leave()
})

/** The next frame, within the two seconds and some. */
async function nextFrame(listening: Listening): Promise<Frame | undefined> {
  const late = delay(5_000, undefined, { ref: false })
  return await Promise.race([listening.next(), late])
}

it('a setting that changes reaches functions that run already, on every instance', async () => {
  await publish('one')
  expect(await tell(second)).toMatchObject({ setting: 'today' })
  const zip = versionZip('one')
  const variables = { NAME: 'tomorrow' }
  const { outcome } = await first.parts.publishing.publish({
    endpointId,
    zip,
    variables,
    actor: 'ann',
  })
  expect(outcome).toBe('activated')
  expect(await tell(first)).toMatchObject({ code: 'one', setting: 'tomorrow' })
  await vi.waitFor(
    async () => expect(await tell(second)).toMatchObject({ setting: 'tomorrow' }),
    2_000,
  )
})
