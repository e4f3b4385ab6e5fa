/** Serves: over HTTP, or one client on stdin and stdout. */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ownersTenant } from '../auth/owner.js'
import { type Config, readConfig, usesAws } from '../config/config.js'
import { isLoopback } from '../config/edge-settings.js'
import { DENIES_NETWORK } from '../runtime/runtime.js'
import { createLog, type Log, type Metrics } from '../telemetry/telemetry.js'
import { printBanner } from './banner.js'
import { claimOutput } from './claimed-output.js'
import { toHttpOptions } from './http-options.js'
import { loadAtStart } from './load-at-start.js'
import { openMetrics } from './open-metrics.js'
import type { OpenGateway, Program } from './program.js'
import { ensureSecrets } from './secrets.js'

export async function start(args: readonly string[], program: Program): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { stdio: { type: 'boolean' } } })
  const asked = values.stdio === true ? { MCP_TRANSPORT: 'stdio' } : {}
  const config = readConfig({ ...program.env, ...asked })
  const log = createLog(config.LOG_LEVEL)
  warnOfRisks(config, log)
  await (config.MCP_TRANSPORT === 'stdio' ? startStdio : startHttp)(config, program, log)
}

async function startHttp(config: Config, program: Program, log: Log): Promise<void> {
  const metrics = await openMetrics(config, log)
  try {
    await serveHttp(config, program, { log, metrics: metrics.metrics })
  } finally {
    // They are there for as long as anything happens that they count.
    await metrics.close()
  }
}

async function serveHttp(
  config: Config,
  program: Program,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): Promise<void> {
  const secrets = ensureSecrets(config)
  const gateway = program.open(config, { log, metrics, secrets })
  try {
    await prepare(config, gateway, program)
    const http = await gateway.openHttp(toHttpOptions(config))
    const signal = program.untilSignal()
    const url = await http.listen({ host: config.HOST, port: config.PORT })
    const snapshot = await gateway.catalog.snapshot(ownersTenant(config.MCP_ENDPOINT_ID))
    printBanner(program, {
      url,
      config,
      snapshot,
      newToken: secrets.isNew ? secrets.adminToken : undefined,
    })
    if (!usesAws(config)) void gateway.publishing.sweepUploads()
    await signal
    const { DRAIN_TIMEOUT_MS: drainMs } = config
    await Promise.all([http.close(drainMs), gateway.endTasks(drainMs)])
  } finally {
    await gateway.close()
  }
}

async function startStdio(config: Config, program: Program, log: Log): Promise<void> {
  const output = claimOutput(program.stdout, program.stderr)
  const gateway = program.open(config, { log })
  let serving: Promise<void> | undefined
  try {
    await prepare(config, gateway, program)
    serving = gateway.serveStdio(
      { input: program.stdin, output },
      {
        caller: {
          endpointId: ownersTenant(config.MCP_ENDPOINT_ID),
          userId: config.MCP_USER_ID,
          roles: ['caller'],
        },
        maxLineBytes: config.MAX_BODY_BYTES,
      },
    )
    const { DRAIN_TIMEOUT_MS: drainMs } = config
    const drained = program.untilSignal().then(() => {
      program.stdin.destroy()
      return Promise.all([delay(drainMs, undefined, { ref: false }), gateway.endTasks(drainMs)])
    })
    await Promise.race([serving, drained])
    // The client has gone, but what it left running may be asked for through another process.
    await gateway.endTasks(drainMs)
  } finally {
    await gateway.close()
    await lastAnswers(serving)
  }
}

/** What was cut is answered too, as far as the client still reads. */
async function lastAnswers(serving: Promise<void> | undefined): Promise<void> {
  const over = new AbortController()
  const late = delay(LAST_ANSWERS_MS, undefined, { signal: over.signal })
  await Promise.race([serving, late]).catch(() => undefined)
  over.abort()
  await late.catch(() => undefined)
}

/** For answers of calls that were cut, in milliseconds. */
const LAST_ANSWERS_MS = 500

async function prepare(config: Config, gateway: OpenGateway, program: Program): Promise<void> {
  if (!usesAws(config) || config.INITIALIZE_TABLES) await gateway.createTables()
  await loadAtStart(config, gateway, program.env)
}

function warnOfRisks(config: Config, log: Log): void {
  const used = new Set(config.MODULE_EXECUTORS?.map(({ executor }) => executor)).add(
    config.EXECUTOR,
  )
  if (used.has('inline'))
    log.warn({ executor: 'inline' }, 'bundles run inside this process, without any isolation')
  if (used.has('worker'))
    log.warn(
      { executor: 'worker' },
      'bundles run without a security boundary: a worker thread isolates faults, not hostile code',
    )
  if (used.has('process') && !DENIES_NETWORK && config.MAX_NETWORK !== 'all')
    log.warn(
      { node: process.version },
      'bundles can open sockets: Node before 25 cannot deny them the network',
    )
  if (config.MCP_TRANSPORT === 'sse' && !isLoopback(config.HOST) && !config.TLS_CERT_FILE)
    log.warn({ host: config.HOST }, 'plain HTTP beyond loopback: only the proxy may reach it')
}
