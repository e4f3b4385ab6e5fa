import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildGateway, toGatewayOptions } from '../../src/app.js'
import { createLocalTokens } from '../../src/auth/local-tokens.js'
import { toHttpOptions } from '../../src/cli/http-options.js'
import { readConfig } from '../../src/config/config.js'
import { startLocalAws } from '../../src/local-aws/local-aws.js'
import { createParts, type Parts } from '../../src/parts.js'
import type { Published } from '../../src/publishing/publishing.js'
import { readBundleSource } from '../../src/bundling/bundle-source.js'
import { type Log, type Metrics, silentLog } from '../../src/telemetry/telemetry.js'
import { builtFile } from './built.js'

export const ADMIN_TOKEN = 'the-admin-token-of-a-test-gateway-0123456789'
export const SIGNING_KEY = 'the-signing-key-of-a-test-gateway-0123456789'

export interface TestGateway {
  readonly dataFolder: string
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  readonly parts: Parts
  readonly gateway: ReturnType<typeof buildGateway>
  /** @param folder of a bundle: one of `test/support/bundles`, or a path */
  publish(folder: string, endpointId?: string): Promise<Published>
  tokenFor(userId: string, endpointId?: string): Promise<string>
  stop(): Promise<void>
}

export interface TestGatewayOptions {
  /** Settings beside the data folder, as in the environment. */
  readonly env?: Record<string, string>
  readonly log?: Log
  readonly metrics?: Metrics
  /** Another gateway, to share its data folder and engines; that one is stopped last. */
  readonly sharing?: Pick<TestGateway, 'dataFolder'>
}

/** The whole gateway in this process: real HTTP, real workers, the real embedded engines. */
export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const { env = {}, log = silentLog, metrics, sharing } = options
  const { dataFolder, stopEngine } = sharing ? shared(sharing) : await startEngine()
  const config = readConfig({ DATA_DIR: dataFolder, CATALOG_CHECK_MS: '0', ...env })
  const parts = createParts(config, {
    log,
    metrics,
    server: { name: 'test-gateway', version: '0.0.0' },
    built: builtFile(''),
    secrets: { adminToken: ADMIN_TOKEN, jwtSecretKey: SIGNING_KEY },
  })
  await parts.createTables()
  const gateway = buildGateway(parts, toGatewayOptions(config))
  const http = await gateway.openHttp(toHttpOptions(config))
  const url = await http.listen({ host: '127.0.0.1', port: 0 })
  return {
    dataFolder,
    url,
    parts,
    gateway,
    publish: async (folder, endpointId = 'default') =>
      parts.publishing.publish({
        endpointId,
        zip: await readBundleSource(bundleFolder(folder)),
        variables: {},
        actor: 'test',
      }),
    tokenFor: (userId, endpointId = 'default') =>
      createLocalTokens(SIGNING_KEY).sign({
        userId,
        endpointId,
        roles: ['caller'],
        expiresAt: Date.now() + 600_000,
      }),
    stop: async () => {
      await http.close(1000)
      await gateway.endBackground()
      await parts.close()
      await stopEngine()
    },
  }
}

async function startEngine() {
  const dataFolder = await mkdtemp(join(tmpdir(), 'test-gateway-'))
  const engine = await startLocalAws({ dataFolder, idleMs: 600_000, log: silentLog })
  const stopEngine = async () => {
    await engine.close()
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 })
  }
  return { dataFolder, stopEngine }
}

function shared({ dataFolder }: Pick<TestGateway, 'dataFolder'>) {
  return { dataFolder, stopEngine: async () => undefined }
}

export function bundleFolder(name: string): string {
  return name.startsWith('/') ? name : fileURLToPath(new URL(`bundles/${name}`, import.meta.url))
}
