/** The catalog on DynamoDB: what is active in its tables, what versions declare in S3. */
import type { Aws } from '../aws/aws.js'
import { type Clock, systemClock } from '../domain/clock.js'
import type { Sealer } from '../sealing/sealing.js'
import type { Log } from '../telemetry/telemetry.js'
import type { CatalogAdministration, CatalogMemory, EndpointList } from './administration.js'
import { createDefinitionStore } from './bundle-definitions.js'
import type { Catalog } from './catalog.js'
import { activateVersion, promoteVersion } from './dynamo-activation.js'
import { createDynamoAdministration } from './dynamo-administration.js'
import { createDynamoEndpointList } from './dynamo-endpoint-list.js'
import { createSnapshotLoader } from './dynamo-loading.js'
import { changeOverride, loadOverrides } from './dynamo-overrides.js'
import { listPackages } from './dynamo-packages.js'
import { createCatalogMemory } from './catalog-memory.js'
import { toState } from './inventory.js'
import { createSealedSettings } from './sealed-settings.js'
import { createSnapshotCache } from './snapshot-cache.js'

export interface DynamoCatalogOptions {
  readonly aws: Aws
  /** Seals settings in the database, and opens them. */
  readonly sealer: Sealer
  /** Milliseconds for which a snapshot is served without a look at the database. Default 1500. */
  readonly checkMs?: number | undefined
  /** Endpoints whose snapshots are kept in memory. Default 1000. */
  readonly maxEndpoints?: number | undefined
  readonly log: Log
  readonly clock?: Clock | undefined
}

/** What may be called, who manages that, and what this process remembers of it: they share that. */
export interface DynamoCatalog extends Catalog {
  readonly administration: CatalogAdministration
  readonly memory: CatalogMemory
  /** An endpoint is entered in it with its first package. */
  readonly endpoints: EndpointList
}

const DEFAULT_CHECK_MS = 1500
const DEFAULT_MAX_ENDPOINTS = 1000

export function createDynamoCatalog({
  aws,
  sealer,
  checkMs = DEFAULT_CHECK_MS,
  maxEndpoints = DEFAULT_MAX_ENDPOINTS,
  log,
  clock = systemClock,
}: DynamoCatalogOptions): DynamoCatalog {
  const definitions = createDefinitionStore(aws, log)
  const sealed = createSealedSettings(sealer)
  const endpoints = createDynamoEndpointList({ aws, clock })
  const parts = { aws, definitions, sealed, log, clock, endpoints }
  const loader = createSnapshotLoader(parts)
  const snapshots = createSnapshotCache({
    refresh: (endpointId, known, signal) => loader.refresh(endpointId, known, signal),
    checkMs,
    maxEndpoints,
    log,
    clock,
  })
  return {
    administration: createDynamoAdministration({ ...parts, loader, snapshots }),
    memory: createCatalogMemory({ loader, snapshots, definitions }),
    endpoints,

    snapshot: (endpointId) => snapshots.get(endpointId),
    recent: (endpointId) => snapshots.peek(endpointId),

    packages: async (endpointId) => (await listPackages(aws, endpointId)).map(toState),

    async activate(version) {
      try {
        return await activateVersion(parts, version)
      } finally {
        snapshots.expire(version.ref.endpointId)
      }
    },

    async promote(promotion) {
      try {
        return await promoteVersion(parts, promotion)
      } finally {
        snapshots.expire(promotion.ref.endpointId)
      }
    },

    overrides: async (endpointId) => [...(await loadOverrides(aws, endpointId)).all],

    async setOverride(change) {
      try {
        return await changeOverride(parts, change)
      } finally {
        snapshots.expire(change.endpointId)
      }
    },
  }
}
