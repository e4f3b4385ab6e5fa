/**
 * Runs the official conformance suite against the built gateway, which serves the fixture bundle
 * like any other; prints one line a leg, and what the suite said about a leg that fails.
 */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startLocalAws } from '../../src/local-aws/local-aws.js'
import { createLog } from '../../src/telemetry/telemetry.js'
import { startAuthProxy } from '../support/auth-proxy.js'
import { startGateway } from '../support/product.js'
import { legs, mustPass } from './legs.js'
import { listProblems, readEntries, readReport, type LegReport } from './report.js'
import { runSuite } from './suite.js'

const expectedFailuresFile = pathOf('expected-failures.yml')
const HOUR_MS = 3_600_000
const interrupt = new AbortController()
// On, not once: a terminal's signal comes again through tsx, and must not cut the clean-up short.
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => interrupt.abort(new Error(`stopped by ${name}`)))

build()
process.exitCode = await withGateway(runLegs)

async function runLegs(url: string): Promise<boolean> {
  const reports: LegReport[] = []
  let hasFailed = false
  for (const leg of legs) {
    const output = await runSuite({ leg, url, expectedFailuresFile, signal: interrupt.signal })
    if (output.exitCode !== 0) {
      hasFailed = true
      process.stderr.write(output.text)
    }
    const report = readReport(output.text)
    reports.push(report)
    process.stdout.write(
      `${leg.name} ${report.passedChecks} passed ${report.failedChecks} failed${
        output.exitCode === 0 ? '' : ': NOT AS EXPECTED'
      }\n`,
    )
  }
  const entries = readEntries(await readFile(expectedFailuresFile, 'utf8'))
  const problems = listProblems(entries, reports, mustPass)
  for (const problem of problems) process.stderr.write(`expected-failures.yml: ${problem}\n`)
  return !hasFailed && problems.length === 0
}

/** Everything that is started here has ended when this returns, whatever happened. */
async function withGateway(run: (url: string) => Promise<boolean>): Promise<number> {
  const stops: (() => Promise<void>)[] = []
  try {
    const dataFolder = await mkdtemp(join(tmpdir(), 'mcp-conformance-'))
    stops.push(() => rm(dataFolder, { recursive: true, force: true }))
    // Here, so that the gateway starts no engine of its own, which would outlive it.
    const engine = await startLocalAws({ dataFolder, idleMs: HOUR_MS, log: createLog('error') })
    stops.push(() => engine.close())
    const token = randomBytes(36).toString('base64url')
    const env = { MCP_CONFIG_FILE: pathOf('bundle'), ADMIN_STATIC_TOKEN: token }
    const gateway = await startGateway({ dataFolder, env })
    stops.push(async () => void (await gateway.stop()))
    const proxy = await startAuthProxy(gateway.url, token)
    stops.push(() => proxy.close())
    const hasPassed = await run(`${proxy.url}/mcp`)
    if (!hasPassed) process.stderr.write(`the gateway's log:\n${gateway.stderr()}`)
    return hasPassed ? 0 : 1
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? describe(error) : String(error)}\n`)
    return 1
  } finally {
    for (const stop of stops.toReversed()) await stop()
  }
}

function describe(error: Error): string {
  return error.cause instanceof Error ? `${error.message}\n${error.cause.message}` : error.message
}

function build(): void {
  const script = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url))
  const { status } = spawnSync(process.execPath, [script], { stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(status ?? 1)
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}
