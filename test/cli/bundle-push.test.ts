import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { bundleFolder } from '../support/gateway.js'
import { createFolder, createServedFolder } from './local-folder.js'
import { openTerminal } from './program.js'

interface KettleOptions {
  readonly setting?: object
  readonly code?: string
}

/** A bundle of one tool, on disk. */
async function writeKettle({ setting = {}, code }: KettleOptions = {}): Promise<string> {
  const folder = await createFolder()
  const where = { module_name: 'kettle', class_name: 'Kettle' }
  const manifest = {
    tools: [{ name: 'boil', description: 'Boils', inputSchema: { type: 'object' } }],
    module_links: [{ type: 'tool', name: 'boil', function_name: 'boil', ...where }],
    modules: [{ package_name: 'kettle', ...where, setting }],
  }
  await mkdir(join(folder, 'kettle'))
  await writeFile(join(folder, 'mcp_configuration.json'), JSON.stringify(manifest))
  const kettle = 'export class Kettle { constructor(s) { this.s = s } boil() { return this.s } }\n'
  await writeFile(join(folder, 'kettle', 'index.js'), code ?? kettle)
  return folder
}

const push = (env: Record<string, string>, ...args: string[]) =>
  openTerminal(env).run('bundle', 'push', ...args)

it('says what became of it, and that nothing changed when it is pushed again', async () => {
  const env = { DATA_DIR: await createServedFolder() }
  const folder = bundleFolder('journey_tools')
  const counts = '18 tools, 3 resources, 1 prompt'
  expect(await push(env, folder)).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(
      new RegExp(`^journey_tools [0-9a-f]{12} activated at endpoint default: ${counts}\n$`),
    ),
    stderr: '',
  })
  expect((await push(env, folder)).stdout).toContain('unchanged at endpoint default')
  const elsewhere = await push(env, folder, '--endpoint', 'acme')
  expect(elsewhere.stdout).toContain('activated at endpoint acme')
})

it('fills settings from --var first, then from MCP_VAR_ and from nothing else', async () => {
  const env = { DATA_DIR: await createServedFolder(), MCP_ENDPOINT_ID: 'kitchen' }
  const folder = await writeKettle({ setting: { water: '${WATER}', heat: '${HEAT}' } })
  const refused = await push({ ...env, WATER: 'sea', MCP_VAR_HEAT: 'low' }, folder)
  expect([refused.exitCode, refused.stdout]).toEqual([1, ''])
  expect(refused.stderr).toMatch(/WATER/)
  expect(refused.stderr).not.toMatch(/HEAT|sea|low/)

  const variables = { MCP_VAR_WATER: 'sea', MCP_VAR_HEAT: 'low' }
  const pushed = await push({ ...env, ...variables }, folder, '--var', 'WATER=tap=cold')
  expect(pushed).toMatchObject({ exitCode: 0, stderr: '' })
  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'boil' } }
  const sidecar = openTerminal(env)
  sidecar.stdin.end(`${JSON.stringify(call)}\n`)
  const { stdout } = await sidecar.run('start', '--stdio')
  expect(JSON.parse(stdout)).toMatchObject({
    result: { structuredContent: { water: 'tap=cold', heat: 'low' } },
  })
})

it.each([
  ['that is not there', async () => '/nowhere/at/all', /\/nowhere\/at\/all: there is no such file/],
  ['without a manifest', () => createFolder(), /holds no mcp_configuration\.json/],
  ['whose class is missing', () => writeKettle({ code: 'export class Pot {}' }), /Kettle/],
])('a bundle %s is refused in a few words', async (_what, write, said) => {
  const env = { DATA_DIR: await createServedFolder() }
  const { exitCode, stdout, stderr } = await push(env, await write())
  expect([exitCode, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(said)
  expect(stderr).not.toMatch(/^ +at /m)
})

it('warnings go to standard error, and it is published all the same', async () => {
  const folder = await writeKettle()
  const manifestFile = join(folder, 'mcp_configuration.json')
  const name = 'b'.repeat(65)
  const where = { module_name: 'kettle', class_name: 'Kettle' }
  const manifest = {
    tools: [{ name, description: 'Boils', inputSchema: { type: 'object' } }],
    module_links: [{ type: 'tool', name, function_name: 'boil', ...where }],
    modules: [{ package_name: 'kettle', ...where, setting: {} }],
  }
  await writeFile(manifestFile, JSON.stringify(manifest))
  const outcome = await push({ DATA_DIR: await createServedFolder() }, folder)
  expect(outcome).toMatchObject({
    exitCode: 0,
    stderr: expect.stringMatching(/^warning: .*64.*\n$/),
    stdout: expect.stringContaining('1 tool, 0 resources, 0 prompts'),
  })
})
