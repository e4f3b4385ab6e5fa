/**
 * How a bundle version becomes the active one.
 *
 * What the version needs is written first, then one conditional write switches the package over,
 * and last the rows are settled: brought to what is active, whoever won. So an activation that
 * loses or dies half-way leaves nothing that the next one does not put right.
 */
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { v7 as uuidV7 } from 'uuid'
import type { Aws } from '../aws/aws.js'
import type { BundleDefinitions } from '../domain/capability.js'
import type { Clock } from '../domain/clock.js'
import type { Log } from '../telemetry/telemetry.js'
import type { DefinitionStore } from './bundle-definitions.js'
import type { BundleVersion } from './catalog.js'
import { copiesOf, planCopies } from './copies.js'
import { readCopies, removeCopies, type Writer, writeCopies } from './dynamo-copies.js'
import { type PackageRow, readPackage, switchPackage } from './dynamo-packages.js'
import {
  hasSettings,
  planSettings,
  readSettingRows,
  removeUnusedSettings,
  type SettingPlan,
  writeSettings,
} from './dynamo-settings.js'

export interface ActivationParts {
  readonly aws: Aws
  readonly definitions: DefinitionStore
  readonly log: Log
  readonly clock: Clock
}

/** Passes until the rows are those of the active version; more than two need a third activation. */
const MAX_SETTLING_PASSES = 5

/** @see Catalog.activate */
export async function activateVersion(
  parts: ActivationParts,
  version: BundleVersion,
): Promise<'activated' | 'unchanged'> {
  const { aws, clock } = parts
  const { endpointId, packageName, sha256 } = version.ref
  const activationId = uuidV7()
  const now = new Date(clock.now()).toISOString()
  const writer: Writer = { endpointId, packageName, actor: version.actor, now }
  const before = await readPackage(aws, endpointId, packageName)
  const settings = planSettings(
    { packageName, before, activationId, settings: version.settings },
    await readSettingRows(aws, endpointId),
  )
  const definitions = await parts.definitions.put(version.ref, version.definitions)
  if (before?.active_sha256 === sha256 && hasSettings(before, settings)) {
    await settle(parts, writer)
    return 'unchanged'
  }
  const after = await writeAndSwitch(parts, writer, {
    version,
    definitions,
    before,
    settings,
    activationId,
  })
  await settleOrReport(parts, writer)
  await audit(parts, writer, { before, after })
  return 'activated'
}

interface Activation {
  readonly version: BundleVersion
  readonly definitions: BundleDefinitions
  readonly before: PackageRow | undefined
  readonly settings: SettingPlan
  readonly activationId: string
}

async function writeAndSwitch(
  parts: ActivationParts,
  writer: Writer,
  { version, definitions, before, settings, activationId }: Activation,
): Promise<PackageRow> {
  const { aws } = parts
  const plan = await planRows(aws, writer, definitions)
  try {
    await writeSettings(aws, writer, settings.writes)
    await writeCopies(aws, writer, plan.writes)
    return await switchPackage(aws, {
      ref: version.ref,
      before,
      activationId,
      settings: settings.names,
      actor: writer.actor,
      now: writer.now,
    })
  } catch (error) {
    await settleOrReport(parts, writer)
    throw error
  }
}

async function planRows(aws: Aws, writer: Writer, definitions: BundleDefinitions) {
  const wanted = copiesOf(writer.endpointId, writer.packageName, definitions)
  return planCopies(writer.packageName, wanted, await readCopies(aws, writer.endpointId))
}

/** Brings a package's rows to what is active, until a look at them finds nothing to do. */
async function settle(parts: ActivationParts, writer: Writer): Promise<void> {
  const { aws } = parts
  const { endpointId, packageName } = writer
  for (let pass = 1; pass <= MAX_SETTLING_PASSES; pass++) {
    const active = await readPackage(aws, endpointId, packageName)
    const plan = await planRows(aws, writer, await activeDefinitions(parts, writer, active))
    if (active) await removeUnusedSettings(aws, endpointId, active)
    if (plan.writes.length + plan.removals.length === 0) return
    await writeCopies(aws, writer, plan.writes)
    await removeCopies(aws, writer, plan.removals)
  }
  parts.log.warn({ endpointId, packageName }, 'rows for listing are still changing')
}

async function activeDefinitions(
  parts: ActivationParts,
  { endpointId, packageName }: Writer,
  active: PackageRow | undefined,
): Promise<BundleDefinitions> {
  if (!active) return { packageName, functions: [], modules: [] }
  return await parts.definitions.read({ endpointId, packageName, sha256: active.active_sha256 })
}

/** What is active stands whatever happens here; the next activation settles again. */
async function settleOrReport(parts: ActivationParts, writer: Writer): Promise<void> {
  const { endpointId, packageName } = writer
  try {
    await settle(parts, writer)
  } catch (err) {
    parts.log.warn({ err, endpointId, packageName }, 'rows for listing could not be settled')
  }
}

interface Change {
  readonly before: PackageRow | undefined
  readonly after: PackageRow
}

/** The switch stands even if its audit row cannot be written; then the log has it. */
async function audit(parts: ActivationParts, writer: Writer, change: Change): Promise<void> {
  const item = {
    endpoint_id: writer.endpointId,
    audit_uuid: uuidV7(),
    actor: writer.actor,
    action: 'bundle.activate',
    target: writer.packageName,
    before: change.before && versionOf(change.before),
    after: versionOf(change.after),
    created_at: writer.now,
  }
  try {
    await parts.aws.db.send(new PutCommand({ TableName: parts.aws.tables.audit, Item: item }))
  } catch (err) {
    parts.log.error({ err, audit: item }, 'an audit row could not be written')
  }
}

function versionOf({ active_sha256: sha256, revision, settings }: PackageRow) {
  return { sha256, revision, setting_rows: settings.map((setting) => setting.row_id) }
}
