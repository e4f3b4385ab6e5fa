import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folderOf, GREETER, MANIFEST } from '../bundling/author-folder.js'
import { bundleFolder } from '../support/gateway.js'
import { zipOf } from '../support/zip.js'
import { createFolder } from './local-folder.js'
import { openTerminal } from './program.js'

const validate = (...args: string[]) => openTerminal({}).run('bundle', 'validate', ...args)

const CODE = { 'tools/index.js': 'export class Tools { run() {} }\n' }

it('a bundle that can be published is valid, and nothing is written for it', async () => {
  const dataFolder = await createFolder()
  const folder = bundleFolder('journey_tools')
  expect(await openTerminal({ DATA_DIR: dataFolder }).run('bundle', 'validate', folder)).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(/: journey_tools is valid, SHA-256 [0-9a-f]{64}\n$/),
    stderr: '',
  })
  expect(await readdir(dataFolder)).toEqual([])
})

it('tells every problem with the line of the manifest, and exits with 1', async () => {
  const [tool] = MANIFEST.tools
  const folder = await folderOf({
    'mcp_configuration.json': {
      ...MANIFEST,
      tools: [tool, { ...tool, name: 'a b' }, { ...tool, inputSchema: { type: 'array' } }],
    },
    ...CODE,
  })
  const { exitCode, stdout, stderr } = await validate(folder)
  expect([exitCode, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/: 3 problems$/m)
  expect(stderr).toMatch(/^- mcp_configuration\.json:11: tools\[1\]\.name: expected 1 to 128/m)
  expect(stderr).toMatch(/^- mcp_configuration\.json:\d+: tools\[2\]\.name: "run" is declared/m)
  expect(stderr).toMatch(/^- mcp_configuration\.json:\d+: tools\[2\]\.inputSchema/m)
})

it('tells missing code by link, and where code cannot be parsed', async () => {
  const files = { 'mcp_configuration.json': MANIFEST }
  const missing = await validate(
    await folderOf({ ...files, 'tools/index.js': 'export class Tools {}\n' }),
  )
  expect(missing.stderr).toMatch(
    /^- mcp_configuration\.json:\d+: module_links\[0\]: class "Tools" has no method "run"$/m,
  )
  const broken = await validate(
    await folderOf({ ...files, 'tools/index.js': 'export class Tools {\n  run( {}\n}\n' }),
  )
  expect(broken.exitCode).toBe(1)
  expect(broken.stderr).toMatch(/^- tools\/index\.js:3:1: /m)
})

it('builds first what has to be built, and tells where that fails', async () => {
  expect(await validate(await folderOf(GREETER))).toMatchObject({ exitCode: 0, stderr: '' })
  const { exitCode, stderr } = await validate(
    await folderOf({ ...GREETER, 'lib/greet.ts': 'export const greet = (\n' }),
  )
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/: 1 problem\n- lib\/greet\.ts:\d+:\d+: /)
})

it('a ZIP is looked into as well', async () => {
  const file = join(await createFolder(), 'bundle.zip')
  await writeFile(file, zipOf({ 'mcp_configuration.json': MANIFEST, ...CODE, '../up.js': '' }))
  const { exitCode, stderr } = await validate(file)
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/: 1 problem\n- "\.\.\/up\.js": the path holds "\.\."/)
})

it('warnings are shown, and leave it valid', async () => {
  const [module] = MANIFEST.modules
  const modules = [{ ...module, setting: { key: '${KEY}' } }]
  const folder = await folderOf({ 'mcp_configuration.json': { ...MANIFEST, modules }, ...CODE })
  const { exitCode, stderr } = await validate(folder)
  expect(exitCode).toBe(0)
  expect(stderr).toMatch(
    /^warning: mcp_configuration\.json:\d+: modules\[0\]\.setting\.key: the variable KEY is not given\n$/,
  )
  expect((await validate(folder, '--var', 'KEY=x')).stderr).toBe('')
})

it('--json is for programs', async () => {
  const right = await validate('--json', await folderOf(GREETER))
  expect(JSON.parse(right.stdout)).toEqual({
    valid: true,
    package: 'greeter',
    sha256: expect.any(String),
    problems: [],
    warnings: [],
  })
  const wrong = await validate('--json', await folderOf({}))
  expect([wrong.exitCode, JSON.parse(wrong.stdout)]).toEqual([
    1,
    {
      valid: false,
      problems: [expect.stringContaining('holds no mcp_configuration.json')],
      warnings: [],
    },
  ])
})
