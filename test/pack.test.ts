import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** npm and its registry, on a machine that is busy with others. */
const TIMEOUT_MS = 300_000

interface PackedFile {
  readonly path: string
  readonly mode: number
}

let folder: string
let tarball: string
let packed: readonly PackedFile[]

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'pack-')))
  const { stdout } = type(['npm', 'pack', '--json', '--pack-destination', folder], root)
  const [report] = JSON.parse(stdout)
  tarball = join(folder, report.filename)
  packed = report.files
}, TIMEOUT_MS)
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Runs a command to its end; it gets none of what npm says of the one that runs the tests. */
function type([program = '', ...args]: readonly string[], cwd: string) {
  const own = Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_ENV$/i.test(name))
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: Object.fromEntries(own),
  })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stdout}${stderr}`)
  return { stdout, stderr }
}

describe('what npm packs', () => {
  it.each([
    'dist/main.js',
    'dist/author/author.js',
    'dist/author/author.d.ts',
    'dist/author/bundle-class.js',
    'dist/function-host/process-entry.js',
    'dist/function-host/worker-entry.js',
    'dist/manifest/mcp-configuration.schema.json',
    'dist/graphql/schema.graphql',
    'dist/graphql/endpoint.graphql',
    'dist/transport/live-page/live.html',
    'dist/transport/live-page/live.js',
    'dist/user-events/user-event.schema.json',
    'dist/cli/demo-bundle/mcp_configuration.json',
    'dist/cli/demo-bundle/demo_tools/index.js',
    'dist/cli/starters/js/index.js',
    'dist/cli/starters/js/gitignore',
    'dist/cli/starters/js/package.json',
    'dist/cli/starters/ts/index.ts',
    'dist/cli/starters/ts/tsconfig.json',
    'README.md',
    'LICENSE',
  ])('has %s', (path) => {
    expect(packed.map((file) => file.path)).toContain(path)
  })

  it('has the build, and of the rest what npm adds by itself', () => {
    const rest = packed.map(({ path }) => path).filter((path) => !path.startsWith('dist/'))
    expect(rest.sort()).toEqual(['LICENSE', 'README.md', 'package.json'])
  })

  it('has a command that can be run', () => {
    const main = packed.find(({ path }) => path === 'dist/main.js')
    expect((main?.mode ?? 0) & 0o111).toBe(0o111)
  })
})

it(
  'installed elsewhere, it makes, checks and builds a bundle, with types',
  { timeout: TIMEOUT_MS },
  async () => {
    await writeFile(join(folder, 'package.json'), '{ "private": true }')
    const install = [
      '--omit=dev',
      '--prefer-offline',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
    ]
    type(['npm', 'install', ...install, tarball], folder)
    for (const [name, flags] of [
      ['hello', []],
      ['hallo', ['--ts']],
    ] as const) {
      type(['npx', 'mcp-daemon', 'bundle', 'init', name, ...flags], folder)
      const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
      expect(JSON.parse(await readFile(join(folder, name, 'package.json'), 'utf8'))).toMatchObject({
        devDependencies: { 'mcp-daemon-engine': `^${version}` },
      })
      // What npx has found.
      const { stdout } = type(['node_modules/.bin/mcp-daemon', 'bundle', 'validate', name], folder)
      expect(stdout).toMatch(new RegExp(`^${name}: ${name} is valid, `))
      // Scripts of its own package file find the command of a folder above.
      expect(type(['npm', 'run', '-s', 'build'], join(folder, name)).stdout).toMatch(
        /SHA-256 \w{64}\n$/,
      )
      const configuration = flags.length === 0 ? 'jsconfig.json' : 'tsconfig.json'
      type([join(root, 'node_modules/.bin/tsc'), '-p', configuration], join(folder, name))
    }
  },
)
