/** How a package leaves an endpoint, and a version its package: one conditional write decides. */
import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import { v7 as uuidV7 } from 'uuid'
import type { Aws } from '../aws/aws.js'
import { isConditionRefused } from '../aws/rows.js'
import { packageKey } from '../aws/table-keys.js'
import type { BundleRef } from '../domain/bundle-ref.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { PackageRemoval } from './administration.js'
import { unavailable } from './bundle-definitions.js'
import { assertUnchanged, laterThan } from './changed-since.js'
import { type ActivationParts, writerOf } from './dynamo-activation.js'
import { auditChange, versionOf } from './dynamo-audit.js'
import { readCopies } from './dynamo-copies.js'
import { updateOverrides } from './dynamo-overrides.js'
import {
  isRemembered,
  type PackageRow,
  readPackage,
  registeredVersion,
  replacePackage,
} from './dynamo-packages.js'
import { settleOrReport, settleSettingsOrReport } from './dynamo-settling.js'
import { keyOf, textOf } from './operator-functions.js'

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
  const names = await namesOf(parts, before, endpointId)
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

/** The functions of a package, also those that only an earlier version has. */
async function namesOf(
  { definitions, log }: ActivationParts,
  row: PackageRow,
  endpointId: EndpointId,
): Promise<Set<string>> {
  const names = new Set<string>()
  for (const sha256 of [row.active_sha256, ...row.previous_sha256]) {
    const version = registeredVersion(endpointId, row, sha256)
    try {
      const stored = await definitions.read(version)
      for (const fn of stored.definitions.functions) names.add(textOf(keyOf(fn)))
    } catch (err) {
      log.warn({ err, ...version.ref }, 'what was set for functions of a version stays')
    }
  }
  return names
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
  const others = await othersNames(parts.aws, removal)
  const gone = new Set([...names].filter((name) => !others.has(name)))
  await updateOverrides(parts, removal, (overrides) => {
    const all = overrides.all.filter((override) => !gone.has(textOf(override)))
    if (all.length === overrides.all.length) return overrides
    return { ...overrides, revision: overrides.revision + 1, all }
  })
}

/** What other packages and operators have, maybe under a name that was the package's once. */
async function othersNames(
  aws: Aws,
  { endpointId, packageName }: PackageRemoval,
): Promise<Set<string>> {
  const { functions } = await readCopies(aws, endpointId)
  const others = functions.filter((row) => row['package_name'] !== packageName)
  return new Set(
    others.map((row) => `${String(row['mcp_type'])} ${String(row['uri'] ?? row['name'])}`),
  )
}

/** @see CatalogAdministration.removeVersion */
export async function removeVersion(
  parts: ActivationParts,
  { ref, actor }: { readonly ref: BundleRef; readonly actor: string },
): Promise<void> {
  const { aws } = parts
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
  await removeDefinitions(parts, ref)
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

/** It is forgotten whatever comes of this, and nobody could ask for that again. */
async function removeDefinitions(
  { aws, definitions, log }: ActivationParts,
  ref: BundleRef,
): Promise<void> {
  try {
    await definitions.remove(ref, async () => {
      const found = await readPackage(aws, ref.endpointId, ref.packageName)
      return found !== undefined && isRemembered(found, ref.sha256)
    })
  } catch (err) {
    log.warn({ err, ...ref }, 'definitions of a version could not be removed from the store')
  }
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
