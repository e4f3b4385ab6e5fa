/**
 * Runs benches by name, all of them without one: `npm run bench -- [NAME…] [--short] [--json FILE]`.
 * The last line of each is `bench NAME key=value …`, for scripts.
 */
import { writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import type { BenchReport, RunBench } from './bench.js'
import { benchAuth } from './auth.js'
import { benchCall } from './call.js'
import { benchCalls } from './calls.js'
import { benchEvents } from './events.js'
import { benchGraphql } from './graphql.js'
import { benchRuntime } from './runtime.js'

const benches: Readonly<Record<string, RunBench>> = {
  auth: benchAuth,
  call: benchCall,
  calls: benchCalls,
  events: benchEvents,
  graphql: benchGraphql,
  runtime: benchRuntime,
}

const interrupt = new AbortController()
// On, not once: a terminal's signal comes again through tsx, and must not cut the clean-up short.
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => interrupt.abort(new Error(`stopped by ${name}`)))

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { short: { type: 'boolean', default: false }, json: { type: 'string' } },
  })
  const chosen = choose(positionals)
  const machine = readMachine()
  process.stdout.write(`${Object.values(machine).join(', ')}\n\n`)
  const reports = new Map<string, BenchReport>()
  for (const [name, run] of chosen) {
    const report = await runToEnd(run, values.short)
    reports.set(name, report)
    process.stdout.write(`${report.table}\n\n`)
  }
  if (values.json !== undefined) await writeJson(values.json, machine, reports)
  for (const [name, { summary }] of reports) process.stdout.write(`bench ${name} ${summary}\n`)
}

function choose(names: readonly string[]): [string, RunBench][] {
  const all = Object.entries(benches)
  const unknown = names.find((name) => !Object.hasOwn(benches, name))
  if (unknown !== undefined)
    throw new Error(`no bench is called ${unknown}: expected ${Object.keys(benches).join(', ')}`)
  return names.length === 0 ? all : all.filter(([name]) => names.includes(name))
}

/** Everything that the bench has started has ended when this returns, whatever happened. */
async function runToEnd(run: RunBench, isShort: boolean): Promise<BenchReport> {
  const stops: (() => Promise<void>)[] = []
  try {
    return await run({ isShort, signal: interrupt.signal, onEnd: (stop) => stops.push(stop) })
  } finally {
    for (const stop of stops.toReversed()) await stop().catch(reportLeftover)
  }
}

/** One that cannot be stopped must not keep the others alive. */
function reportLeftover(error: unknown): void {
  process.exitCode = 1
  process.stderr.write(`could not be stopped: ${String(error)}\n`)
}

function readMachine() {
  return {
    node: `Node ${process.version}`,
    cpu: `${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown processor'}`,
    system: `${process.platform} ${process.arch}`,
    date: new Date().toISOString(),
  }
}

async function writeJson(
  file: string,
  machine: object,
  reports: ReadonlyMap<string, BenchReport>,
): Promise<void> {
  const results = [...reports].map(([name, { json }]) => [name, json])
  await writeFile(file, `${JSON.stringify({ machine, ...Object.fromEntries(results) }, null, 2)}\n`)
}
