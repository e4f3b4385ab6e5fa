import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { folderOf, GREETER, MANIFEST } from '../bundling/author-folder.js'
import { createFolder, createServedFolder } from './local-folder.js'
import { openTerminal } from './program.js'

const build = (...args: string[]) => openTerminal({}).run('bundle', 'build', ...args)

it('writes one ZIP and says its name, size and hash, the same from any folder', async () => {
  const out = join(await createFolder(), 'greeter.zip')
  const built = await build(await folderOf(GREETER), '--out', out)
  const zip = await readFile(out)
  const sha256 = createHash('sha256').update(zip).digest('hex')
  expect(built).toEqual({
    exitCode: 0,
    stdout: `${out}: greeter ${zip.length} bytes, SHA-256 ${sha256}\n`,
    stderr: '',
  })
  expect((await build(await folderOf(GREETER), '--out', out)).stdout).toBe(built.stdout)
})

it('names the ZIP after the package, beside whoever asked', async () => {
  const [before, folder] = [process.cwd(), await createFolder()]
  process.chdir(folder)
  onTestFinished(() => process.chdir(before))
  expect((await build(await folderOf(GREETER))).stdout).toMatch(/^greeter\.zip: /)
  expect(await readdir(folder)).toEqual(['greeter.zip'])
})

it('what it made is what is pushed', async () => {
  const folder = await folderOf(GREETER)
  const out = join(await createFolder(), 'greeter.zip')
  await build(folder, '--out', out)
  const env = { DATA_DIR: await createServedFolder() }
  const push = (path: string) => openTerminal(env).run('bundle', 'push', path)
  expect((await push(folder)).stdout).toMatch(/^greeter [0-9a-f]{12} activated at endpoint default/)
  expect((await push(out)).stdout).toMatch(/^greeter [0-9a-f]{12} unchanged at endpoint default/)
})

it('a wrong bundle is told as `validate` tells it, and nothing is written', async () => {
  const out = join(await createFolder(), 'plain.zip')
  const folder = await folderOf({ 'mcp_configuration.json': MANIFEST })
  const { exitCode, stdout, stderr } = await build(folder, '--out', out)
  expect([exitCode, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/: 1 problem\n- mcp_configuration\.json:\d+: modules\[0\]\.module_name: /)
  expect(await readdir(join(out, '..'))).toEqual([])
})

it('a pushed folder whose code cannot be parsed is refused with the place', async () => {
  const folder = await folderOf({
    'mcp_configuration.json': MANIFEST,
    'tools/index.js': 'export class Tools {\n  run( {}\n}\n',
  })
  const env = { DATA_DIR: await createServedFolder() }
  const { exitCode, stderr } = await openTerminal(env).run('bundle', 'push', folder)
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/could not be loaded: .*\n- tools\/index\.js:3:1: /)
})
