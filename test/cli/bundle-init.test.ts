import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createFolder } from './local-folder.js'
import { openTerminal } from './program.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

const init = (...args: string[]) => openTerminal({}).run('bundle', 'init', ...args)

describe.each([
  ['JavaScript', [], 'index.js', 'jsconfig.json'],
  ['TypeScript', ['--ts'], 'index.ts', 'tsconfig.json'],
])('a starter in %s', (_language, flags, code, configuration) => {
  it('is a folder of a few files, named after it, and says what to do next', async () => {
    const folder = join(await createFolder(), 'hello')
    const { exitCode, stdout, stderr } = await init(folder, ...flags)
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toContain(`npx mcp-daemon dev ${folder}\n`)
    expect((await readdir(folder)).sort()).toEqual(
      ['.gitignore', 'README.md', code, configuration, 'package.json'].sort(),
    )
    const texts = await Promise.all(
      (await readdir(folder)).map((file) => readFile(join(folder, file), 'utf8')),
    )
    expect(texts.join('\n')).not.toMatch(/__[A-Z]+__/)
    const { name, devDependencies } = JSON.parse(
      await readFile(join(folder, 'package.json'), 'utf8'),
    )
    expect([name, devDependencies]).toEqual(['hello', { 'mcp-daemon-engine': expect.any(String) }])
  })

  it('has nothing wrong with it, and nothing that surprises', async () => {
    const folder = join(await createFolder(), 'hello')
    await init(folder, ...flags)
    expect(await openTerminal({}).run('bundle', 'validate', folder)).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/: hello is valid, SHA-256 [0-9a-f]{64}\n$/),
      stderr: '',
    })
  })

  it('has types that hold, also for what its author writes next', async () => {
    const folder = join(await createFolder(), 'hello')
    await init(folder, ...flags)
    await mkdir(join(folder, 'node_modules'))
    await symlink(root, join(folder, 'node_modules/mcp-daemon-engine'))
    const check = () =>
      spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', join(folder, configuration)], {
        encoding: 'utf8',
      }).stdout
    expect(check()).toBe('')
    const text = await readFile(join(folder, code), 'utf8')
    await writeFile(join(folder, code), text.replace('${name}!', '${name.length()}!'))
    expect(check()).toMatch(/index\.[jt]s\(\d+,\d+\): error TS2349/)
  })
})

it('writes over nothing', async () => {
  const folder = join(await createFolder(), 'hello')
  await mkdir(folder)
  await writeFile(join(folder, 'index.js'), 'mine')
  const { exitCode, stderr } = await init(folder)
  expect([exitCode, stderr]).toEqual([
    1,
    `${folder}: nothing was written, there is a index.js already\n`,
  ])
  expect(await readdir(folder)).toEqual(['index.js'])
  expect(await readFile(join(folder, 'index.js'), 'utf8')).toBe('mine')
})

it.each([
  [['.hidden'], /^bundle init: "\.hidden" cannot be a package's name/],
  [['two words'], /cannot be a package's name/],
  [[], /^bundle init: expected one NAME\n/],
  [['a', 'b'], /^bundle init: expected one NAME\n/],
])('%j is wrong usage', async (args, said) => {
  const { exitCode, stderr } = await init(...args)
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(said)
})
