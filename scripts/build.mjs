#!/usr/bin/env node
/** Compiles `src/` into `dist/` and copies what is not TypeScript. Says nothing unless it fails. */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const tsc = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin/tsc',
)

const dist = join(root, 'dist')
/** The old build stays until the new one is whole: a gateway may be running from it. */
const draft = `${dist}.partial-${process.pid}`

const compiled = spawnSync(process.execPath, [tsc, '-p', join(root, 'src'), '--outDir', draft], {
  encoding: 'utf8',
})
if (compiled.status !== 0) {
  rmSync(draft, { recursive: true, force: true })
  process.stderr.write(compiled.stdout + compiled.stderr)
  process.exit(compiled.status ?? 1)
}
const starters = join(root, 'src/cli/starters')
cpSync(join(root, 'src'), draft, {
  recursive: true,
  // Starters are copied to authors as they are, TypeScript too.
  filter: (path) =>
    path.startsWith(starters) || (!path.endsWith('.ts') && !path.endsWith('tsconfig.json')),
})
cpSync(join(root, 'graphql'), join(draft, 'graphql'), { recursive: true })
// `npx mcp-daemon` runs the file itself.
chmodSync(join(draft, 'main.js'), 0o755)
/** Out of the way in one step: nobody finds half a build, and two builds at once do not meet. */
const old = `${dist}.partial-${process.pid}-old`
if (existsSync(dist)) renameSync(dist, old)
renameSync(draft, dist)
rmSync(old, { recursive: true, force: true })
