/** Serves a bundle's folder from this machine: saved is served. Leaves nothing behind when it ends. */
import { mkdtemp, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownersTenant } from '../auth/owner.js'
import { bundleInvalid } from '../bundles/bundles.js'
import { type Config, readConfig } from '../config/config.js'
import { createLog } from '../telemetry/telemetry.js'
import { onlyOne, readArguments } from './arguments.js'
import { toCallHint, toListening, toMcpUrl } from './banner.js'
import { createDevLog } from './dev-log.js'
import { toHttpOptions } from './http-options.js'
import type { OpenGateway, Program } from './program.js'
import { createReload, type ReloadTarget } from './reload.js'
import { ensureSecrets } from './secrets.js'
import { readVariables } from './variables.js'
import { watchFolder } from './watch-folder.js'

/** Clients hear of a change this long after it is active, in milliseconds. */
const LOOK_EVERY_MS = 100

export async function dev(args: readonly string[], program: Program): Promise<void> {
  const { values, positionals } = readArguments(args, {
    port: { type: 'string' },
    endpoint: { type: 'string' },
    var: { type: 'string', multiple: true },
  })
  const path = onlyOne(positionals, 'dev: expected one FOLDER')
  const config = readConfig({
    ...program.env,
    ...LOCAL,
    ...(values.port === undefined ? {} : { PORT: values.port }),
    ...(values.endpoint === undefined ? {} : { MCP_ENDPOINT_ID: values.endpoint }),
  })
  const target = {
    folder: await findFolder(path),
    endpointId: ownersTenant(config.MCP_ENDPOINT_ID),
    variables: readVariables(program.env, values.var),
  }
  await serve(config, target, program)
}

/** Whatever the environment says: on this machine, alone, and looking for changes at each request. */
const LOCAL = {
  MCP_TRANSPORT: 'sse',
  MCP_CONFIG_FILE: '',
  FUNCT_BUCKET_NAME: '',
  REDIS_URL: '',
  CATALOG_CHECK_MS: '0',
}

async function findFolder(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw bundleInvalid(`${path}: there is no such folder, or it cannot be read`, cause)
  })
  if (!found.isDirectory()) throw bundleInvalid(`${path}: expected a bundle's folder`)
  return realpath(path)
}

/** Secrets are those of the usual data folder, so that a client need not be set up anew each time. */
async function serve(config: Config, target: ReloadTarget, program: Program): Promise<void> {
  const secrets = ensureSecrets(config)
  const signal = program.untilSignal()
  const dataFolder = await mkdtemp(join(await realpath(tmpdir()), 'mcp-dev-'))
  const rest = createLog(config.LOG_LEVEL === 'silent' ? 'silent' : 'warn')
  const engines = await program.startEngines({ dataFolder, log: rest })
  try {
    const log = createDevLog({ folder: target.folder, stderr: program.stderr, rest })
    const local = { ...config, DATA_DIR: dataFolder }
    const gateway = program.open(local, { log, secrets, lookEveryMs: LOOK_EVERY_MS })
    try {
      const newToken = secrets.isNew ? secrets.adminToken : undefined
      await serveHttp({ config, target, program, gateway, newToken, signal })
    } finally {
      await gateway.close()
    }
  } finally {
    await engines?.close()
    await rm(dataFolder, { recursive: true, force: true })
  }
}

interface Served {
  readonly config: Config
  readonly target: ReloadTarget
  readonly program: Program
  readonly gateway: OpenGateway
  readonly newToken: string | undefined
  readonly signal: Promise<void>
}

async function serveHttp({ config, target, program, gateway, newToken, signal }: Served) {
  await gateway.createTables()
  const http = await gateway.openHttp(toHttpOptions(config))
  const url = await http.listen({ host: config.HOST, port: config.PORT })
  program.stdout.write(toListening(program, { url, config, newToken }))
  program.stdout.write(`  Serves ${target.folder}, again whenever it is saved; Ctrl+C ends it\n`)
  let hint: string | undefined
  const reload = createReload({ ...gateway, program }, target, async (sources) => {
    watch.follow(sources)
    if (hint !== undefined) return
    const snapshot = await gateway.catalog.snapshot(target.endpointId)
    hint = toCallHint(toMcpUrl({ url, config }), { snapshot, config })
    program.stdout.write(`\n${hint}`)
  })
  const failure = createFailure()
  // What is saved while it is read for the first time is read again.
  const watch = watchFolder(target.folder, () => void reload.request().catch(failure.tell))
  try {
    await reload.request()
    await Promise.race([signal, failure.told])
  } finally {
    watch.close()
    await Promise.all([http.close(DRAIN_MS), gateway.endTasks(DRAIN_MS)])
  }
}

/** A fault of the product ends the command, wherever it shows. */
function createFailure() {
  const ends: { reject?: (error: unknown) => void } = {}
  const told = new Promise<never>((_resolve, reject) => Object.assign(ends, { reject }))
  told.catch(() => undefined)
  return { told, tell: (error: unknown) => ends.reject?.(error) }
}

/** How long calls may take to end; their author wants the terminal back. */
const DRAIN_MS = 1_000
