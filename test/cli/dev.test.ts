import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { folderOf, type Files, GREETER, MANIFEST, writeAll } from '../bundling/author-folder.js'
import { modernPost } from '../support/modern-post.js'
import { createFolder } from './local-folder.js'
import { openTerminal } from './program.js'

/** Others may use the machine. */
const WAIT = { timeout: 20_000, interval: 20 }

/** Where it shows what runs functions: as it is by default. */
const asProcess = { EXECUTOR: 'process' }

/** A folder that is served, and what its author sees; all of it ends with the test. */
async function develop(files: Files, env: Record<string, string> = {}, ...flags: string[]) {
  const [folder, DATA_DIR] = [await folderOf(files), await createFolder()]
  const terminal = openTerminal({ PORT: '0', DATA_DIR, EXECUTOR: 'worker', ...env })
  const said = { out: '', err: '' }
  terminal.stdout.on('data', (text) => (said.out += String(text)))
  terminal.stderr.on('data', (text) => (said.err += String(text)))
  const ended = terminal.run('dev', folder, ...flags)
  onTestFinished(async () => {
    terminal.interrupt()
    await ended
  })
  const until = (pattern: RegExp, from: keyof typeof said = 'out') =>
    expect.poll(() => said[from], WAIT).toMatch(pattern)
  await until(/listens on [^]*Ctrl\+C ends it\n/)
  const [, url = ''] = /listens on (http:\S+)\n/.exec(said.out) ?? []
  const [, token] = /shown this once: (\S+)\n/.exec(said.out) ?? []
  return {
    folder,
    DATA_DIR,
    said,
    until,
    terminal,
    ended,
    save: (changed: Files) => writeAll(folder, changed),
    call: async (name: string, args: object = {}, endpoint = 'default') => {
      const params = { name, arguments: args }
      const answer = await fetch(
        new URL(`/${endpoint}/mcp`, url),
        modernPost('tools/call', params, token),
      )
      const { result, error } = JSON.parse(await answer.text())
      return result?.content[0].text ?? error.message
    },
  }
}

const WORDS = GREETER['lib/greet.ts']

describe('dev', () => {
  it('serves a folder, and what is saved in its place', async () => {
    const { until, save, call, said } = await develop(GREETER)
    await until(/^greeter [0-9a-f]{12} activated at endpoint default: 1 tool, 0 res/m)
    await until(/Call a tool:\n.*\n.* -H .*"arguments":\{"name":"text"\}/s)
    expect(await call('hello', { name: 'Ann' })).toBe('Hello, Ann!')
    await save({ 'lib/greet.ts': WORDS.replace('!', ' and welcome!') })
    await expect.poll(() => call('hello', { name: 'Ann' }), WAIT).toBe('Hello, Ann and welcome!')
    expect(said.err).toBe('')
    expect(said.out.match(/Call a tool:/g)).toHaveLength(1)
  })

  it('of an error keeps what was served before, and shows file, line and column', async () => {
    const { until, save, call } = await develop(GREETER)
    await until(/activated/)
    await save({ 'lib/greet.ts': 'export const greet = (\n  1 +\n' })
    await until(
      /^Not reloaded; what was served before is served on:\n- lib\/greet\.ts:\d+:\d+: /m,
      'err',
    )
    expect(await call('hello', { name: 'Ann' })).toBe('Hello, Ann!')
    await save({ 'lib/greet.ts': WORDS.replace('!', '?') })
    await expect.poll(() => call('hello', { name: 'Ann' }), WAIT).toBe('Hello, Ann?')
  })

  it('begins with a folder that is wrong, and serves it once it is right', async () => {
    const { until, save, said } = await develop({ 'index.ts': 'export {' })
    await until(/- index\.ts:1:9: /, 'err')
    expect(said.out).not.toContain('Call a tool')
    await save(GREETER)
    await until(/activated.*Call a tool:/s)
  })

  it('shows a manifest’s mistakes with their lines', async () => {
    const files = {
      'mcp_configuration.json': MANIFEST,
      'tools/index.js': 'export class Tools { run() { return 1 } }',
    }
    const { until, save, call } = await develop(files)
    await until(/activated/)
    await save({ 'mcp_configuration.json': { ...MANIFEST, tools: [{ name: 'run' }] } })
    await until(/- mcp_configuration\.json:3: tools\[0\]\.inputSchema: is missing/, 'err')
    await save({ 'mcp_configuration.json': '{\n  "tools": [}\n' })
    await until(/- mcp_configuration\.json is not JSON, at line 2 column 13: /, 'err')
    await save({
      'tools/index.js': 'export class Tools {\n  run() { return 2 }}}',
      'mcp_configuration.json': MANIFEST,
    })
    await until(/- tools\/index\.js:2:\d+: /, 'err')
    expect(await call('run')).toBe('1')
  })

  it('sees files that are new, replaced, moved and gone, and none that do not count', async () => {
    const { folder, until, save, call, said } = await develop(GREETER)
    await until(/activated/)
    await mkdir(join(folder, 'more/words'), { recursive: true })
    await save({
      'more/words/greet.ts': WORDS.replace('!', ' (1)'),
      'lib/greet.ts': "export * from '../more/words/greet.ts'\n",
    })
    await expect.poll(() => call('hello', { name: 'Ann' }), WAIT).toBe('Hello, Ann (1)')
    await writeFile(join(folder, 'more/words/.draft'), WORDS.replace('!', ' (2)'))
    await rename(join(folder, 'more/words/.draft'), join(folder, 'more/words/greet.ts'))
    await expect.poll(() => call('hello', { name: 'Ann' }), WAIT).toBe('Hello, Ann (2)')
    await rm(join(folder, 'more'), { recursive: true })
    await until(/- lib\/greet\.ts:.*more\/words/, 'err')
    const before = said.out.length
    await save({ 'node_modules/x/index.js': '', '.git/HEAD': '', 'greeter.zip': '' })
    await save({ 'lib/greet.ts': WORDS })
    await expect.poll(() => call('hello', { name: 'Ann' }), WAIT).toBe('Hello, Ann!')
    await expect.poll(() => said.out.slice(before), WAIT).toMatch(/^greeter \w+ activated.*\n$/)
  })

  it('watches code outside of the folder that it is built of', async () => {
    const shared = await folderOf({ 'greet.ts': WORDS })
    const index = GREETER['index.ts'].replace('./lib/greet.ts', `${shared}/greet.ts`)
    const { until, call } = await develop({ 'index.ts': index })
    await until(/activated/)
    await writeFile(join(shared, 'greet.ts'), WORDS.replace('!', '.'))
    await expect.poll(() => call('hello', { name: 'Ann' }), WAIT).toBe('Hello, Ann.')
  })

  it('shows what a function throws with the lines that were written, and its caller none', async () => {
    const greet =
      "type Unused = string\n\nexport const greet = (word: string, name: string) => {\n  console.log(word)\n  throw new Error(`no ${name}`, { cause: new TypeError('deeper') })\n}\n"
    const files = { ...GREETER, 'lib/greet.ts': greet }
    const { folder, until, call } = await develop(files, asProcess)
    await until(/activated/)
    expect(await call('hello', { name: 'Ann' })).toBe('no Ann')
    const place = `${folder}/lib/greet.ts:5:9`.replaceAll('.', String.raw`\.`)
    await until(
      new RegExp(`^A function threw: Error: no Ann\n +at .*\\(?${place}\\)?\n`, 'm'),
      'err',
    )
    await until(/index\.ts:16:\d+/, 'err')
    await until(/^caused by TypeError: deeper$/m, 'err')
    await until(/^Hello$/m, 'err')
  })

  it('shows why an instance died', async () => {
    const greet =
      'export const greet = (_word: string, name: string) => {\n  setTimeout(() => {\n    throw new Error("too late")\n  })\n  return name\n}\n'
    const files = { ...GREETER, 'lib/greet.ts': greet }
    const { folder, until, call } = await develop(files, asProcess)
    await until(/activated/)
    expect(await call('hello', { name: 'Ann' })).toBe('Ann')
    await until(/^an instance died: .*Error: too late/m, 'err')
    await until(new RegExp(`${folder}/lib/greet\\.ts:3:11`), 'err')
  })

  it('fills settings from --var, and serves at --endpoint', async () => {
    const index = GREETER['index.ts'].replace("'Hello'", "'${WORD}'")
    const files = { ...GREETER, 'index.ts': index }
    const { until, call } = await develop(files, {}, '--var', 'WORD=Hi', '--endpoint', 'acme')
    await until(/activated at endpoint acme/)
    expect(await call('hello', { name: 'Ann' }, 'acme')).toBe('Hi, Ann!')
  })

  it('a package that was renamed is told to begin anew', async () => {
    const { until, save, call } = await develop(GREETER)
    await until(/activated/)
    await save({ 'index.ts': GREETER['index.ts'].replace("'greeter'", "'renamed'") })
    await until(/- when the package was renamed, start dev again/, 'err')
    expect(await call('hello', { name: 'Ann' })).toBe('Hello, Ann!')
  })

  it('leaves its secrets and nothing else', async () => {
    const mine = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('mcp-dev-'))
    const before = await mine()
    const { DATA_DIR, until, terminal, ended } = await develop(GREETER)
    await until(/Call a tool/)
    expect((await mine()).length).toBeGreaterThan(before.length)
    terminal.interrupt()
    expect(await ended).toMatchObject({ exitCode: 0 })
    expect((await mine()).filter((name) => !before.includes(name))).toEqual([])
    expect(await readdir(DATA_DIR)).toEqual(['secrets.json'])
  })

  it.each([
    [[], 2, /^dev: expected one FOLDER\n/],
    [['/nowhere'], 1, /^\/nowhere: there is no such folder/],
    [['package.json'], 1, /^package\.json: expected a bundle's folder/],
    [['.', '--port', 'x'], 1, /PORT must be a whole number/],
  ])('%j is refused before anything is started', async (args, code, said) => {
    const DATA_DIR = await createFolder()
    const { exitCode, stderr } = await openTerminal({ DATA_DIR }).run('dev', ...args)
    expect(exitCode).toBe(code)
    expect(stderr).toMatch(said)
    expect(await readdir(DATA_DIR)).toEqual([])
  })
})
