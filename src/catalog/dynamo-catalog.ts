/** The catalog on DynamoDB: what is active in its tables, what versions declare in S3. */
import { createHash } from 'node:crypto'
import type { Aws } from '../aws/aws.js'
import { type Clock, systemClock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Sealer } from '../sealing/sealing.js'
import type { Log } from '../telemetry/telemetry.js'
import { createDefinitionStore, type DefinitionStore } from './bundle-definitions.js'
import type { Catalog, PackageState, Snapshot } from './catalog.js'
import { activateVersion, promoteVersion } from './dynamo-activation.js'
import { changeOverride, loadOverrides } from './dynamo-overrides.js'
import {
  listPackages,
  type PackageRow,
  readSwitches,
  registeredVersion,
} from './dynamo-packages.js'
import { readSettingRows, type SettingRows, settingsOf } from './dynamo-settings.js'
import { readOverrides } from './overrides.js'
import { createSealedSettings, type SealedSettings } from './sealed-settings.js'
import { type ActiveBundle, buildSnapshot } from './snapshot.js'
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

const DEFAULT_CHECK_MS = 1500
const DEFAULT_MAX_ENDPOINTS = 1000
/** A setting row is gone when an activation finished between two reads; the next look has its own. */
const MAX_LOADS = 3

export function createDynamoCatalog({
  aws,
  sealer,
  checkMs = DEFAULT_CHECK_MS,
  maxEndpoints = DEFAULT_MAX_ENDPOINTS,
  log,
  clock = systemClock,
}: DynamoCatalogOptions): Catalog {
  const definitions = createDefinitionStore(aws, log)
  const sealed = createSealedSettings(sealer)
  const parts = { aws, definitions, sealed, log, clock }
  const snapshots = createSnapshotCache({
    refresh: (endpointId, known, signal) =>
      refreshSnapshot({ ...parts, endpointId, signal }, known),
    checkMs,
    maxEndpoints,
    log,
    clock,
  })
  return {
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

function toState(row: PackageRow): PackageState {
  return {
    packageName: row.package_name,
    activeSha256: row.active_sha256,
    previousSha256: row.previous_sha256,
    revision: row.revision,
    activatedAt: row.updated_at,
    activatedBy: row.updated_by,
  }
}

interface Loading {
  readonly aws: Aws
  readonly definitions: DefinitionStore
  readonly sealed: SealedSettings
  readonly endpointId: EndpointId
  readonly signal: AbortSignal
  readonly log: Log
}

async function refreshSnapshot(loading: Loading, known: Snapshot | undefined): Promise<Snapshot> {
  const { aws, endpointId, signal, log } = loading
  for (let load = 1; load <= MAX_LOADS; load++) {
    const { packages, overrides: row } = await readSwitches(aws, endpointId, signal)
    const overrides = readOverrides(row)
    const version = versionOf(packages, overrides.revision)
    if (known?.version === version) return known
    const bundles = await loadBundles(loading, packages)
    if (bundles)
      return buildSnapshot({ endpointId, version, bundles, overrides: overrides.all, log })
  }
  throw new GatewayError(
    'BUNDLE_UNAVAILABLE',
    `A setting of endpoint "${endpointId}" is missing: activate the package again`,
  )
}

/** @returns undefined when a setting that a package names is gone */
async function loadBundles(
  { aws, definitions, sealed, endpointId, signal }: Loading,
  packages: readonly PackageRow[],
): Promise<ActiveBundle[] | undefined> {
  const rows: SettingRows = packages.some(({ settings }) => settings.length > 0)
    ? await readSettingRows(aws, endpointId, signal)
    : new Map()
  const bundles: ActiveBundle[] = []
  for (const active of packages) {
    const version = registeredVersion(endpointId, active)
    const settings = settingsOf(active.settings, rows, (row) => sealed.open(endpointId, row))
    if (!settings) return undefined
    const stored = await definitions.read(version, signal)
    bundles.push({ ref: version.ref, settings, definitions: stored.definitions })
  }
  return bundles
}

/** Packages and revisions; whatever is changed raises one of them. */
function versionOf(packages: readonly PackageRow[], ofOverrides: number): string {
  const revisions = [
    ...packages.map(({ package_name: name, revision }) => [name, revision]),
    ofOverrides,
  ]
  return createHash('sha256').update(JSON.stringify(revisions)).digest('hex').slice(0, 32)
}
