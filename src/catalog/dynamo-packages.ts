/** The `@{package}` rows: each package's only switch. */
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Aws } from '../aws/aws.js'
import { isConditionRefused, readPartition } from '../aws/rows.js'
import { PACKAGE_PREFIX, packageKey } from '../aws/table-keys.js'
import type { BundleRef } from '../domain/bundle-ref.js'
import { GatewayError } from '../domain/errors.js'

/** Which row of the settings table a setting of this package is read from. */
const SettingRow = z.object({ setting_id: z.string(), row_id: z.string() })

const Package = z.object({
  package_name: z.string(),
  active_sha256: z.string(),
  /** Newest first. */
  previous_sha256: z.array(z.string()),
  /** Rises by one at each activation. */
  revision: z.number().int().positive(),
  activation_id: z.string(),
  settings: z.array(SettingRow),
})

export type PackageRow = z.infer<typeof Package>
export type SettingRowName = z.infer<typeof SettingRow>

/** Versions that are remembered for a rollback. */
const MAX_PREVIOUS = 20

export async function readPackage(
  aws: Aws,
  endpointId: string,
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
export async function listPackages(
  aws: Aws,
  endpointId: string,
  signal?: AbortSignal,
): Promise<PackageRow[]> {
  const rows = await readPartition(aws.db, {
    tableName: aws.tables.modules,
    endpointId,
    sortKey: { name: 'module_name', prefix: PACKAGE_PREFIX },
    signal,
  })
  return z.array(Package).parse(rows)
}

export interface Switch {
  readonly ref: BundleRef
  /** The package as it was read before; undefined for its first activation. */
  readonly before: PackageRow | undefined
  readonly activationId: string
  readonly settings: readonly SettingRowName[]
  readonly actor: string
  /** ISO 8601. */
  readonly now: string
}

/**
 * The one conditional write that makes a version the active one.
 *
 * @throws GatewayError `CONFLICT` when the package is no longer as it was read
 */
export async function switchPackage(aws: Aws, change: Switch): Promise<PackageRow> {
  const { ref, before } = change
  const row: PackageRow = {
    package_name: ref.packageName,
    active_sha256: ref.sha256,
    previous_sha256: previousOf(before, ref.sha256),
    revision: (before?.revision ?? 0) + 1,
    activation_id: change.activationId,
    settings: [...change.settings],
  }
  try {
    await aws.db.send(toUpdate(aws, change, row))
  } catch (cause) {
    if (!isConditionRefused(cause)) throw cause
    // A write that landed although its answer was lost is refused when sent again.
    const now = await readPackage(aws, ref.endpointId, ref.packageName)
    if (now?.activation_id === change.activationId) return now
    throw new GatewayError(
      'CONFLICT',
      `Another activation of package "${ref.packageName}" won; read what is active and try again`,
      { cause },
    )
  }
  return row
}

function previousOf(before: PackageRow | undefined, sha256: string): string[] {
  if (!before) return []
  const versions = [before.active_sha256, ...before.previous_sha256]
  return [...new Set(versions)].filter((version) => version !== sha256).slice(0, MAX_PREVIOUS)
}

function toUpdate(aws: Aws, { ref, before, actor, now }: Switch, row: PackageRow): UpdateCommand {
  const attributes = Object.entries({ ...row, updated_at: now, updated_by: actor })
  return new UpdateCommand({
    TableName: aws.tables.modules,
    Key: { endpoint_id: ref.endpointId, module_name: packageKey(ref.packageName) },
    UpdateExpression: `SET ${attributes.map((_, n) => `#a${n} = :a${n}`).join(', ')}`,
    ConditionExpression: before ? '#expected = :expected' : 'attribute_not_exists(#expected)',
    ExpressionAttributeNames: {
      '#expected': 'revision',
      ...Object.fromEntries(attributes.map(([name], n) => [`#a${n}`, name])),
    },
    ExpressionAttributeValues: {
      ...(before && { ':expected': before.revision }),
      ...Object.fromEntries(attributes.map(([, value], n) => [`:a${n}`, value])),
    },
  })
}
