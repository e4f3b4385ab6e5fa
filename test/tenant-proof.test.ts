import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { type LintResult, lintTree } from './support/lint-tree.js'

const root = fileURLToPath(new URL('..', import.meta.url))

const typeFrom = (name: string, file: string) =>
  `import type { ${name} } from '${root}src/${file}.js'\n`
const valueFrom = (name: string, file: string) =>
  typeFrom(name, file).replace('import type', 'import')

const CALLER = typeFrom('Caller', 'domain/caller')
const CATALOG = typeFrom('Catalog', 'catalog/catalog')
const CALLS = typeFrom('Calls', 'calls/calls')
const STATE = typeFrom('StateStore', 'domain/state-store')
const STREAM = valueFrom('userStream', 'events/events')
const KEY = valueFrom('callKey', 'aws/table-keys')

const state = (endpointId: string) =>
  `s.read({ endpointId: ${endpointId}, kind: 'task', id: '1' })\n`

/** What is planted, and the error that it must end in; each line alone is all that is wrong. */
const refused: Record<string, readonly [code: string, error: string]> = {
  'a catalog asked with a text': [
    `${CATALOG}export const x = (c: Catalog, id: string) => c.snapshot(id)\n`,
    'TS2345',
  ],
  'a catalog asked without a tenant': [
    `${CATALOG}export const x = (c: Catalog) => c.snapshot()\n`,
    'TS2554',
  ],
  'a call read with a text': [
    `${CALLS}export const x = (c: Calls, id: string) => c.read(id, '1')\n`,
    'TS2345',
  ],
  'a small thing read with a text': [
    `${STATE}export const x = (s: StateStore, id: string) => ${state('id')}`,
    'TS2322',
  ],
  'the stream of a user at a text': [
    `${STREAM}export const x = userStream('acme', 'ada')\n`,
    'TS2345',
  ],
  'the key of a row under a text': [`${KEY}export const x = callKey('acme', '1')\n`, 'TS2345'],
  'a caller made of a text': [
    `${CALLER}export const x: Caller = { endpointId: 'acme', userId: 'ada', roles: [] }\n`,
    'TS2322',
  ],
  'a caller moved to another endpoint': [
    `${CALLER}export const x = (c: Caller): Caller => ({ ...c, endpointId: 'acme' })\n`,
    'TS2322',
  ],
  'a proof that is made up': [
    `${typeFrom('EndpointId', 'domain/tenant')}export const x: EndpointId = Object.assign('acme', { tenantProof: true as const })\n`,
    'TS2322',
  ],
}

/** The same, asked for who was proven. */
const accepted: Record<string, string> = {
  'a catalog': `${CATALOG}${CALLER}export const x = (c: Catalog, by: Caller) => c.snapshot(by.endpointId)\n`,
  'a call': `${CALLS}${CALLER}export const x = (c: Calls, by: Caller) => c.read(by.endpointId, '1')\n`,
  'a small thing': `${STATE}${CALLER}export const x = (s: StateStore, by: Caller) => ${state('by.endpointId')}`,
  'the stream of a user': `${STREAM}${CALLER}export const x = (by: Caller) => userStream(by.endpointId, by.userId)\n`,
  'the key of a row': `${KEY}${CALLER}export const x = (by: Caller) => callKey(by.endpointId, '1')\n`,
}

describe('the compiler, which reads the product with the proof of tenants,', () => {
  let errors: ReadonlyMap<string, readonly string[]>

  beforeAll(() => {
    const codes = Object.entries(refused).map(([name, [code]]): [string, string] => [name, code])
    errors = compile(new Map([...codes, ...Object.entries(accepted)]))
  })

  it.each(Object.entries(refused))('refuses %s', (name, [, error]) => {
    expect(errors.get(name)).toEqual([error])
  })

  it.each(Object.keys(accepted))('takes %s for a proven caller', (name) => {
    expect(errors.get(name)).toEqual([])
  })

  it('finds nothing wrong elsewhere', () => {
    expect(errors.get('')).toEqual([])
  })
})

const uses = (from: string) => `import { x } from '${from}'\n\nexport const y: unknown = x\n`

const OWNER = 'src/auth/owner.ts'
const ROW = 'src/aws/row-tenant.ts'
const made = 'export const x = 1\n'

const WALL = 'eslint(no-restricted-imports)'

/** Who would make a tenant → the rule that must catch it. */
const makers: Record<string, readonly [path: string, code: string, rule: string]> = {
  'a room, as the owner of the machine': ['src/dispatch/a.ts', uses('../auth/owner.js'), WALL],
  'the app, as the owner of the machine': ['src/app.ts', uses('./auth/owner.js'), WALL],
  'the parts, as the owner of the machine': ['src/parts.ts', uses('./auth/owner.js'), WALL],
  'the parts of callers, as those who prove': [
    'src/caller-parts.ts',
    uses('./auth/tenant.js'),
    WALL,
  ],
  'a room, as though it had read a row': ['src/calls/b.ts', uses('../aws/row-tenant.js'), WALL],
  'a command, as though it had read a row': ['src/cli/c.ts', uses('../aws/row-tenant.js'), WALL],
  'whoever says that a text is one': [
    'src/auth/d.ts',
    `type Id = string & { readonly proof: true }\n\nexport const x = (text: string) => text as Id\n`,
    'typescript(no-unsafe-type-assertion)',
  ],
}

const allowed: Record<string, readonly [path: string, code: string]> = {
  'a command, which the owner of the machine runs': ['src/cli/ok.ts', uses('../auth/owner.js')],
  'an adapter, which reads rows': ['src/calls/dynamo-ok.ts', uses('../aws/row-tenant.js')],
}

describe('the linter', () => {
  let result: LintResult

  beforeAll(() => {
    const planted = [...Object.values(makers), ...Object.values(allowed)]
    const files = planted.map(([path, code]): [string, string] => [path, code])
    result = lintTree({ [OWNER]: made, [ROW]: made, ...Object.fromEntries(files) })
  })

  it.each(Object.entries(makers))('lets no tenant be made by %s', (_who, [path, _code, rule]) => {
    expect(result.brokenRules.get(path)).toEqual([rule])
  })

  it.each(Object.entries(allowed))('lets one be made by %s', (_who, [path]) => {
    expect(result.brokenRules.get(path) ?? []).toEqual([])
  })

  it('has read its configuration', () => {
    expect(result.stderr).toBe('')
  })

  it('is overruled where tenants are made, and nowhere else', () => {
    const isMaking = /\b(?:as|is) EndpointId\b|custom<EndpointId>/
    const makes = (file: string) => isMaking.test(readFileSync(`${root}src/${file}`, 'utf8'))
    const files = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
    const found = files.filter((file) => file.endsWith('.ts') && makes(file))
    expect(found.toSorted()).toEqual(['auth/tenant.ts', 'aws/row-tenant.ts', 'domain/caller.ts'])
  })
})

/** All at once, with the product's own settings: name → the errors there; those of no name under ``. */
function compile(planted: ReadonlyMap<string, string>): Map<string, string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-tenants-'))
  try {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const names = [...planted.keys()]
    mkdirSync(join(folder, 'planted'))
    for (const [at, name] of names.entries())
      writeFileSync(join(folder, `planted/${at}.ts`), planted.get(name) ?? '')
    const tsconfig = {
      extends: join(root, 'src/tsconfig.json'),
      compilerOptions: { noEmit: true, declaration: false, rootDir: '/' },
      include: ['planted', join(root, 'src/domain/tenant-proof.d.ts')],
    }
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
    const found = new Map<string, string[]>(['', ...names].map((name) => [name, []]))
    for (const line of runCompiler(folder)) {
      const [, at = '', error = line] = /^planted\/(\d+)\.ts\(.*?: error (TS\d+)/.exec(line) ?? []
      found.get(at === '' ? '' : (names[Number(at)] ?? ''))?.push(error)
    }
    return found
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @returns a line for each error; what explains it further is indented, and left out */
function runCompiler(folder: string): string[] {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const args = [tsc, '-p', '.', '--pretty', 'false']
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  return `${stdout}\n${stderr}`.split('\n').filter((line) => /^\S/.test(line))
}
