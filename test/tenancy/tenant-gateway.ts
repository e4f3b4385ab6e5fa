/** A gateway with five tenants on it, for all tests of a file. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { createMarkers } from './markers.js'
import { createWatch, type Watch } from './watch.js'
import { createWire, type Wire } from './wire.js'
import { createWorld, type World } from './world.js'

export interface TenantGateway {
  readonly gateway: TestGateway
  readonly world: World
  readonly wire: Wire
  /** Of what the gateway logs too. */
  readonly watch: Watch
  /** Where bundles are written. */
  readonly folder: string
  stop(): Promise<void>
}

/** Nobody waits long for what will not come, pages are short, and nothing is refused as too much. */
const SETTINGS = {
  CATALOG_CHECK_MS: '1500',
  PAGE_SIZE: '2',
  PASSWORD_COST: '10',
  CALL_TIMEOUT_MS: '30000',
  TASK_TIMEOUT_MS: '20000',
  ROUND_TTL_MS: '10800000',
  RATE_USER_PER_MINUTE: '0',
  RATE_KEY_PER_MINUTE: '0',
  RATE_USER_BYTES_PER_MINUTE: '0',
  RATE_ENDPOINT_PER_MINUTE: '0',
  RATE_ENDPOINT_BYTES_PER_MINUTE: '0',
  RATE_FAILURES_PER_MINUTE: '0',
}

export async function startTenants(seed: number): Promise<TenantGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'tenancy-'))
  const markers = createMarkers(seed)
  const watch = createWatch(markers, seed)
  const gateway = await startTestGateway({ env: SETTINGS, log: watch.log })
  const world = await createWorld(gateway, { seed, markers, folder })
  const wire = createWire(gateway.url)
  return {
    gateway,
    world,
    wire,
    watch,
    folder,
    stop: async () => {
      await wire.close()
      await gateway.stop()
      await rm(folder, { recursive: true })
    },
  }
}
