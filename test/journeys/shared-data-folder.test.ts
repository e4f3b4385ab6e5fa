import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { bundleFolder } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'
import {
  type Child,
  createDataFolder,
  enginePids,
  type Gateway,
  mcpDaemon,
  removeDataFolder,
  run,
  startGateway,
} from '../support/product.js'
import { readStoredCalls } from '../support/records.js'
import { freshFolder, npmStart, start, TIMEOUT_MS } from './fresh-product.js'

interface Answer {
  readonly id: number
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: unknown
}

/** One client of the gateway, whatever lies between them. */
interface Client {
  request(method: string, params: object): Promise<Answer>
}

interface Sidecar extends Client {
  readonly child: Child
}

function startSidecar(dataFolder: string, userId: string): Sidecar {
  const command = ['npm', 'run', '-s', 'start', '--', '--stdio']
  const child = run(command, { DATA_DIR: dataFolder, MCP_USER_ID: userId })
  let lastId = 0
  return {
    child,
    request: async (method, params) => {
      const id = ++lastId
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
      const [line] = await child.until(new RegExp(`^.*"id":${id}[,}].*\n`, 'm'))
      return JSON.parse(line) as Answer
    },
  }
}

function clientOf({ url }: Gateway, token: string | undefined, endpointId = 'default'): Client {
  return {
    request: async (method, params) => {
      const path = new URL(`/${endpointId}/mcp`, url)
      const response = await fetch(path, modernPost(method, params, token))
      return (await response.json()) as Answer
    },
  }
}

const initialize = (client: Client) =>
  client.request('initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'journey', version: '1' },
  })

const callEcho = (client: Client, text: string) =>
  client.request('tools/call', { name: 'echo', arguments: { text } })

const inOrder = (a: string, b: string) => a.localeCompare(b)

/** Of both eras: the modern one says more beside it. */
const echoed = (text: string): unknown =>
  expect.objectContaining({ content: [{ type: 'text', text }] })

async function toolNames(client: Client): Promise<string[]> {
  const { result = {} } = await client.request('tools/list', {})
  return (result['tools'] as { name: string }[]).map(({ name }) => name)
}

async function push(dataFolder: string, folder: string, endpointId: string) {
  const command = [...mcpDaemon, 'bundle', 'push', folder, '--endpoint', endpointId]
  const child = run(command, { DATA_DIR: dataFolder })
  const { exitCode } = await child.ended
  return { exitCode, said: child.stdout() + child.stderr() }
}

async function writeKettle(dataFolder: string): Promise<string> {
  const folder = join(dataFolder, 'kettle-bundle')
  await mkdir(join(folder, 'kettle'), { recursive: true })
  const code = { module_name: 'kettle', class_name: 'Kettle' }
  const manifest = {
    tools: [{ name: 'boil', description: 'Boils', inputSchema: { type: 'object' } }],
    module_links: [{ type: 'tool', name: 'boil', function_name: 'boil', ...code }],
    modules: [{ package_name: 'kettle', ...code, setting: {} }],
  }
  await writeFile(join(folder, 'mcp_configuration.json'), JSON.stringify(manifest))
  const source = "export class Kettle { boil() { return 'hot' } }\n"
  await writeFile(join(folder, 'kettle', 'index.js'), source)
  return folder
}

describe('on one data folder', { timeout: TIMEOUT_MS }, () => {
  it('two sidecars, npm start and bundle push, begun at once, all work on one engine', async () => {
    const dataFolder = await freshFolder()
    const sidecars = ['ann', 'ben'].map((userId) => startSidecar(dataFolder, userId))
    for (const { child } of sidecars) onTestFinished(async () => void (await child.stop()))
    const [gateway, pushed, ...hellos] = await Promise.all([
      start({ command: npmStart, dataFolder }),
      push(dataFolder, bundleFolder('journey_tools'), 'acme'),
      ...sidecars.map(initialize),
    ])
    expect(pushed).toEqual({
      exitCode: 0,
      said: expect.stringMatching(/^journey_tools \w{12} activated at endpoint acme: .*\n$/),
    })
    for (const { result } of hellos) expect(result).toMatchObject({ protocolVersion: '2025-11-25' })

    const clients = [...sidecars, clientOf(gateway, gateway.newToken)]
    const answers = await Promise.all(clients.map((client, n) => callEcho(client, `from ${n}`)))
    expect(answers.map(({ result }) => result)).toEqual(clients.map((_, n) => echoed(`from ${n}`)))
    const acme = clientOf(gateway, gateway.newToken, 'acme')
    expect((await callEcho(acme, 'from acme')).result).toEqual(echoed('from acme'))
    const calls = await readStoredCalls(dataFolder)
    const told = calls.map((call) => `${call.user_id} ${call.status} ${call.arguments}`)
    expect(told.toSorted(inOrder)).toEqual(
      ['ann', 'ben', 'operator'].map((user, n) => `${user} completed {"text":"from ${n}"}`),
    )
    expect(await readStoredCalls(dataFolder, 'acme')).toHaveLength(1)
    expect(enginePids(dataFolder)).toHaveLength(1)
    await Promise.all(sidecars.map(endAndCheckOutput))
  })

  /** The end of its input ends a sidecar; all that it ever wrote to its client was JSON-RPC. */
  async function endAndCheckOutput({ child }: Sidecar) {
    child.stdin.end()
    expect(await child.ended).toEqual({ exitCode: 0, signal: null })
    const lines = child.stdout().trimEnd().split('\n')
    expect(lines).toHaveLength(2)
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' })
  }

  it('two that start at once agree on one token, and one of them prints it', async () => {
    const dataFolder = await freshFolder()
    const settings = { command: npmStart, dataFolder }
    const gateways = await Promise.all([start(settings), start(settings)])
    const tokens = gateways.flatMap(({ newToken }) => newToken ?? [])
    expect(tokens).toHaveLength(1)
    for (const gateway of gateways)
      expect(await toolNames(clientOf(gateway, tokens[0]))).toContain('echo')
  })
})

describe('a gateway and a sidecar on one data folder', { timeout: TIMEOUT_MS }, () => {
  let dataFolder: string
  let gateway: Gateway
  let client: Client
  let sidecar: Sidecar
  beforeAll(async () => {
    dataFolder = await createDataFolder()
    gateway = await startGateway({ dataFolder })
    client = clientOf(gateway, gateway.newToken)
    sidecar = startSidecar(dataFolder, 'ann')
    await initialize(sidecar)
  })
  afterAll(async () => {
    await Promise.all([gateway.stop(), sidecar.child.stop()])
    await removeDataFolder(dataFolder)
  })

  it('the death of the engine amid calls loses none: each is answered and recorded once', async () => {
    const clients = [client, sidecar]
    const texts = Array.from({ length: 60 }, (_, n) => `call ${n}`)
    const [firstEngine = Number.NaN, ...others] = enginePids(dataFolder)
    expect(others).toEqual([])

    let answered = 0
    const calls = texts.map(async (text, n) => {
      const answer = await callEcho(clients[n % clients.length] ?? sidecar, text)
      answered++
      return answer
    })
    await Promise.race(calls)
    process.kill(firstEngine, 'SIGKILL')
    expect(answered).toBeLessThan(texts.length)

    const answers = await Promise.all(calls)
    expect(answers.map(({ result, error }) => error ?? result)).toEqual(texts.map(echoed))
    const stored = await readStoredCalls(dataFolder)
    expect(stored.map((call) => call.arguments ?? '').toSorted(inOrder)).toEqual(
      texts.map((text) => JSON.stringify({ text })).toSorted(inOrder),
    )
    const [secondEngine, ...more] = enginePids(dataFolder)
    expect(secondEngine).not.toBe(firstEngine)
    expect(more).toEqual([])
  })

  it('a pushed bundle is served within 2 s by what runs already', async () => {
    const clients = [client, sidecar]
    for (const each of clients) expect(await toolNames(each)).not.toContain('boil')

    expect((await push(dataFolder, await writeKettle(dataFolder), 'default')).exitCode).toBe(0)
    const isServed = (each: Client) =>
      expect.poll(() => toolNames(each), { timeout: 2000, interval: 50 }).toContain('boil')
    await Promise.all(clients.map(isServed))
    const call = { name: 'boil', arguments: {} }
    for (const each of clients)
      expect((await each.request('tools/call', call)).result).toEqual(echoed('hot'))
  })
})
