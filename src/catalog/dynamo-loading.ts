/** How a snapshot is made: what is active in the tables, what versions declare in S3. */
import { createHash } from 'node:crypto'
import type { Aws } from '../aws/aws.js'
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import { createOnceAMinute } from '../domain/once-a-minute.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'
import type { DefinitionStore } from './bundle-definitions.js'
import type { Snapshot } from './catalog.js'
import { readOperatorRows } from './dynamo-operator-rows.js'
import { type PackageRow, readSwitches, registeredVersion } from './dynamo-packages.js'
import { readSettingRows, type SettingRows, settingsOf } from './dynamo-settings.js'
import type { SnapshotSource } from './inventory.js'
import {
  type OperatorFunction,
  placeFunctions,
  type PlacedFunctions,
  withOwnRules,
} from './operator-functions.js'
import { type Overrides, readOverrides } from './overrides.js'
import type { SealedSettings } from './sealed-settings.js'
import { type ActiveBundle, buildSnapshot } from './snapshot.js'

export interface LoadingParts {
  readonly aws: Aws
  readonly definitions: DefinitionStore
  readonly sealed: SealedSettings
  readonly log: Log
  readonly clock: Clock
}

export interface SnapshotLoader {
  /** @param known returned as it is when it still is what it would be now */
  refresh(
    endpointId: EndpointId,
    known: Snapshot | undefined,
    signal: AbortSignal,
  ): Promise<Snapshot>
  /** What a snapshot of this loader was made of. */
  sourceOf(snapshot: Snapshot): SnapshotSource | undefined
}

/** A setting row is gone when an activation finished between two reads; the next look has its own. */
const MAX_LOADS = 3

/** The write of a function's row takes less, whatever the database does; its writer has died. */
const MAX_WRITING_MS = 120_000

interface Made extends SnapshotSource {
  /** Of the packages and overrides alone. */
  readonly switchVersion: string
}

interface Loading extends LoadingParts {
  readonly endpointId: EndpointId
  readonly signal: AbortSignal
}

export function createSnapshotLoader(parts: LoadingParts): SnapshotLoader {
  const made = new WeakMap<Snapshot, Made>()
  const sayLost = createLostFunctions(parts)

  const look = async (
    loading: Loading,
    known: Snapshot | undefined,
  ): Promise<Snapshot | undefined> => {
    const { aws, endpointId, signal } = loading
    const { packages, overrides: row } = await readSwitches(aws, endpointId, signal)
    const overrides = readOverrides(row)
    const switchVersion = versionOf(packages, overrides.revision)
    const isSame = known !== undefined && made.get(known)?.switchVersion === switchVersion
    if (isSame && !isBeingWritten(overrides, parts.clock)) return known
    const functions = await readOperatorRows(aws, endpointId, {
      uuids: overrides.functions,
      signal,
    })
    const version = withStamps(switchVersion, functions)
    if (known?.version === version) return known
    const bundles = await loadBundles(loading, packages)
    if (!bundles) return undefined
    const placed = placeFunctions(functions, bundles)
    sayLost(endpointId, placed)
    const snapshot = toSnapshot(loading, { version, bundles, placed, overrides })
    const source = { packages, bundles, overrides: overrides.all, functions: placed.offered }
    made.set(snapshot, { ...source, switchVersion })
    return snapshot
  }

  return {
    async refresh(endpointId, known, signal) {
      for (let load = 1; load <= MAX_LOADS; load++) {
        const snapshot = await look({ ...parts, endpointId, signal }, known)
        if (snapshot) return snapshot
      }
      throw new GatewayError(
        'BUNDLE_UNAVAILABLE',
        `A setting of endpoint "${endpointId}" is missing: activate the package again`,
      )
    },
    sourceOf: (snapshot) => made.get(snapshot),
  }
}

interface Parsed {
  readonly version: string
  readonly bundles: readonly ActiveBundle[]
  readonly placed: PlacedFunctions
  readonly overrides: Overrides
}

function toSnapshot(
  { endpointId, log }: Loading,
  { version, bundles, placed, overrides }: Parsed,
): Snapshot {
  return buildSnapshot({
    endpointId,
    version,
    bundles: [...bundles, ...placed.bundles],
    overrides: withOwnRules(overrides.all, placed.offered),
    log,
  })
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
  return hashOf([
    ...packages.map(({ package_name: name, revision }) => [name, revision]),
    ofOverrides,
  ])
}

function withStamps(switchVersion: string, functions: readonly OperatorFunction[]): string {
  if (functions.length === 0) return switchVersion
  return hashOf([switchVersion, ...functions.map(({ uuid, stamp }) => [uuid, stamp])])
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32)
}

function isBeingWritten({ writing }: Overrides, clock: Clock): boolean {
  return writing !== undefined && clock.now() - writing.since < MAX_WRITING_MS
}

/** Each function that is lost is named once, not with every change of its endpoint. */
function createLostFunctions({ log, clock }: LoadingParts) {
  const isNews = createOnceAMinute(clock)
  return (endpointId: EndpointId, { lost }: PlacedFunctions): void => {
    for (const { uuid, stamp, definition } of lost) {
      const { mcpType, name, moduleName, className } = definition
      if (!isNews(`${endpointId} ${uuid} ${stamp}`)) continue
      log.warn(
        { endpointId, mcpType, name, moduleName, className },
        'a function that was defined by hand is not offered: no active bundle has its class',
      )
    }
  }
}
