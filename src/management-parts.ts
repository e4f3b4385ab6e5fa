/** What an endpoint offers, told to all instances as it changes; and what those need who manage it. */
import type { ManagedStores } from './app.js'
import type { Aws } from './aws/aws.js'
import { createCaches } from './cache/cache.js'
import { openMemories, type RememberingParts } from './cache-parts.js'
import type {
  CatalogAdministration,
  CatalogMemory,
  EndpointList,
} from './catalog/administration.js'
import type { Catalog } from './catalog/catalog.js'
import { createDynamoCatalog } from './catalog/dynamo-catalog.js'
import { createToldAdministration, createToldCatalog } from './catalog/told-catalog.js'
import type { Config } from './config/config.js'
import { settingsSecrets } from './config/settings-keys.js'
import type { Clock } from './domain/clock.js'
import type { EventLog } from './events/events.js'
import { createPeers, type Peers } from './peers/peers.js'
import { createSealer } from './sealing/sealing.js'
import type { Log } from './telemetry/telemetry.js'

export interface OfferedStores {
  readonly aws: Aws
  readonly events: EventLog
  readonly clock: Clock
  readonly log: Log
}

export interface Offered {
  readonly catalog: Catalog
  readonly peers: Peers
  /** What only those need who manage endpoints. */
  readonly managed: {
    readonly administration: CatalogAdministration
    readonly endpoints: EndpointList
    readonly memory: CatalogMemory
  }
}

export function openOffered(config: Config, { aws, events, clock, log }: OfferedStores): Offered {
  const sealer = createSealer({ secrets: settingsSecrets(config), purpose: 'settings/v1' })
  const peers = createPeers({ events, log })
  const checkMs = config.CATALOG_CHECK_MS
  const opened = createDynamoCatalog({ aws, sealer, checkMs, log, clock })
  const { administration, memory, endpoints, ...catalog } = opened
  peers.onNews(({ endpointId }) => memory.expire(endpointId))
  return {
    catalog: createToldCatalog(catalog, peers),
    peers,
    managed: {
      administration: createToldAdministration(administration, peers),
      endpoints,
      memory,
    },
  }
}

type Running = Omit<RememberingParts, 'catalog'> & { readonly log: Log }

export function openManaged(
  { peers, managed }: Offered,
  { log, ...running }: Running,
): Pick<ManagedStores, 'administration' | 'endpoints' | 'caches'> {
  const { administration, endpoints, memory: catalog } = managed
  const caches = createCaches({ peers, memories: openMemories({ catalog, ...running }), log })
  return { administration, endpoints, caches }
}
