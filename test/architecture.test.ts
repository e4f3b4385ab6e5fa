import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type LintResult, lintTree } from './support/lint-tree.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What the planted files import; all of it is allowed where it stands. */
const neighbours = {
  'src/domain/noun.ts': 'export const noun = 1\n',
  'src/aws/keys.ts': 'export const keys = 1\n',
  'src/telemetry/telemetry.ts': 'export const log = 1\n',
  'src/telemetry/inner.ts': 'export const inner = 1\n',
  'src/auth/auth.ts': 'export const auth = 1\n',
  'src/auth/inner.ts': 'export const inner = 1\n\nexport interface Inner {\n  a: 1\n}\n',
  'src/auth/dynamo-users.ts': 'export const users = 1\n',
  'src/aws/memory-state.ts': 'export const state = 1\n',
  'src/catalog/catalog.ts': 'export const catalog = 1\n',
  'src/local-aws/local-aws.ts': 'export const engine = 1\n',
  'src/local-s3/local-s3.ts': 'export const engine = 1\n',
  'src/transport/stdio.ts': 'export const stdio = 1\n',
}

const uses = (from: string) => `import { x } from '${from}'\n\nexport const y: unknown = x\n`

const WALL = 'eslint(no-restricted-imports)'
const ENV = 'eslint(no-restricted-properties)'

/** What is planted → in which file, the code, and the rule that must catch it. */
const intruders: Record<string, readonly [path: string, code: string, rule: string]> = {
  'a room that is not in its row': ['src/auth/a1.ts', uses('../catalog/catalog.js'), WALL],
  'the room above it': ['src/calls/a2.ts', uses('../dispatch/dispatch.js'), WALL],
  'telemetry in domain': ['src/domain/a3.ts', uses('../telemetry/telemetry.js'), WALL],
  'telemetry in protocol': ['src/protocol/a4.ts', uses('../telemetry/telemetry.js'), WALL],
  'an inner file of an allowed room': ['src/dispatch/b1.ts', uses('../auth/inner.js'), WALL],
  'a type of an inner file': [
    'src/dispatch/b2.ts',
    `import type { Inner } from '../auth/inner.js'\n\nexport type X = Inner\n`,
    WALL,
  ],
  'a re-exported inner file': [
    'src/dispatch/b3.ts',
    `export { inner } from '../auth/inner.js'\n`,
    WALL,
  ],
  'a wholly re-exported inner file': [
    'src/dispatch/b4.ts',
    `export * from '../auth/inner.js'\n`,
    WALL,
  ],
  'an inner file at run time': [
    'src/dispatch/b5.ts',
    `export const x: unknown = await import('../auth/inner.js')\n`,
    WALL,
  ],
  'an inner file by a roundabout path': ['src/dispatch/b6.ts', uses('./../auth/inner.js'), WALL],
  'an inner file from above': ['src/dispatch/b7.ts', uses('../../src/auth/inner.js'), WALL],
  'an inner file through require': [
    'src/dispatch/b8.ts',
    `import { createRequire } from 'node:module'\n\nexport const r = createRequire(import.meta.url)\n`,
    WALL,
  ],
  'the package itself': ['src/dispatch/b9.ts', uses('mcp-daemon-engine/dist/auth/inner.js'), WALL],
  'an inner file of telemetry': ['src/dispatch/b10.ts', uses('../telemetry/inner.js'), WALL],
  'a folder inside a room': ['src/auth/b11.ts', uses('./deep/inner.js'), WALL],
  'the app in a room': ['src/dispatch/b12.ts', uses('../app.js'), WALL],
  'an adapter of an allowed room': ['src/dispatch/c1.ts', uses('../auth/dynamo-users.js'), WALL],
  'an adapter of an open room': ['src/auth/c2.ts', uses('../aws/memory-state.js'), WALL],
  'an adapter in a command': ['src/cli/c3.ts', uses('../auth/dynamo-users.js'), WALL],
  'local AWS in a command': ['src/cli/c4.ts', uses('../local-aws/local-aws.js'), WALL],
  'the folder as S3 in a command': ['src/cli/c5.ts', uses('../local-s3/local-s3.js'), WALL],
  'an adapter in app.ts': ['src/app.ts', uses('./auth/dynamo-users.js'), WALL],
  'an inner file in main.ts': ['src/main.ts', uses('./auth/inner.js'), WALL],
  'local AWS in lambda.ts': ['src/lambda.ts', uses('./local-aws/local-aws.js'), WALL],
  'fastify in auth': ['src/auth/d1.ts', uses('fastify'), WALL],
  'a type of fastify in auth': [
    'src/auth/d2.ts',
    `import type { FastifyRequest } from 'fastify'\n\nexport type X = FastifyRequest\n`,
    WALL,
  ],
  'a plugin of fastify in dispatch': ['src/dispatch/d3.ts', uses('@fastify/cors'), WALL],
  'fastify in an adapter': ['src/auth/dynamo-d4.ts', uses('fastify'), WALL],
  'the AWS SDK in dispatch': ['src/dispatch/d5.ts', uses('@aws-sdk/client-s3'), WALL],
  'a file of the AWS SDK in calls': ['src/calls/d6.ts', uses('@aws-sdk/client-s3/dist/x.js'), WALL],
  'its HTTP layer in transport': ['src/transport/d7.ts', uses('@smithy/core'), WALL],
  'the AWS SDK in a Redis adapter': ['src/auth/redis-d8.ts', uses('@aws-sdk/client-s3'), WALL],
  'Redis in auth': ['src/auth/d9.ts', uses('redis'), WALL],
  'another Redis client in aws': ['src/aws/d10.ts', uses('ioredis'), WALL],
  'Redis in a DynamoDB adapter': ['src/auth/dynamo-d11.ts', uses('@redis/client'), WALL],
  'the AWS SDK in local-s3': ['src/local-s3/d13.ts', uses('@aws-sdk/client-s3'), WALL],
  'the embedded engine in calls': ['src/calls/d12.ts', uses('dynalite'), WALL],
  'a package of a room in parts.ts': ['src/parts.ts', uses('fastify'), WALL],
  'the environment in a room': ['src/auth/e1.ts', `export const x = process.env['HOME']\n`, ENV],
  'the environment taken apart': ['src/auth/e2.ts', `export const { env } = process\n`, ENV],
  'the environment as an import': ['src/auth/e3.ts', uses('node:process'), WALL],
  'the environment by another name': [
    'src/auth/e4.ts',
    `export const x = globalThis.process.env['HOME']\n`,
    ENV,
  ],
  'a cycle': ['src/auth/f1.ts', uses('./f2.js'), 'import(no-cycle)'],
  'the other end of a cycle': ['src/auth/f2.ts', uses('./f1.js'), 'import(no-cycle)'],
  'a default export': [
    'src/auth/g1.ts',
    'export default function x() {}\n',
    'import(no-default-export)',
  ],
  any: [
    'src/auth/g2.ts',
    'export const x = (a: any) => String(a)\n',
    'typescript(no-explicit-any)',
  ],
  'a non-null assertion': [
    'src/auth/g3.ts',
    'export const x = (a?: string) => a!.length\n',
    'typescript(no-non-null-assertion)',
  ],
  'a promise that nobody awaits': [
    'src/auth/g4.ts',
    'export const x = (a: Promise<void>) => {\n  a\n}\n',
    'typescript(no-floating-promises)',
  ],
  'a switch that forgets a case': [
    'src/auth/g5.ts',
    `export function x(a: 'b' | 'c'): number {\n  switch (a) {\n    case 'b':\n      return 1\n  }\n  return 2\n}\n`,
    'typescript(switch-exhaustiveness-check)',
  ],
  'a file of 301 lines': ['src/auth/h1.ts', '// line\n'.repeat(301), 'eslint(max-lines)'],
  'a function of 61 lines': [
    'src/auth/h2.ts',
    `export function x(): void {\n${'  String(1)\n'.repeat(60)}}\n`,
    'eslint(max-lines-per-function)',
  ],
  'a function with five parameters': [
    'src/auth/h3.ts',
    'export const x = (a: 1, b: 1, c: 1, d: 1, e: 1) => [a, b, c, d, e]\n',
    'eslint(max-params)',
  ],
  'a function with thirteen ways': [
    'src/auth/h4.ts',
    `export function x(a: number): number {\n${'  if (a > 1) a === 2 ? String(a) : String(1)\n'.repeat(7)}  return a\n}\n`,
    'eslint(complexity)',
  ],
  'else after return': [
    'src/auth/h5.ts',
    'export function x(a: boolean): number {\n  if (a) {\n    return 1\n  } else {\n    return 2\n  }\n}\n',
    'eslint(no-else-return)',
  ],
}

/** What looks like an intruder and is none. */
const guests: Record<string, readonly [path: string, code: string]> = {
  'front doors of its row': ['src/dispatch/ok.ts', uses('../auth/auth.js')],
  'a noun': ['src/dispatch/ok-noun.ts', uses('../domain/noun.js')],
  'a file of an open room': ['src/auth/ok-keys.ts', uses('../aws/keys.js')],
  'telemetry in a room': ['src/calls/ok-log.ts', uses('../telemetry/telemetry.js')],
  'its own inner file': ['src/auth/ok-own.ts', uses('./inner.js')],
  'the AWS SDK in a DynamoDB adapter': ['src/auth/dynamo-ok.ts', uses('@aws-sdk/client-dynamodb')],
  'the AWS SDK in an S3 adapter': ['src/bundles/s3-ok.ts', uses('@aws-sdk/client-s3')],
  'Redis in a Redis adapter': ['src/auth/redis-ok.ts', uses('redis')],
  'fastify in transport': ['src/transport/ok.ts', uses('fastify')],
  'a plugin of fastify in transport': ['src/transport/ok-plugin.ts', uses('@fastify/cors')],
  'the embedded engine in local-aws': ['src/local-aws/ok.ts', uses('dynalite')],
  'a package that is not closed': ['src/auth/ok-jose.ts', uses('redistribute')],
  'a second front door': ['src/cli/ok.ts', uses('../transport/stdio.js')],
  'process without its environment': ['src/auth/ok-pid.ts', 'export const x = process.pid\n'],
  'a default export of a tool': ['tool.config.mjs', 'export default {}\n'],
  'the environment in a test': ['test/ok.ts', `export const x = process.env['HOME']\n`],
}

describe('the walls between the rooms', () => {
  let result: LintResult
  const planted = [...Object.values(intruders), ...Object.values(guests)]
  const tree = {
    ...neighbours,
    ...Object.fromEntries(planted.map(([path, code]) => [path, code])),
  }

  beforeAll(() => {
    result = lintTree(tree)
  })

  it('are read by the linter as they stand', () => {
    expect(result.stderr).toBe('')
    expect(result.exitCode).toBe(1)
    expect(result.fileCount).toBe(Object.keys(tree).length + 1)
  })

  it.each(Object.entries(intruders))('catch %s', (_what, [path, _code, rule]) => {
    expect(result.brokenRules.get(path)).toContain(rule)
  })

  it.each(Object.entries(guests))('let pass %s', (_what, [path]) => {
    expect(result.brokenRules.get(path) ?? []).toEqual([])
  })
})

const LintConfig = z.object({
  rooms: z.record(z.string(), z.array(z.string())),
  openRooms: z.set(z.string()),
  frontDoors: z.record(z.string(), z.array(z.string())),
  default: z.object({
    plugins: z.array(z.string()),
    rules: z.record(z.string(), z.unknown()),
    overrides: z.array(z.object({ rules: z.record(z.string(), z.unknown()) })),
  }),
})

const TOP_LEVEL = new Set([
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'README.md',
  'LICENSE',
  'Dockerfile',
  'src',
  'graphql',
  'infra',
  'scripts',
  'test',
  'knip.json',
  'oxlint.config.mjs',
  'vitest.config.ts',
])

describe('the house', () => {
  let config: z.infer<typeof LintConfig>

  beforeAll(async () => {
    const path = new URL('../oxlint.config.mjs', import.meta.url).href
    config = LintConfig.parse({ ...(await import(path)) })
  })

  it('has nothing at the top level that the architecture does not name', () => {
    const ignored = readFileSync(`${root}.gitignore`, 'utf8').split('\n')
    const entries = readdirSync(root).filter(
      (name) => !name.startsWith('.') && !ignored.some((line) => line.replace('/', '') === name),
    )
    expect(entries.filter((name) => !TOP_LEVEL.has(name))).toEqual([])
  })

  it('gives every room of src/ a row in the table of walls, and every row a room', () => {
    const folders = readdirSync(`${root}src`, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
    expect(Object.keys(config.rooms).toSorted()).toEqual(folders.toSorted())
  })

  it('has nothing beside its rooms but the app, its parts and the processes', () => {
    const files = readdirSync(`${root}src`, { withFileTypes: true }).filter((e) => e.isFile())
    const known = new Set(['app.ts', 'parts.ts', 'main.ts', 'lambda.ts', 'tsconfig.json'])
    const isPart = (name: string) => /^[a-z]+-parts\.ts$/.test(name)
    const names = files.map(({ name }) => name)
    expect(names.filter((name) => !known.has(name) && !isPart(name))).toEqual([])
  })

  it('switches on the plugin of every rule, since one without is silently ignored', () => {
    const { plugins, rules, overrides } = config.default
    const names = [rules, ...overrides.map((override) => override.rules)].flatMap(Object.keys)
    const prefixes = names.flatMap((name) => (name.includes('/') ? (name.split('/')[0] ?? []) : []))
    expect(prefixes.filter((prefix) => !plugins.includes(prefix))).toEqual([])
  })

  it('builds a gateway from front doors only', () => {
    const doors = new Set(
      Object.keys(config.rooms).flatMap((room) =>
        (config.frontDoors[room] ?? [room]).map((file) => `./${room}/${file}.js`),
      ),
    )
    const behind = importsOf('app.ts').filter(
      (path) => !config.openRooms.has(path.split('/')[1] ?? '') && !doors.has(path),
    )
    expect(behind.filter((path) => path.startsWith('.'))).toEqual([])
  })

  it('chooses adapters in parts.ts and the parts beside it that may, and nowhere else', () => {
    const isAdapter = (path: string) =>
      /^\.\.?\/[^/]+\/(?:dynamo|s3|redis|memory)-/.test(path) || path.includes('/local-aws/')
    const choosers = sourceFiles().filter((file) => importsOf(file).some(isAdapter))
    const allowed = ['caller-parts.ts', 'limit-parts.ts', 'management-parts.ts', 'parts.ts']
    expect(choosers.toSorted()).toEqual(allowed)
  })
})

function sourceFiles(): string[] {
  return readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !/^cli\/(?:demo-bundle|starters)\//.test(path),
  )
}

/** Static, dynamic and type imports alike. */
function importsOf(file: string): string[] {
  const text = readFileSync(`${root}src/${file}`, 'utf8')
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(([, path = '']) => path)
}
