/**
 * What was this process told? Every setting once: name, type, default, range and meaning.
 * Read at start by `main.ts`; nothing else reads the environment.
 */
import { z } from 'zod'
import { ENDPOINT_ID_RULE, isEndpointId } from '../domain/caller.js'
import { EXECUTORS } from '../domain/executor.js'
import { NETWORK_ACCESS } from '../domain/network.js'
import { edgeContradictions, edgeSettings } from './edge-settings.js'
import { issuerContradictions, issuerSettings } from './issuer-settings.js'
import { limitSettings } from './limit-settings.js'
import { hosts, origins, providers, sessionKeys, texts } from './lists.js'
import { moduleExecutors } from './module-executors.js'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const MIB = 1024 * 1024

const integer = (min: number, max: number) => {
  const expected = `must be a whole number from ${min} to ${max}`
  return z.coerce.number(expected).int(expected).min(min, expected).max(max, expected)
}
const secret = z.string().min(32, 'must have at least 32 characters')
const optionalText = z.string().optional()
const endpointId = z.string().refine(isEndpointId, `must be ${ENDPOINT_ID_RULE}`)
const flag = z
  .enum(['0', '1'], 'must be 0 or 1')
  .transform((value) => value === '1')
  .prefault('0')
const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .transform((url) => url.replace(/\/+$/, ''))
  .optional()

const redisUrl = z.url({ protocol: /^rediss?$/, error: 'must be a redis or rediss URL' }).optional()

/** In the order of `--help`. */
export const settings = {
  MCP_TRANSPORT: z
    .enum(['sse', 'stdio'], 'must be sse or stdio')
    .default('sse')
    .describe('how clients reach it: HTTP (sse), or one client on stdin and stdout (stdio)'),
  HOST: z.string().default('127.0.0.1').describe('address to listen on'),
  PORT: integer(0, 65_535).default(8000).describe('port to listen on; 0 takes a free one'),
  PUBLIC_URL: httpUrl.describe('URL that clients use, when it is not the address listened on'),
  ALLOWED_ORIGINS: origins.describe('web origins that may call, separated by commas'),
  ...edgeSettings,
  MCP_CONFIG_FILE: optionalText.describe(
    'what to load at start: a manifest beside its module folders, a bundle folder, or a ZIP',
  ),
  MCP_ENDPOINT_ID: endpointId
    .default('default')
    .describe('endpoint that MCP_CONFIG_FILE and stdio use'),
  MCP_USER_ID: z.string().min(1).max(128).default('local').describe('who stdio acts as'),
  AUTH_PROVIDER: providers.describe('who vouches for callers: a list of local, cognito, oidc'),
  JWT_SECRET_KEY: secret
    .optional()
    .describe('key of local tokens (HS256), 32 characters or more; generated on a laptop'),
  JWT_KEY_FILES: texts.describe(
    'key files of local tokens, separated by commas: PEM (PKCS#8) of RSA, P-256 or Ed25519; the first signs, all verify; without them JWT_SECRET_KEY signs',
  ),
  ACCESS_TOKEN_MINUTES: integer(1, 24 * 60)
    .default(15)
    .describe('how long an access token is good that comes from a sign-in'),
  REFRESH_TOKEN_DAYS: integer(1, 365)
    .default(30)
    .describe('how long a sign-in lasts, however often it is refreshed'),
  PASSWORD_COST: integer(10, 15)
    .default(12)
    .describe('bcrypt cost of passwords: each step doubles the work'),
  ADMIN_STATIC_TOKEN: secret
    .optional()
    .describe('bearer token of the operator, 32 characters or more; generated on a laptop'),
  ADMIN_TOKEN_ENABLED: flag
    .prefault('1')
    .describe('0 refuses the admin token, and generates none on a laptop'),
  SESSION_KEYS: sessionKeys.describe(
    'keys of sessions as ID:SECRET,ID:SECRET: the first signs, all verify; made from JWT_SECRET_KEY when not set',
  ),
  SETTINGS_KEYS: sessionKeys.describe(
    "keys that seal bundles' settings in the database, as ID:SECRET,ID:SECRET: the first seals, all open; made from JWT_SECRET_KEY when not set, generated on a laptop",
  ),
  SESSION_TTL_HOURS: integer(1, 24 * 30)
    .default(24)
    .describe('how long a session of the revisions before 2026-07-28 lasts'),
  ...issuerSettings,
  AWS_REGION: optionalText.describe('region; needed with FUNCT_BUCKET_NAME'),
  FUNCT_BUCKET_NAME: optionalText.describe(
    'bucket of bundles; setting it switches from the embedded engines to AWS',
  ),
  AWS_ENDPOINT_URL_DYNAMODB: httpUrl.describe('another DynamoDB endpoint'),
  AWS_ENDPOINT_URL_S3: httpUrl.describe('another S3 endpoint'),
  TABLE_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{0,64}$/, 'must be at most 64 of A-Z, a-z, 0-9, _, . and -')
    .default('mcp-')
    .describe('what table names begin with'),
  INITIALIZE_TABLES: flag.describe('1 creates missing tables in AWS at start'),
  REDIS_URL: redisUrl.describe('Redis for the event log, needed by several instances'),
  EVENT_LOG_MAX_EVENTS: integer(1, 100_000)
    .default(1000)
    .describe('events of one stream that are kept for replay'),
  EVENT_LOG_MAX_BYTES: integer(1024, 256 * MIB)
    .default(16 * MIB)
    .describe('largest sum of those events'),
  EVENT_LOG_MAX_AGE_MS: integer(1000, 24 * 60 * MINUTE_MS)
    .default(5 * MINUTE_MS)
    .describe('how long those events are kept'),
  DATA_DIR: z
    .string()
    .default('.data')
    .describe('folder of the embedded engines, generated secrets and unpacked bundles'),
  EXECUTOR: z
    .enum(EXECUTORS, 'must be process, worker or inline')
    .default('process')
    .describe(
      'where functions run: a process without rights, a worker thread, or this process (development only)',
    ),
  MODULE_EXECUTORS: moduleExecutors.describe(
    'modules that run elsewhere, as ENDPOINT/PACKAGE/MODULE=EXECUTOR separated by commas, * for any; the first that fits counts. A module out of `process` is one that you trust, of an endpoint that you name or of all',
  ),
  MAX_NETWORK: z
    .enum(NETWORK_ACCESS, 'must be none, brokered or all')
    .default('brokered')
    .describe(
      'the most that a module may ask to reach: nothing, public addresses by fetch, or all',
    ),
  OUTBOUND_ALLOWED_HOSTS: hosts.describe(
    'hosts, or hosts with a port, that may be fetched from although they are not public, separated by commas',
  ),
  CALL_TIMEOUT_MS: integer(10, 15 * MINUTE_MS)
    .default(MINUTE_MS)
    .describe('how long a function may run'),
  ROUND_TTL_MS: integer(1000, 24 * 60 * MINUTE_MS)
    .default(10 * MINUTE_MS)
    .describe('how long a client may take to answer the questions of a function (2026-07-28)'),
  MAX_CPU_MS: integer(10, DAY_MS)
    .default(MINUTE_MS / 2)
    .describe(
      'CPU time that one call may use; of a process it is watched on Linux, and inline not at all',
    ),
  TASK_TIMEOUT_MS: integer(10, DAY_MS)
    .default(15 * MINUTE_MS)
    .describe('how long a function may run in the background'),
  TASK_TTL_MS: integer(1000, 30 * DAY_MS)
    .default(DAY_MS)
    .describe('how long a call in the background can be asked for after it was made'),
  DRAIN_TIMEOUT_MS: integer(0, 10 * MINUTE_MS)
    .default(25_000)
    .describe('how long running calls may take to end at shutdown'),
  CATALOG_CHECK_MS: integer(0, MINUTE_MS)
    .default(1500)
    .describe('how old a catalog may be before it is checked against the database'),
  CALL_RETENTION_DAYS: integer(0, 36_500)
    .default(90)
    .describe('how long call records are kept; 0 keeps them for ever'),
  AUDIT_RETENTION_DAYS: integer(0, 36_500)
    .default(400)
    .describe('how long rows of the audit are kept; 0 keeps them for ever'),
  RECORD_DURABILITY: z
    .enum(['ack', 'async'], 'must be ack or async')
    .default('ack')
    .describe('whether an answer waits until its record is durable (ack), or not (async)'),
  RECORD_START_AFTER_MS: integer(10, DAY_MS)
    .default(1000)
    .describe('a call that runs for this long is recorded before it ends'),
  RECORD_TIMEOUT_MS: integer(100, 10 * MINUTE_MS)
    .default(10_000)
    .describe('how long the database may be away before callers are told "not recorded"'),
  RECORD_MAX_PENDING: integer(1, 1_000_000)
    .default(10_000)
    .describe('records that may wait for the database; beyond it no call begins'),
  PAGE_SIZE: integer(1, 1000).default(100).describe('items on one page of a list'),
  MAX_STREAMS: integer(1, 1_000_000)
    .default(10_000)
    .describe('streams that may stand open without a call'),
  MAX_STREAMS_PER_USER: integer(1, 1_000_000)
    .default(100)
    .describe('of these, for one user of an endpoint'),
  MAX_EVENT_STREAMS_PER_USER: integer(1, 1_000_000)
    .default(20)
    .describe('of these, streams of events for one user of an endpoint'),
  MAX_STREAM_BACKLOG_BYTES: integer(MIB, 1024 * MIB)
    .default(4 * MIB)
    .describe('unread bytes of a stream beyond which its client is cut off'),
  MAX_BODY_BYTES: integer(1024, 64 * MIB)
    .default(4 * MIB)
    .describe('largest message from a client'),
  MAX_RESULT_BYTES: integer(1024, 64 * MIB)
    .default(8 * MIB)
    .describe('largest result of a function'),
  MAX_ZIP_BYTES: integer(1024, 512 * MIB)
    .default(25 * MIB)
    .describe('largest bundle'),
  MAX_UNPACKED_BYTES: integer(1024, 2048 * MIB)
    .default(64 * MIB)
    .describe('largest bundle after unpacking'),
  BUNDLE_CACHE_BYTES: integer(MIB, 1024 * 1024 * MIB)
    .default(1024 * MIB)
    .describe('unpacked bundles on disk; beyond it those unused for longest are removed'),
  MAX_HEAP_MB: integer(16, 16_384)
    .default(128)
    .describe('heap of one instance (process or worker), in MiB'),
  MAX_MEMORY_MB: integer(64, 65_536)
    .default(384)
    .describe('memory of one process in all, in MiB; watched on Linux'),
  MAX_WORKERS: integer(1, 4096)
    .default(32)
    .describe('instances in all, of each kind that MODULE_EXECUTORS uses'),
  MAX_WORKERS_PER_ENDPOINT: integer(1, 4096)
    .default(8)
    .describe('instances of one endpoint, of each kind'),
  MAX_CALLS_PER_WORKER: integer(1, 10_000).default(64).describe('calls at a time in one instance'),
  MAX_WAITING_CALLS: integer(0, 100_000)
    .default(256)
    .describe('calls of one endpoint that may wait for an instance, of each kind'),
  MAX_BACKGROUND_CALLS: integer(1, 100_000)
    .default(1000)
    .describe('calls in the background at a time'),
  WORKER_IDLE_MS: integer(100, 24 * 60 * MINUTE_MS)
    .default(MINUTE_MS)
    .describe('an instance without calls for this long is ended'),
  ...limitSettings,
  METRICS_PORT: integer(0, 65_535)
    .optional()
    .describe('port of `GET /metrics`, for Prometheus; without it nothing is counted'),
  METRICS_HOST: z.string().default('127.0.0.1').describe('address of METRICS_PORT'),
  LOG_LEVEL: z
    .enum(
      ['debug', 'info', 'warn', 'error', 'silent'],
      'must be debug, info, warn, error or silent',
    )
    .default('info')
    .describe('least level of log lines on standard error'),
} as const

const Environment = z.object(settings)

export type Config = Readonly<z.infer<typeof Environment>>

/**
 * What this process was told to do.
 *
 * @param env usually `process.env`; empty values count as not set
 * @throws ConfigError with one line for every variable that is wrong
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.keys(settings).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  )
  const result = Environment.safeParse(given)
  const wrong = result.error?.issues.map(({ path, message }) => [path.join('.'), message]) ?? []
  // Every setting has a default or is optional, so without the wrong ones it always reads.
  const wrongNames = wrong.map(([name]) => name)
  const rest = Environment.parse(omit(given, wrongNames))
  const problems = [...wrong, ...contradictions(rest)]
  if (problems.length === 0) return Object.freeze(rest)
  throw new ConfigError(problems.map(([name, message]) => `${name} ${message}`))
}

function omit(given: object, names: readonly (string | undefined)[]): object {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !names.includes(name)))
}

/** Everything that is wrong with the environment, one line a variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(problems: readonly string[]) {
    super(`Bad configuration:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
  }
}

/** True when AWS is used, false for the embedded engines. */
export function usesAws(config: Pick<Config, 'FUNCT_BUCKET_NAME'>): boolean {
  return config.FUNCT_BUCKET_NAME !== undefined
}

type Values = z.infer<z.ZodObject<typeof settings>>

function* contradictions(values: Values): Generator<[string, string]> {
  const { MCP_TRANSPORT: transport } = values
  if (usesAws(values)) {
    if (values.AWS_REGION === undefined) yield ['AWS_REGION', 'is needed with FUNCT_BUCKET_NAME']
    if (transport === 'sse') yield* missingSecrets(values)
  }
  yield* edgeContradictions(values)
  yield* issuerContradictions(values)
  if (values.TASK_TTL_MS < values.TASK_TIMEOUT_MS)
    yield ['TASK_TTL_MS', 'must be at least TASK_TIMEOUT_MS']
}

function* missingSecrets(values: Values): Generator<[string, string]> {
  const how = 'is needed with AWS: 32 random characters or more; nothing is generated there'
  if (values.JWT_SECRET_KEY === undefined) yield ['JWT_SECRET_KEY', how]
  if (values.ADMIN_TOKEN_ENABLED && values.ADMIN_STATIC_TOKEN === undefined)
    yield ['ADMIN_STATIC_TOKEN', how]
}
