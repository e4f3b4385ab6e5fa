import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const script = fileURLToPath(new URL('../scripts/refuse-skips.mjs', import.meta.url))

describe('the last line of the tests', () => {
  let folder: string
  let file: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mcp-skips-'))
    file = join(folder, 'tests.json')
  })

  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const judge = (statuses: readonly string[], { exitCode = 0, CI = 'true' } = {}) => {
    const count = (wanted: string) => statuses.filter((status) => status === wanted).length
    const assertionResults = statuses.map((status) => ({ status, fullName: `it is ${status}` }))
    const report = {
      numTotalTests: statuses.length,
      numPassedTests: count('passed'),
      numFailedTests: count('failed'),
      testResults: [{ name: 'a.test.ts', assertionResults }],
    }
    writeFileSync(file, JSON.stringify(report))
    return run(exitCode, CI)
  }

  const run = (exitCode: number, CI: string) => {
    const env = { ...process.env, CI }
    const args = [script, String(exitCode), file]
    const { status, stdout } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
    return { status, stdout, lastLine: stdout.trimEnd().split('\n').at(-1) }
  }

  it('counts what passed, failed and was skipped', () => {
    expect(judge(['passed', 'passed'])).toMatchObject({
      status: 0,
      lastLine: '2 passed, 0 failed, 0 skipped',
    })
  })

  it.each(['skipped', 'pending', 'todo'])('fails in CI when a test is %s, and names it', (how) => {
    const { status, stdout, lastLine } = judge(['passed', how])
    expect(status).toBe(1)
    expect(lastLine).toBe('1 passed, 0 failed, 1 skipped')
    expect(stdout).toContain(`a.test.ts: it is ${how}`)
  })

  it('lets a skipped test pass outside CI, and still names it', () => {
    const { status, stdout } = judge(['passed', 'skipped'], { CI: '' })
    expect(status).toBe(0)
    expect(stdout).toContain('a.test.ts: it is skipped')
  })

  it('fails in CI when no test ran', () => {
    expect(judge([])).toMatchObject({ status: 1, lastLine: '0 passed, 0 failed, 0 skipped' })
  })

  it('fails as the tests failed', () => {
    expect(judge(['failed'], { exitCode: 3, CI: '' }).status).toBe(3)
  })

  it('judges no report twice', () => {
    judge(['passed'])
    expect(existsSync(file)).toBe(false)
    expect(run(0, 'true').status).toBe(1)
  })
})
