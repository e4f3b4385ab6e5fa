/**
 * Runs the official conformance suite against the built gateway, which serves the fixture bundle
 * like any other: against one process, then against two that share the database, the bundle store
 * and Redis. Prints one line a leg, and what the suite said about a leg that fails.
 */
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { hasRedis } from '../support/redis.js'
import { type ServedSuite, serveOne, serveTwo, startEngine } from './gateways.js'
import { legs } from './legs.js'
import { type Lifetimes, withLifetimes } from './lifetimes.js'
import { type LegReport, listProblems, readEntries, readReport } from './report.js'
import { type InstalledSuite, installSuite, runSuite } from './suite.js'

const expectedFailuresFile = fileURLToPath(new URL('expected-failures.yml', import.meta.url))
const interrupt = new AbortController()
// On, not once: a terminal's signal comes again through tsx, and must not cut the clean-up short.
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => interrupt.abort(new Error(`stopped by ${name}`)))

build()
process.exitCode = await withLifetimes(runAll).then(toExitCode, (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? describe(error) : String(error)}\n`)
  return 1
})

interface SuiteRuns {
  readonly suite: InstalledSuite
  /** Of the legs so far, by their name. */
  readonly reports: Map<string, LegReport>
}

/** @returns false when a leg did not end as expected, or the list of expectations is wrong */
async function runAll(lifetimes: Lifetimes): Promise<boolean> {
  const runs = { suite: await installSuite(interrupt.signal), reports: new Map() }
  const engine = await startEngine(lifetimes)
  const areOneAsExpected = await withLifetimes(async (own) =>
    runLegs(runs, '', await serveOne(own, engine)),
  )
  if (!hasRedis) process.stderr.write('the legs against two gateways are skipped\n')
  const areTwoAsExpected =
    !hasRedis ||
    (await withLifetimes(async (own) => runLegs(runs, 'two-', await serveTwo(own, engine))))
  const entries = readEntries(await readFile(expectedFailuresFile, 'utf8'))
  const problems = listProblems(entries, runs.reports)
  for (const problem of problems) process.stderr.write(`not as expected: ${problem}\n`)
  return areOneAsExpected && areTwoAsExpected && problems.length === 0
}

async function runLegs(
  { suite, reports }: SuiteRuns,
  prefix: string,
  { url, log }: ServedSuite,
): Promise<boolean> {
  const { signal } = interrupt
  let isAsExpected = true
  for (const leg of legs) {
    const output = await runSuite(suite, { leg, url, expectedFailuresFile, signal })
    const hasPassed = output.exitCode === 0
    if (!hasPassed) process.stderr.write(output.text)
    const report = readReport(output.text)
    reports.set(prefix + leg.name, report)
    const counts = `${report.passedChecks} passed ${report.failedChecks} failed`
    process.stdout.write(`${prefix}${leg.name} ${counts}${hasPassed ? '' : ': NOT AS EXPECTED'}\n`)
    isAsExpected &&= hasPassed
  }
  if (!isAsExpected) process.stderr.write(`the gateway's log:\n${log()}`)
  return isAsExpected
}

function toExitCode(isAsExpected: boolean): number {
  return isAsExpected ? 0 : 1
}

function describe(error: Error): string {
  return error.cause instanceof Error ? `${error.message}\n${error.cause.message}` : error.message
}

function build(): void {
  const script = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url))
  const { status } = spawnSync(process.execPath, [script], { stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(status ?? 1)
}
