import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SourceMap } from 'node:module'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { zipFolder } from '../../src/bundling/folder-archive.js'
import { GatewayError } from '../../src/domain/errors.js'
import type { Workbench } from '../../src/parts.js'
import { zipOf } from '../support/zip.js'
import {
  type Files,
  filesIn,
  folderOf,
  GREETER,
  MANIFEST,
  openTestWorkbench,
} from './author-folder.js'

let workbench: Workbench
beforeAll(() => {
  workbench = openTestWorkbench()
})
afterAll(() => workbench.close())

const read = async (files: Files) => workbench.bundling.read(await folderOf(files))

async function problemsOf(files: Files): Promise<unknown> {
  const error = await read(files).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof GatewayError)) throw new Error('it was not refused', { cause: error })
  expect(error.code).toBe('BUNDLE_INVALID')
  return error.data?.['problems'] ?? [error.message]
}

const PLAIN = { 'tools/index.js': 'export class Tools { run() { return "ran" } }\n' }

describe('a folder of plain JavaScript with a manifest', () => {
  it('is zipped as it is', async () => {
    const folder = await folderOf({ 'mcp_configuration.json': MANIFEST, ...PLAIN })
    const bundle = await workbench.bundling.read(folder)
    expect(bundle).toMatchObject({ isBuilt: false, sources: [] })
    expect(bundle.zip.equals(await zipFolder(folder))).toBe(true)
  })

  it('that `bundle build` was run in has no ZIP of itself inside', async () => {
    const files = { 'mcp_configuration.json': MANIFEST, ...PLAIN }
    const [before, after] = [await read(files), await read({ ...files, 'plain.zip': 'a ZIP' })]
    expect(after.sha256).toBe(before.sha256)
    expect(Object.keys(await filesIn((await read({ ...files, 'a/b.zip': 'data' })).zip))).toContain(
      'a/b.zip',
    )
  })

  it('tells where its code cannot be parsed, which Node does not', async () => {
    const bundle = await read({
      'mcp_configuration.json': MANIFEST,
      'tools/index.js': "export { Tools } from './tools.js'\n",
      'tools/tools.js': 'export class Tools {\n  run() { retrun 1 }\n}\n',
    })
    expect(await bundle.syntaxProblems()).toEqual([
      expect.stringMatching(/^tools\/tools\.js:2:17: .*\n +1: export class Tools/),
    ])
    expect(
      await (await read({ 'mcp_configuration.json': MANIFEST, ...PLAIN })).syntaxProblems(),
    ).toEqual([])
  })

  it('and a ZIP, stay what they are, byte for byte', async () => {
    const zip = zipOf({ 'mcp_configuration.json': MANIFEST, ...PLAIN })
    const folder = await folderOf({})
    await writeFile(join(folder, 'plain.zip'), zip)
    const bundle = await workbench.bundling.read(join(folder, 'plain.zip'))
    expect(bundle.zip.equals(zip)).toBe(true)
    expect(await bundle.syntaxProblems()).toEqual([])
  })
})

describe('a folder with dependencies', () => {
  const files = {
    'mcp_configuration.json': MANIFEST,
    'package.json': { dependencies: { esm: '1', cjs: '1' } },
    'tools/index.js': `
      import { esm } from 'esm'
      import cjs from 'cjs'
      export class Tools { run() { return esm + cjs.eol } }
    `,
    'node_modules/esm/package.json': { name: 'esm', type: 'module', exports: './esm.js' },
    'node_modules/esm/esm.js': 'export const esm = "from esm"; export const unused = "not in it"\n',
    'node_modules/cjs/package.json': { name: 'cjs', main: 'cjs.js' },
    'node_modules/cjs/cjs.js': 'module.exports = { eol: require("os").EOL }\n',
  }

  it('has them bundled in, of both kinds, and no package folder', async () => {
    const bundle = await read(files)
    expect(bundle.isBuilt).toBe(true)
    const inside = await filesIn(bundle.zip)
    expect(Object.keys(inside)).toEqual([
      'mcp_configuration.json',
      'tools/index.js',
      'tools/index.js.map',
    ])
    expect(inside['tools/index.js']).toContain('from esm')
    expect(inside['tools/index.js']).not.toContain('not in it')
    expect(await workbench.inspect(bundle.zip, {})).toMatchObject({ problems: [] })
  })

  it('that are not installed names each import that finds nothing', async () => {
    const lost = {
      ...files,
      'tools/index.js': "import a from 'nowhere'\nexport class Tools { run() { return a } }\n",
    }
    expect(await problemsOf(lost)).toEqual([expect.stringMatching(/^tools\/index\.js:.*'nowhere'/)])
  })
})

describe('a folder of TypeScript', () => {
  it('with a manifest has its modules where the manifest names them, and its other files', async () => {
    const bundle = await read({
      'mcp_configuration.json': MANIFEST,
      'tools/index.ts':
        "import type { Call } from 'mcp-daemon-engine/bundle'\nexport class Tools { run(_: object, call: Call): string { return call.userId } }\n",
      'tools/page.html': '<p>',
      'tools/types.d.ts': '',
      'tsconfig.json': {},
      'package-lock.json': {},
      'README.md': '# read me',
      'docs/README.md': '# an asset',
      '.npmrc': 'token=secret',
    })
    expect(Object.keys(await filesIn(bundle.zip))).toEqual([
      'docs/README.md',
      'mcp_configuration.json',
      'tools/index.js',
      'tools/index.js.map',
      'tools/page.html',
    ])
    expect(await workbench.inspect(bundle.zip, {})).toMatchObject({ problems: [], warnings: [] })
  })

  it('whose manifest has another name is built too', async () => {
    const folder = await folderOf({
      'staging.json': MANIFEST,
      'tools/index.ts': 'export class Tools { run(): void {} }\n',
    })
    const { zip } = await workbench.bundling.read(join(folder, 'staging.json'))
    expect(Object.keys(await filesIn(zip))).toContain('mcp_configuration.json')
  })

  it('with defineBundle has its manifest from the code', async () => {
    const bundle = await read(GREETER)
    const inside = await filesIn(bundle.zip)
    expect(Object.keys(inside)).toEqual([
      'bundle/index.js',
      'bundle/index.js.map',
      'mcp_configuration.json',
    ])
    expect(JSON.parse(inside['mcp_configuration.json'] ?? '')).toMatchObject({
      tools: [{ name: 'hello', description: 'Greets somebody by name' }],
      modules: [{ package_name: 'greeter', setting: { word: 'Hello' } }],
    })
    expect(await workbench.inspect(bundle.zip, {})).toMatchObject({
      packageName: 'greeter',
      problems: [],
    })
  })

  it.each([
    ['src/index.ts', {}],
    ['index.js', {}],
    ['code/main.mts', { 'package.json': { main: './code/main.mts' } }],
  ])('is entered at %s', async (entry, others) => {
    const code =
      "import { defineBundle } from 'mcp-daemon-engine/bundle'\nexport const bundle = defineBundle({ package: 'entered' })\n"
    const { zip } = await read({ [entry]: code, ...others })
    expect((await filesIn(zip))['mcp_configuration.json']).toContain('"entered"')
  })

  it('has a source map that leads to what was written', async () => {
    const inside = await filesIn((await read(GREETER)).zip)
    const map = JSON.parse(inside['bundle/index.js.map'] ?? '')
    expect(map.sources).toEqual(expect.arrayContaining(['../index.ts', '../lib/greet.ts']))
    const lines = inside['bundle/index.js']?.split('\n') ?? []
    const line = lines.findIndex((text) => text.includes('${word}, ${name}!'))
    const entry = new SourceMap(map).findEntry(line, (lines[line] ?? '').indexOf('`'))
    expect(entry).toMatchObject({ originalSource: '../lib/greet.ts', originalLine: 0 })
  })

  it('tells which files it read, so that they can be watched', async () => {
    const shared = await folderOf({ 'greet.ts': GREETER['lib/greet.ts'] })
    const index = GREETER['index.ts'].replace('./lib/greet.ts', `${shared}/greet.ts`)
    const folder = await folderOf({ 'index.ts': index })
    const { sources } = await workbench.bundling.read(folder)
    expect([...sources].sort()).toEqual([join(folder, 'index.ts'), join(shared, 'greet.ts')].sort())
  })
})

describe('code that is wrong', () => {
  it('is told by file, line and column, with the lines around', async () => {
    const files = {
      ...GREETER,
      'lib/greet.ts': 'export const a = 1\nexport const greet = (: string) => a\n',
    }
    expect(await problemsOf(files)).toEqual([
      expect.stringMatching(/^lib\/greet\.ts:2:\d+: .*\n +1: export const a = 1\n +2: export/),
    ])
  })

  it('a name that a module does not export is a problem', async () => {
    const files = { ...GREETER, 'lib/greet.ts': 'export const other = 1\n' }
    expect(await problemsOf(files)).toEqual([expect.stringMatching(/index\.ts:3:\d+: .*greet/)])
  })

  it.each([
    ['throws when it is loaded', 'JSON.parse("{")', /could not be loaded: .*JSON/],
    ['exports no bundle', 'export const a = 1', /^the module exports no bundle/],
    [
      'defines what it cannot',
      "export default { package: 'p', tools: { a: { description: 'd' }, b: 1 } }",
      /^tools\.a\.handler: expected a function$/,
    ],
    ['ends its process', 'process.exit(3)', /process\.exit, code 3/],
  ])('that %s is refused with the reason', async (_case, code, reason) => {
    const problems = await problemsOf({ 'index.ts': code })
    expect(problems).toEqual(expect.arrayContaining([expect.stringMatching(reason)]))
  })

  it('is never run outside of the sandbox', async () => {
    const code = 'globalThis.wasHere = true\nexport default { package: "p" }\n'
    await read({ 'index.ts': code })
    expect(globalThis).not.toHaveProperty('wasHere')
  })

  it('without a manifest and without code, a folder is told what it could hold', async () => {
    expect(await problemsOf({ 'notes.txt': '' })).toEqual([
      expect.stringMatching(/holds no mcp_configuration\.json, .*expected index\.ts, index\.mts/),
    ])
  })
})

it('without the binary of the bundler, only what has to be built is refused, with what to do', async () => {
  vi.doMock('rolldown', () => {
    throw new Error('Cannot find native binding')
  })
  vi.resetModules()
  try {
    const { createWorkbench } = await import('../../src/parts.js')
    const { readConfig } = await import('../../src/config/config.js')
    const { silentLog } = await import('../../src/telemetry/telemetry.js')
    const { builtFile } = await import('../support/built.js')
    const bare = createWorkbench(readConfig({}), { log: silentLog, built: builtFile('') })
    const needsBuild = bare.bundling.read(await folderOf(GREETER))
    await expect(needsBuild).rejects.toThrow(/install rolldown with its binary for \w+-\w+/)
    const broken = { 'mcp_configuration.json': MANIFEST, 'tools/index.js': 'export class {' }
    const asItIs = await bare.bundling.read(await folderOf(broken))
    expect(await asItIs.syntaxProblems()).toEqual([])
    await bare.close()
  } finally {
    vi.doUnmock('rolldown')
    vi.resetModules()
  }
})
