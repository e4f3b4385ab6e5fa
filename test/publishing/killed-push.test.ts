import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'
import { mcpDaemon, run } from '../support/product.js'
import { zipOf } from '../support/zip.js'

/** The quickest: what runs the code does not matter here. */
const EXECUTOR = 'inline'

let gateway: TestGateway
let folder: string
beforeAll(async () => {
  gateway = await startTestGateway({ env: { EXECUTOR } })
  folder = await mkdtemp(join(tmpdir(), 'killed-push-'))
})
afterAll(async () => {
  await gateway.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A bundle of one tool that tells its version and its setting. */
function kettleZip(version: string): Buffer {
  const code = { module_name: 'kettle', class_name: 'Kettle' }
  return zipOf({
    'mcp_configuration.json': {
      tools: [{ name: 'boil', description: 'Boils', inputSchema: { type: 'object' } }],
      module_links: [{ type: 'tool', name: 'boil', ...code, function_name: 'boil' }],
      modules: [{ package_name: 'kettle', ...code, setting: { water: '${WATER}' } }],
    },
    'kettle/index.js': `export class Kettle {
      constructor({ water }) { this.water = water }
      boil() { return '${version} with ' + this.water }
    }`,
  })
}

async function call(endpointId: string): Promise<unknown> {
  const token = await gateway.tokenFor('ann', endpointId)
  const post = modernPost('tools/call', { name: 'boil', arguments: {} }, token)
  const response = await fetch(`${gateway.url}/${endpointId}/mcp`, post)
  const answer: unknown = await response.json()
  return answer
}

const saying = (text: string) =>
  expect.objectContaining({
    result: expect.objectContaining({ content: [{ type: 'text', text }] }),
  })

/** `bundle push`, killed in place of a request. */
async function pushAndDie(endpointId: string, request: string, after: number): Promise<void> {
  const path = join(folder, `${endpointId}.zip`)
  await writeFile(path, kettleZip('new'))
  const [node, main] = mcpDaemon
  const preload = new URL('kill-at-request.mjs', import.meta.url).href
  const args = ['bundle', 'push', path, '--endpoint', endpointId, '--var', 'WATER=new water']
  const push = run([node, '--no-warnings', '--import', preload, main, ...args], {
    DATA_DIR: gateway.dataFolder,
    EXECUTOR,
    KILL_AT: request,
    KILL_AFTER: String(after),
  })
  expect(await push.ended).toEqual({ exitCode: null, signal: 'SIGKILL' })
}

const publish = (endpointId: string, version: string) =>
  gateway.parts.publishing.publish({
    endpointId,
    zip: kettleZip(version),
    variables: { WATER: `${version} water` },
    actor: 'ann',
  })

// At once: each has an endpoint of its own, and most of the time goes into starting the command.
describe.concurrent('kill -9 in the middle of a push', () => {
  it.each<[string, string, number]>([
    ['its definitions are not stored', 'PutObjectCommand', 1],
    ['all is written, and the package not switched over', 'UpdateCommand', 0],
  ])('leaves code and settings of what was active, and can be done again: %s', async (...step) => {
    const [where, request, after] = step
    const endpointId = where.replaceAll(/[^a-z]+/g, '-')
    await publish(endpointId, 'old')
    await pushAndDie(endpointId, request, after)
    expect(await call(endpointId)).toEqual(saying('old with old water'))
    expect(await publish(endpointId, 'new')).toMatchObject({ outcome: 'activated' })
    expect(await call(endpointId)).toEqual(saying('new with new water'))
  })

  it('after the package was switched over leaves the new one; done again, it changes nothing', async () => {
    await publish('switched', 'old')
    await pushAndDie('switched', 'GetCommand', 1)
    expect(await call('switched')).toEqual(saying('new with new water'))
    expect(await publish('switched', 'new')).toMatchObject({ outcome: 'unchanged' })
    const [kettle] = await gateway.parts.publishing.list('switched')
    expect(kettle).toMatchObject({ revision: 2, activatedBy: 'cli' })
    expect(await call('switched')).toEqual(saying('new with new water'))
  })
})
