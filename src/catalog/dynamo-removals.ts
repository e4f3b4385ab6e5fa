/** How a package leaves an endpoint, and a version its package: one conditional write decides. */
import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import { v7 as uuidV7 } from 'uuid'
import type { Aws } from '../aws/aws.js'
import { isConditionRefused } from '../aws/rows.js'
import { packageKey } from '../aws/table-keys.js'
import type { BundleRef } from '../domain/bundle-ref.js'
import { GatewayError } from '../domain/errors.js'
import type { PackageRemoval } from './administration.js'
import { unavailable } from './bundle-definitions.js'
import { assertUnchanged, laterThan } from './changed-since.js'
import { type ActivationParts, writerOf } from './dynamo-activation.js'
import { auditChange, versionOf } from './dynamo-audit.js'
import { readCopies, type Writer } from './dynamo-copies.js'
import { updateOverrides } from './dynamo-overrides.js'
import { isRemembered, type PackageRow, readPackage, replacePackage } from './dynamo-packages.js'
import { settleOrReport, settleSettingsOrReport } from './dynamo-settling.js'
import { textOf } from './operator-functions.js'

/** @see CatalogAdministration.removePackage */
export async function removePackage(
  parts: ActivationParts,
  removal: PackageRemoval,
): Promise<void> {
  const { aws, log } = parts
  const { endpointId, packageName, actor, ifUpdatedAt } = removal
  const ref = { endpointId, packageName, sha256: '' }
  const writer = writerOf(parts, { ref, actor })
  const before = await readPackage(aws, endpointId, packageName)
  if (!before) {
    // What a removal has left that died half-way would keep its names for ever.
    await settleOrReport(parts, writer)
    throw notFound(removal)
  }
  assertUnchanged(`Package "${packageName}"`, before.updated_at, ifUpdatedAt)
  const names = await namesOf(aws, writer)
  // A package that is pushed again goes on from here, so no version of a snapshot ever returns.
  await updateOverrides(parts, removal, (overrides) => ({
    ...overrides,
    revision: overrides.revision + 1,
    lastRemoved: Math.max(overrides.lastRemoved, before.revision),
  }))
  await deletePackage(aws, removal, before)
  await settleOrReport(parts, writer)
  await auditChange(parts, {
    endpointId,
    actor,
    action: 'bundle.remove',
    target: packageName,
    before: versionOf(before),
    after: undefined,
    now: writer.now,
  })
  try {
    await dropOverrides(parts, removal, names)
  } catch (err) {
    log.warn({ err, endpointId, packageName }, 'what was set for functions could not be removed')
  }
}

/** The functions of a package, as its rows for listing name them. */
async function namesOf(aws: Aws, { endpointId, packageName }: Writer): Promise<Set<string>> {
  const { functions } = await readCopies(aws, endpointId)
  const own = functions.filter((row) => row['package_name'] === packageName)
  return new Set(
    own.map((row) => `${String(row['mcp_type'])} ${String(row['uri'] ?? row['name'])}`),
  )
}

async function deletePackage(aws: Aws, removal: PackageRemoval, before: PackageRow): Promise<void> {
  const { endpointId, packageName } = removal
  try {
    await aws.db.send(
      new DeleteCommand({
        TableName: aws.tables.modules,
        Key: { endpoint_id: endpointId, module_name: packageKey(packageName) },
        ConditionExpression: '#expected = :expected',
        ExpressionAttributeNames: { '#expected': 'activation_id' },
        ExpressionAttributeValues: { ':expected': before.activation_id },
      }),
    )
  } catch (cause) {
    if (!isConditionRefused(cause)) throw cause
    // A write that landed although its answer was lost is refused when it is sent again.
    if (!(await readPackage(aws, endpointId, packageName))) return
    throw new GatewayError(
      'CONFLICT',
      `Package "${packageName}" has changed in the meantime; read what is active and try again`,
      { cause },
    )
  }
}

async function dropOverrides(
  parts: ActivationParts,
  removal: PackageRemoval,
  names: ReadonlySet<string>,
): Promise<void> {
  await updateOverrides(parts, removal, (overrides) => {
    const all = overrides.all.filter((override) => !names.has(textOf(override)))
    if (all.length === overrides.all.length) return overrides
    return { ...overrides, revision: overrides.revision + 1, all }
  })
}

/** @see CatalogAdministration.removeVersion */
export async function removeVersion(
  parts: ActivationParts,
  { ref, actor }: { readonly ref: BundleRef; readonly actor: string },
): Promise<void> {
  const { aws, definitions } = parts
  const { endpointId, packageName, sha256 } = ref
  const before = await readPackage(aws, endpointId, packageName)
  if (!before) throw notFound(ref)
  if (!isRemembered(before, sha256))
    throw unavailable(ref, 'this package does not have it at this endpoint')
  if (before.active_sha256 === sha256)
    throw new GatewayError(
      'CONFLICT',
      `Version ${sha256} of package "${packageName}" is active; promote another one first`,
    )
  const writer = writerOf(parts, { ref, actor })
  const now = laterThan(before.updated_at, writer.now)
  const row = { ...withoutVersion(before, sha256), updated_at: now, updated_by: actor }
  const after = await replacePackage(aws, endpointId, { before, row })
  await definitions.remove(ref, async () => {
    const found = await readPackage(aws, endpointId, packageName)
    return found !== undefined && isRemembered(found, sha256)
  })
  await settleSettingsOrReport(parts, writer)
  await auditChange(parts, {
    endpointId,
    actor,
    action: 'bundle.forget',
    target: packageName,
    before: { ...versionOf(before), forgotten_sha256: sha256 },
    after: versionOf(after),
    now,
  })
}

/**
 * The setting of a class that this version had last goes on with the one that was active before it: the
 * same class may be in there.
 */
function withoutVersion(before: PackageRow, sha256: string): PackageRow {
  const { [sha256]: _, ...registered } = before.definitions_sha256
  const at = before.previous_sha256.indexOf(sha256)
  const heir = before.previous_sha256[at + 1]
  return {
    ...before,
    previous_sha256: before.previous_sha256.filter((each) => each !== sha256),
    definitions_sha256: registered,
    kept_settings: before.kept_settings.flatMap((kept) => {
      if (kept.sha256 !== sha256) return [kept]
      return heir === undefined ? [] : [{ ...kept, sha256: heir }]
    }),
    revision: before.revision + 1,
    activation_id: uuidV7(),
  }
}

function notFound({ endpointId, packageName }: Omit<BundleRef, 'sha256'>): GatewayError {
  return new GatewayError(
    'PACKAGE_NOT_FOUND',
    `There is no package "${packageName}" at endpoint "${endpointId}"`,
  )
}
