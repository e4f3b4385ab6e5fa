import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

export interface LintResult {
  readonly exitCode: number | null
  /** The configuration, which lints itself, included. */
  readonly fileCount: number
  /** What oxlint wrote instead of a report; empty when it could read its configuration. */
  readonly stderr: string
  /** Path → the rules that it broke, like `eslint(max-lines)`. */
  readonly brokenRules: ReadonlyMap<string, readonly string[]>
}

const Report = z.object({
  number_of_files: z.number(),
  diagnostics: z.array(z.object({ filename: z.string(), code: z.string().optional() })),
})

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Lints files that lie nowhere yet, with the product's configuration and all at once. */
export function lintTree(files: Readonly<Record<string, string>>): LintResult {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-lint-'))
  try {
    copyFileSync(join(root, 'oxlint.config.mjs'), join(folder, 'oxlint.config.mjs'))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const tsconfig = { extends: join(root, 'tsconfig.json'), include: ['src', 'test', 'scripts'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
    for (const [path, code] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), code)
    }
    return lint(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function lint(folder: string): LintResult {
  const oxlint = join(root, 'node_modules/.bin/oxlint')
  const flags = ['-c', 'oxlint.config.mjs', '--type-aware', '--deny-warnings', '--format', 'json']
  const { status, stdout, stderr } = spawnSync(oxlint, flags, { cwd: folder, encoding: 'utf8' })
  if (!stdout.startsWith('{'))
    return { exitCode: status, stderr: stdout + stderr, fileCount: 0, brokenRules: new Map() }
  const report = Report.parse(JSON.parse(stdout))
  const brokenRules = new Map<string, string[]>()
  for (const { filename, code = 'error' } of report.diagnostics)
    brokenRules.set(filename, [...(brokenRules.get(filename) ?? []), code])
  return { exitCode: status, stderr, fileCount: report.number_of_files, brokenRules }
}
