/**
 * Which adapters? The only product file that chooses them: AWS, or the embedded engines of a
 * laptop behind the same code.
 */
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { GatewayParts, ManagedStores } from './app.js'
import { type AuthSecrets, type Callers, openCallers } from './caller-parts.js'
import { type Aws, createAws } from './aws/aws.js'
import { createDynamoStateStore } from './aws/dynamo-state-store.js'
import { createTables, tableNames } from './aws/tables.js'
import { type ArchiveLimits, DEFAULT_ARCHIVE_LIMITS } from './bundles/bundles.js'
import { createS3Bundles, type S3BundlesOptions } from './bundles/s3-bundles.js'
import { createS3Uploads } from './bundles/s3-uploads.js'
import { type Bundling, createBundling } from './bundling/bundling.js'
import { createDynamoCalls, type DynamoCallsOptions } from './calls/dynamo-calls.js'
import { type Config, usesAws } from './config/config.js'
import { openLimits } from './limit-parts.js'
import { openManaged, openOffered } from './management-parts.js'
import { executorOf } from './config/module-executors.js'
import { systemClock } from './domain/clock.js'
import { createDeferredEventLog } from './events/deferred-event-log.js'
import type { EventLog } from './events/events.js'
import { createMemoryEventLog } from './events/memory-event-log.js'
import type { StateStore } from './domain/state-store.js'
import {
  connectLocalAws,
  type LocalAws,
  LocalAwsAlreadyRunning,
  type LocalAwsOptions,
  spawnLocalAws,
  startLocalAws,
} from './local-aws/local-aws.js'
import type { ServerInfo } from './protocol/protocol.js'
import { createInspection, type Inspect } from './publishing/inspection.js'
import { createDeferredOutbound, type Outbound } from './outbound/outbound.js'
import { createPublishing, type Publishing } from './publishing/publishing.js'
import { createChosenExecutors } from './runtime/chosen-executors.js'
import { createInlineExecutor } from './runtime/inline-executor.js'
import { holdBundles } from './runtime/hold-bundles.js'
import type { Executor, ExecutorKind } from './runtime/runtime.js'
import { createProcessExecutor } from './runtime/process-executor.js'
import { createWorkerExecutor } from './runtime/worker-executor.js'
import { createSealer, randomSecret, type Sealer } from './sealing/sealing.js'
import { createSignedSessions } from './sessions/signed-sessions.js'
import type { Sessions } from './sessions/sessions.js'
import { type Log, type Metrics, noMetrics } from './telemetry/telemetry.js'

/** For each request to AWS, in milliseconds; the SDK's own retries come on top. */
const TIMEOUTS = { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true }

export interface Parts extends GatewayParts, Omit<Workbench, 'close'>, CallerRecords {
  readonly publishing: Publishing
  readonly management: ManagedStores
  readonly events: EventLog
  /** Creates the tables that are missing. */
  createTables(): Promise<void>
  /** Ends everything with a lifetime, in reverse order of start. */
  close(): Promise<void>
}

type CallerRecords = Callers['records']

/** What works on bundles without any store. */
export interface Workbench {
  /** Bundles from this machine's disk, and what is wrong with them. */
  readonly bundling: Bundling
  readonly inspect: Inspect
  close(): Promise<void>
}

export interface PartsOptions {
  readonly log: Log
  /** Default: nobody counts. */
  readonly metrics?: Metrics | undefined
  readonly server: ServerInfo
  /** Folder of the compiled product: workers and the embedded engines start from there. */
  readonly built: URL
  /** Without them nobody can sign in, so only stdio can be served. */
  readonly secrets?: AuthSecrets | undefined
}

export function createParts(config: Config, options: PartsOptions): Parts {
  const { log, metrics = noMetrics, server, secrets } = options
  const clock = systemClock
  const aws = openAws(config, options)
  const limits = toArchiveLimits(config)
  const events = openEvents(config, log)
  const offered = openOffered(config, { aws, events, clock, log })
  const { catalog, peers } = offered
  const bundles = openBundles(config, { aws, limits, log })
  const executor = holdBundles(openExecutor(config, options), bundles)
  const state = createDynamoStateStore({ aws, clock })
  const calls = openCalls(config, { aws, state, log })
  const callers = openCallers(config, { aws, state, clock, log }, options)
  const callerLimits = openLimits(config, { clock, log })
  const uploads = createS3Uploads({ aws, isReachable: usesAws(config), clock })
  const { administration } = offered.managed
  const stores = { bundles, catalog, administration, executor, uploads, state }
  const publishing = createPublishing({ ...stores, limits, log, clock })
  return {
    clock,
    log,
    metrics,
    server,
    catalog,
    bundles,
    executor,
    calls,
    state,
    sealer: openSealer(secrets),
    ...callers.parts,
    ...callers.records,
    limits: callerLimits?.limits,
    sessions: secrets && openSessions(config, secrets, state),
    events,
    peers,
    management: {
      ...openManaged(offered, { executor, bundles, log }),
      ...callers.records,
      publishing,
    },
    ...toWorkbench(executor, config, options.built),
    publishing,
    // In AWS uploads go to S3 itself.
    uploads: usesAws(config) ? undefined : publishing,
    createTables: () => createTables(aws),
    close: async () => {
      await executor.close()
      await calls.close(config.DRAIN_TIMEOUT_MS)
      peers.close()
      await events.close()
      callerLimits?.close()
      await callers.close()
      aws.close()
    },
  }
}

export function createWorkbench(
  config: Config,
  options: Pick<PartsOptions, 'log' | 'built'>,
): Workbench {
  const executor = openExecutor(config, options)
  return { ...toWorkbench(executor, config, options.built), close: () => executor.close() }
}

function toWorkbench(executor: Executor, config: Config, built: URL): Omit<Workbench, 'close'> {
  const limits = toArchiveLimits(config)
  return {
    bundling: createBundling({ limits, executor, author: new URL('author/', built) }),
    inspect: createInspection({ limits, executor }),
  }
}

function toArchiveLimits(config: Config): ArchiveLimits {
  return {
    ...DEFAULT_ARCHIVE_LIMITS,
    maxZipBytes: config.MAX_ZIP_BYTES,
    maxTotalBytes: config.MAX_UNPACKED_BYTES,
  }
}

function openBundles(config: Config, parts: Pick<S3BundlesOptions, 'aws' | 'limits' | 'log'>) {
  return createS3Bundles({
    ...parts,
    cacheFolder: join(resolve(config.DATA_DIR), 'bundles'),
    maxCacheBytes: config.BUNDLE_CACHE_BYTES,
    idleMs: config.WORKER_IDLE_MS,
  })
}

function openAws(config: Config, { built }: PartsOptions): Aws {
  const tables = tableNames(config.TABLE_PREFIX)
  const endpoints = { dynamodb: config.AWS_ENDPOINT_URL_DYNAMODB, s3: config.AWS_ENDPOINT_URL_S3 }
  const { AWS_REGION: region, FUNCT_BUCKET_NAME: bucket } = config
  if (usesAws(config) && region !== undefined && bucket !== undefined)
    return createAws({ bucket, tables, endpoints, client: { region, requestHandler: TIMEOUTS } })
  const dataFolder = resolve(config.DATA_DIR)
  const entry = fileURLToPath(new URL('main.js', built))
  const client = connectLocalAws({
    dataFolder,
    spawnEngine: () => spawnLocalAws({ dataFolder, entry }),
  })
  return createAws({ bucket: 'bundles', tables, client })
}

function openCalls(config: Config, parts: Pick<DynamoCallsOptions, 'aws' | 'state' | 'log'>) {
  return createDynamoCalls({
    ...parts,
    retentionDays: config.CALL_RETENTION_DAYS,
    durability: config.RECORD_DURABILITY,
    timeoutMs: config.RECORD_TIMEOUT_MS,
    startAfterMs: config.RECORD_START_AFTER_MS,
    maxPending: config.RECORD_MAX_PENDING,
  })
}

/** One process tells itself through memory, several through Redis. */
function openEvents(config: Config, log: Log): EventLog {
  const limits = {
    maxEvents: config.EVENT_LOG_MAX_EVENTS,
    maxBytes: config.EVENT_LOG_MAX_BYTES,
    maxAgeMs: config.EVENT_LOG_MAX_AGE_MS,
  }
  const { REDIS_URL: url } = config
  if (url === undefined) return createMemoryEventLog({ ...limits, clock: systemClock, log })
  // The Redis client takes a while to load, and commands like `token` never need it.
  return createDeferredEventLog(async () => {
    const { createRedisEventLog } = await import('./events/redis-event-log.js')
    return createRedisEventLog({ url, limits, clock: systemClock, log })
  })
}

type ExecutorOptions = Pick<PartsOptions, 'log' | 'built'>

function openExecutor(config: Config, options: ExecutorOptions): Executor {
  return createChosenExecutors({
    defaultKind: config.EXECUTOR,
    choose: (module) => executorOf(config, module),
    open: (kind) => openExecutorOf(kind, config, options),
  })
}

function openExecutorOf(
  kind: ExecutorKind,
  config: Config,
  { log, built }: ExecutorOptions,
): Executor {
  const limits = {
    maxHeapMb: config.MAX_HEAP_MB,
    maxCpuMs: config.MAX_CPU_MS,
    maxResultBytes: config.MAX_RESULT_BYTES,
    maxConcurrentCalls: config.MAX_CALLS_PER_WORKER,
    maxWaitingCalls: config.MAX_WAITING_CALLS,
    maxInstances: config.MAX_WORKERS,
    maxInstancesPerTenant: config.MAX_WORKERS_PER_ENDPOINT,
    idleMs: config.WORKER_IDLE_MS,
  }
  const entryOf = (name: string) => new URL(`function-host/${name}.js`, built)
  if (kind === 'inline') return createInlineExecutor({ limits, log })
  if (kind === 'worker')
    return createWorkerExecutor({ entry: entryOf('worker-entry'), limits, log })
  return createProcessExecutor({
    entry: entryOf('process-entry'),
    limits,
    maxMemoryMb: config.MAX_MEMORY_MB,
    maxNetwork: config.MAX_NETWORK,
    outbound: openOutbound(config),
    log,
  })
}

/** For one fetch of a bundle, redirects included. */
const FETCH_TIMEOUT_MS = 30_000

/** The library is loaded by the first fetch. */
function openOutbound(config: Config): Outbound {
  return createDeferredOutbound(async () => {
    const { createOutbound } = await import('./outbound/public-outbound.js')
    return createOutbound({
      allowed: config.OUTBOUND_ALLOWED_HOSTS ?? [],
      maxBytes: config.MAX_RESULT_BYTES,
      timeoutMs: FETCH_TIMEOUT_MS,
    })
  })
}

/** What stdio seals is for its one client: a key of this process does. */
function openSealer(secrets: AuthSecrets | undefined): Sealer {
  const secret = secrets && { id: 'jwt', secret: secrets.jwtSecretKey }
  return createSealer({ secrets: [secret ?? randomSecret()], purpose: 'rounds/v1' })
}

const HOUR_MS = 3_600_000

function openSessions(config: Config, { jwtSecretKey }: AuthSecrets, state: StateStore): Sessions {
  const secrets = config.SESSION_KEYS ?? [{ id: 'jwt', secret: jwtSecretKey }]
  const ttlMs = config.SESSION_TTL_HOURS * HOUR_MS
  return createSignedSessions({ state, secrets, ttlMs, clock: systemClock })
}

/** The embedded engines in this process; undefined when another one serves the folder already. */
export async function startEngines(options: LocalAwsOptions): Promise<LocalAws | undefined> {
  try {
    return await startLocalAws(options)
  } catch (error) {
    if (error instanceof LocalAwsAlreadyRunning) return undefined
    throw error
  }
}
