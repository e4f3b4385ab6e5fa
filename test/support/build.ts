import { spawnSync } from 'node:child_process'

/**
 * Builds `dist/` once before the tests: workers, child processes and the command run from the
 * build, because Node 20 cannot strip types.
 */
export function setup(): void {
  const build = spawnSync(process.execPath, ['scripts/build.mjs'], { encoding: 'utf8' })
  if (build.status !== 0) throw new Error(`the build failed:\n${build.stdout}${build.stderr}`)
}
