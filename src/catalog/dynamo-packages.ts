/** The `@{package}` rows: each package's only switch. */
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Aws } from '../aws/aws.js'
import { isConditionRefused, readPartition, type Row } from '../aws/rows.js'
import { OVERRIDES_KEY, PACKAGE_PREFIX, packageKey } from '../aws/table-keys.js'
import type { BundleRef } from '../domain/bundle-ref.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { RegisteredVersion } from './bundle-definitions.js'

/** Which row of the settings table a setting of this package is read from. */
const SettingRow = z.object({ setting_id: z.string(), row_id: z.string() })

/** The setting of a class that the active version does not name: what it had last. */
const KeptSettingRow = SettingRow.extend({
  /** The version that named the class and was active last. */
  sha256: z.string(),
})

const Package = z.object({
  package_name: z.string(),
  active_sha256: z.string(),
  /** Newest first. */
  previous_sha256: z.array(z.string()),
  /** Version → SHA-256 of its definitions, for the active one and those before it. */
  definitions_sha256: z.record(z.string(), z.string()).default({}),
  /** Rises by one at each activation. */
  revision: z.number().int().positive(),
  activation_id: z.string(),
  settings: z.array(SettingRow),
  kept_settings: z.array(KeptSettingRow).default([]),
  /** ISO 8601. */
  updated_at: z.string(),
  updated_by: z.string(),
})

export type PackageRow = z.infer<typeof Package>
export type SettingRowName = z.infer<typeof SettingRow>
type KeptSettingRow = z.infer<typeof KeptSettingRow>

/** Versions that are remembered for a rollback. */
const MAX_PREVIOUS = 20

/** DynamoDB takes 400 KB in a row. */
const MAX_ROW_BYTES = 300 * 1024

export async function readPackage(
  aws: Aws,
  endpointId: EndpointId,
  packageName: string,
): Promise<PackageRow | undefined> {
  const { Item } = await aws.db.send(
    new GetCommand({
      TableName: aws.tables.modules,
      Key: { endpoint_id: endpointId, module_name: packageKey(packageName) },
      ConsistentRead: true,
    }),
  )
  return Item && Package.parse(Item)
}

/** All packages of an endpoint, in order of name. */
export async function listPackages(aws: Aws, endpointId: EndpointId): Promise<PackageRow[]> {
  return (await readSwitches(aws, endpointId)).packages
}

/** Everything that decides what an endpoint offers. */
export interface Switches {
  /** In order of name. */
  readonly packages: PackageRow[]
  /** The row of overrides, unread; undefined where nothing was ever set. */
  readonly overrides: Row | undefined
}

/** By one query, so that looking whether anything has changed is one. */
export async function readSwitches(
  aws: Aws,
  endpointId: EndpointId,
  signal?: AbortSignal,
): Promise<Switches> {
  const rows = await readPartition(aws.db, {
    tableName: aws.tables.modules,
    endpointId,
    sortKey: { name: 'module_name', prefix: PACKAGE_PREFIX },
    signal,
  })
  return {
    packages: z.array(Package).parse(rows.filter((row) => !isOverrides(row))),
    overrides: rows.find(isOverrides),
  }
}

function isOverrides(row: Row): boolean {
  return row['module_name'] === OVERRIDES_KEY
}

/** True for the active version and for those before it that can become active again. */
export function isRemembered(row: PackageRow, sha256: string): boolean {
  return row.active_sha256 === sha256 || row.previous_sha256.includes(sha256)
}

/** A version of the package with what is registered of it; by default the active one. */
export function registeredVersion(
  endpointId: EndpointId,
  row: PackageRow,
  sha256: string = row.active_sha256,
): RegisteredVersion {
  const ref = { endpointId, packageName: row.package_name, sha256 }
  return { ref, definitionsSha256: row.definitions_sha256[sha256] }
}

export interface Switch {
  readonly ref: BundleRef
  /** The package as it was read before; undefined for its first activation. */
  readonly before: PackageRow | undefined
  readonly activationId: string
  readonly definitionsSha256: string
  readonly settings: readonly SettingRowName[]
  /** Above that of every earlier row of the package. */
  readonly revision: number
  readonly actor: string
  /** ISO 8601. */
  readonly now: string
}

/**
 * The one conditional write that makes a version the active one.
 *
 * @throws GatewayError `CONFLICT` when the package is no longer as it was read; `BUNDLE_INVALID`
 * when it has more classes than a row can name
 */
export async function switchPackage(aws: Aws, change: Switch): Promise<PackageRow> {
  const { ref, before } = change
  return replacePackage(aws, ref.endpointId, { before, row: fitRow(toRow(change)) })
}

export interface Replacement {
  readonly before: PackageRow | undefined
  /** With an activation id of its own. */
  readonly row: PackageRow
}

/** @throws GatewayError `CONFLICT` when the package is no longer as it was read */
export async function replacePackage(
  aws: Aws,
  endpointId: EndpointId,
  { before, row }: Replacement,
): Promise<PackageRow> {
  const { package_name: packageName } = row
  try {
    await aws.db.send(toUpdate(aws, endpointId, { before, row }))
  } catch (cause) {
    if (!isConditionRefused(cause)) throw cause
    // A write that landed although its answer was lost is refused when sent again.
    const now = await readPackage(aws, endpointId, packageName)
    if (now?.activation_id === row.activation_id) return now
    throw new GatewayError(
      'CONFLICT',
      `Another activation of package "${packageName}" won; read what is active and try again`,
      { cause },
    )
  }
  return row
}

function toRow({ ref, before, ...change }: Switch): PackageRow {
  const previous = previousOf(before, ref.sha256)
  const registered = { ...before?.definitions_sha256, [ref.sha256]: change.definitionsSha256 }
  const remembered = Object.entries(registered).filter(
    ([sha256]) => sha256 === ref.sha256 || previous.includes(sha256),
  )
  return {
    package_name: ref.packageName,
    active_sha256: ref.sha256,
    previous_sha256: previous,
    definitions_sha256: Object.fromEntries(remembered),
    revision: change.revision,
    activation_id: change.activationId,
    settings: [...change.settings],
    kept_settings: keptSettings(before, change.settings, previous),
    updated_at: change.now,
    updated_by: change.actor,
  }
}

/**
 * Settings of classes that only previous versions name. Those are in order of when they were active
 * last, so once the version that had a class last is forgotten, every other one that had it is too.
 */
function keptSettings(
  before: PackageRow | undefined,
  settings: readonly SettingRowName[],
  previous: readonly string[],
): KeptSettingRow[] {
  if (!before) return []
  const { active_sha256: sha256 } = before
  const candidates = [
    ...before.settings.map((row) => ({ ...row, sha256 })),
    ...before.kept_settings,
  ]
  const known = new Set(settings.map((row) => row.setting_id))
  return candidates.filter(({ setting_id: id, sha256: last }) => {
    if (known.has(id) || !previous.includes(last)) return false
    known.add(id)
    return true
  })
}

/** The oldest kept settings give way; a version that needs one is then pushed again. */
function fitRow(row: PackageRow): PackageRow {
  const kept = [...row.kept_settings]
  while (rowBytes({ ...row, kept_settings: kept }) > MAX_ROW_BYTES) {
    if (kept.length === 0)
      throw new GatewayError(
        'BUNDLE_INVALID',
        `Package "${row.package_name}" has ${row.settings.length} classes; their names are more than ${MAX_ROW_BYTES} bytes, the most that is taken`,
      )
    kept.splice(Math.floor(kept.length / 2))
  }
  return { ...row, kept_settings: kept }
}

function rowBytes(row: PackageRow): number {
  return Buffer.byteLength(JSON.stringify(row))
}

function previousOf(before: PackageRow | undefined, sha256: string): string[] {
  if (!before) return []
  const versions = [before.active_sha256, ...before.previous_sha256]
  return [...new Set(versions)].filter((version) => version !== sha256).slice(0, MAX_PREVIOUS)
}

function toUpdate(aws: Aws, endpointId: EndpointId, { before, row }: Replacement): UpdateCommand {
  const attributes = Object.entries(row)
  return new UpdateCommand({
    TableName: aws.tables.modules,
    Key: { endpoint_id: endpointId, module_name: packageKey(row.package_name) },
    UpdateExpression: `SET ${attributes.map((_, n) => `#a${n} = :a${n}`).join(', ')}`,
    ConditionExpression: before ? '#expected = :expected' : 'attribute_not_exists(#expected)',
    ExpressionAttributeNames: {
      // A package that was removed and pushed again may come to a revision that somebody has read.
      '#expected': 'activation_id',
      ...Object.fromEntries(attributes.map(([name], n) => [`#a${n}`, name])),
    },
    ExpressionAttributeValues: {
      ...(before && { ':expected': before.activation_id }),
      ...Object.fromEntries(attributes.map(([, value], n) => [`:a${n}`, value])),
    },
  })
}
