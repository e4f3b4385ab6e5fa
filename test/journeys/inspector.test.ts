/** The MCP inspector's command line: a client that others wrote, as its own users run it. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createDataFolder,
  type Gateway,
  mcpDaemon,
  removeDataFolder,
  run,
  startGateway,
} from '../support/product.js'
import { readStoredCalls } from '../support/records.js'

/** The inspector needs Node 22; this is the plain binary, without an install script. */
const PACKAGES = [
  `node-${process.platform}-${process.arch}@22`,
  '@modelcontextprotocol/inspector@2.12.0',
]
const FETCH_TIMEOUT_MS = 300_000
const TIMEOUT_MS = 120_000

const isCi = process.env['CI'] === 'true'
const fromNpx = ['-y', '--prefer-offline', ...PACKAGES.flatMap((name) => ['-p', name]), '-c']
const searchPath = fetchInspector()
if (searchPath === undefined)
  console.warn(`inspector: skipped, npx cannot fetch it; to get it: npx ${fromNpx.join(' ')} true`)

/** @returns the search path on which npx finds the programs, so that each run needs no npx */
function fetchInspector(): string | undefined {
  // Without a network npm would try for a minute or two.
  const env = { ...process.env, ...(!isCi && { npm_config_fetch_retries: '0' }) }
  const options = { env, encoding: 'utf8', timeout: FETCH_TIMEOUT_MS } as const
  const { status, stdout, stderr } = spawnSync('npx', [...fromNpx, 'echo "$PATH"'], options)
  if (status === 0) return stdout.trim()
  if (isCi) throw new Error(`npx could not fetch the inspector:\n${stderr}`)
  return undefined
}

let dataFolder: string
let gateway: Gateway
const token = 'the-admin-token-of-the-inspector-0123456789'

/** Runs one method of the inspector, in a process of its own. */
async function inspect(target: readonly string[], args: readonly string[]) {
  const format = ['--format', 'json', '-q', '--stored-auth-only']
  const command = ['mcp-inspector', '--cli', ...target, ...args, ...format]
  // What Node has compiled for the first run is there for all of them.
  const NODE_COMPILE_CACHE = join(dataFolder, 'compiled')
  const child = run(command, { PATH: searchPath ?? '', NODE_COMPILE_CACHE })
  const { exitCode } = await child.ended
  const [line = ''] = child.stdout().split('\n')
  const { result } = JSON.parse(line || '{}') as { result?: unknown }
  return { exitCode, result, stderr: child.stderr() }
}

const users = { HTTP: 'operator', stdio: 'ide' } as const
const eras = [
  ['legacy', '2025-11-25'],
  ['modern', '2026-07-28'],
] as const

const targets = {
  HTTP: () => {
    const url = new URL('/default/mcp', gateway.url).href
    return [url, '--transport', 'http', '--header', `Authorization: Bearer ${token}`]
  },
  stdio: () => {
    const sidecar = [...mcpDaemon, 'start', '--stdio', '--transport', 'stdio']
    const env = { DATA_DIR: dataFolder, MCP_USER_ID: users.stdio, EXECUTOR: 'worker' }
    return [
      ...sidecar,
      ...Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
    ]
  },
} as const

describe.skipIf(searchPath === undefined)('the inspector', { timeout: TIMEOUT_MS }, () => {
  beforeAll(async () => {
    dataFolder = await createDataFolder()
    gateway = await startGateway({ dataFolder, env: { ADMIN_STATIC_TOKEN: token } })
  })
  afterAll(async () => {
    await gateway.stop()
    await removeDataFolder(dataFolder)
  })

  // One process at a time on each side.
  describe.concurrent.each(['HTTP', 'stdio'] as const)('over %s', (transport) => {
    describe.sequential.each(eras)('in the %s era', (era, revision) => {
      const ask = (method: string, ...args: string[]) =>
        inspect(targets[transport](), ['--protocol-era', era, '--method', method, ...args])
      const call = (args: object) =>
        ask('tools/call', '--tool-name', 'add', '--tool-args-json', JSON.stringify(args))

      it('agrees on the revision', async () => {
        expect(await ask('initialize')).toMatchObject({
          exitCode: 0,
          result: { protocolVersion: revision, serverInfo: { name: 'mcp-daemon-engine' } },
        })
      })

      it('calls a tool, which is recorded', async () => {
        const answer = await call({ a: 2, b: 3 })
        expect(answer).toMatchObject({ exitCode: 0, result: { structuredContent: { sum: 5 } } })
        const calls = await readStoredCalls(dataFolder)
        const last = calls.find(({ user_id }) => user_id === users[transport])
        expect(last).toMatchObject({ name: 'add', status: 'completed', protocol_version: revision })
      })

      // Every run over stdio starts a sidecar: what else its clients do is in `ide-over-stdio.test.ts`.
      if (transport === 'stdio') return

      it.each([
        ['tools/list', { tools: [{ name: 'add' }, { name: 'count_down' }, { name: 'echo' }] }],
        ['resources/list', { resources: [{ uri: 'demo://about' }] }],
        [
          'resources/templates/list',
          { resourceTemplates: [{ uriTemplate: 'demo://greeting/{name}' }] },
        ],
        ['prompts/list', { prompts: [{ name: 'summarize' }] }],
      ])('gets %s', async (method, result) => {
        expect(await ask(method)).toMatchObject({ exitCode: 0, result })
      })

      it('sees that a tool failed', async () => {
        const answer = await call({ a: 2 })
        // The inspector's own code for a result with isError.
        expect(answer).toMatchObject({ exitCode: 5, result: { isError: true } })
        expect(JSON.stringify(answer.result)).toContain(`must have required property 'b'`)
      })

      it('reads a resource', async () => {
        expect(await ask('resources/read', '--uri', 'demo://greeting/Ann')).toMatchObject({
          exitCode: 0,
          result: { contents: [{ uri: 'demo://greeting/Ann', text: 'Hello, Ann!' }] },
        })
      })

      it('gets a prompt', async () => {
        const args = ['--prompt-name', 'summarize', '--prompt-args', 'topic=tea']
        const { exitCode, result } = await ask('prompts/get', ...args)
        expect(exitCode).toBe(0)
        expect(JSON.stringify(result)).toContain('Summarize tea in three sentences')
      })
    })
  })

  it('without the token is refused', async () => {
    const url = new URL('/default/mcp', gateway.url).href
    const answer = await inspect([url, '--transport', 'http'], ['--method', 'tools/list'])
    expect(answer).toMatchObject({ exitCode: 3, result: undefined })
  })
})
