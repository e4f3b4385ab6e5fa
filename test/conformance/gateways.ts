/** What the suite is run against: one gateway process, or two that share what instances share. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type LocalAws, startLocalAws } from '../../src/local-aws/local-aws.js'
import { createLog } from '../../src/telemetry/telemetry.js'
import { startAuthProxy } from '../support/auth-proxy.js'
import { accountAt } from '../support/aws-account.js'
import { type Gateway, startGateway } from '../support/product.js'
import { startTestRedis } from '../support/redis.js'
import { startRoundRobinProxy } from '../support/round-robin-proxy.js'
import type { Lifetimes } from './lifetimes.js'

export interface ServedSuite {
  /** Where the suite finds MCP without a token. */
  readonly url: string
  /** What the gateways have logged. */
  readonly log: () => string
}

const HOUR_MS = 3_600_000
const bundle = fileURLToPath(new URL('bundle', import.meta.url))

export interface Engine {
  readonly dataFolder: string
  readonly aws: LocalAws
}

/** Started here, so that no gateway starts one of its own, which would outlive it. */
export async function startEngine(lifetimes: Lifetimes): Promise<Engine> {
  const dataFolder = await createFolder(lifetimes)
  const log = createLog('error')
  const aws = await startLocalAws({ dataFolder, idleMs: HOUR_MS, port: 0, log })
  lifetimes.endWith(() => aws.close())
  return { dataFolder, aws }
}

/** One process on the engine's own data folder: the product of a laptop. */
export async function serveOne(lifetimes: Lifetimes, engine: Engine): Promise<ServedSuite> {
  const token = secret()
  const gateway = await start(lifetimes, engine.dataFolder, { ADMIN_STATIC_TOKEN: token })
  const proxy = await startAuthProxy(() => gateway.url, token)
  lifetimes.endWith(() => proxy.close())
  return { url: `${proxy.url}/mcp`, log: () => gateway.stderr() }
}

/**
 * Two processes, each with a data folder of its own, that share the database, the bundle store,
 * Redis and their secrets; each request goes to the other one than the last.
 */
export async function serveTwo(lifetimes: Lifetimes, { aws }: Engine): Promise<ServedSuite> {
  const redis = await startTestRedis()
  lifetimes.endWith(() => redis.stop())
  const token = secret()
  const own = { TABLE_PREFIX: 'two-', JWT_SECRET_KEY: secret(), ADMIN_STATIC_TOKEN: token }
  const env = { ...accountAt(aws), ...own, REDIS_URL: redis.url }
  const first = await start(lifetimes, await createFolder(lifetimes), env)
  const second = await start(lifetimes, await createFolder(lifetimes), env)
  const proxy = await startRoundRobinProxy([first.url, second.url], token)
  lifetimes.endWith(() => proxy.close())
  return {
    url: `${proxy.url}/mcp`,
    log: () => `${first.stderr()}the other gateway's:\n${second.stderr()}`,
  }
}

async function start(
  lifetimes: Lifetimes,
  dataFolder: string,
  env: Record<string, string>,
): Promise<Gateway> {
  const gateway = await startGateway({ dataFolder, env: { MCP_CONFIG_FILE: bundle, ...env } })
  lifetimes.endWith(() => gateway.stop())
  return gateway
}

async function createFolder(lifetimes: Lifetimes): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-conformance-'))
  lifetimes.endWith(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const secret = (): string => randomBytes(36).toString('base64url')
