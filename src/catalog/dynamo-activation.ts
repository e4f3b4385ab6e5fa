/**
 * How a bundle version becomes the active one.
 *
 * What the version needs is written first, then one conditional write switches the package over,
 * and last the rows are settled: brought to what is active, whoever won. So an activation that
 * loses or dies half-way leaves nothing that the next one does not put right.
 */
import { v7 as uuidV7 } from 'uuid'
import type { BundleRef } from '../domain/bundle-ref.js'
import type { BundleDefinitions } from '../domain/capability.js'
import { type Clock, toIso } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import { type StoredDefinitions, unavailable } from './bundle-definitions.js'
import type { BundleVersion, Promoted, Promotion } from './catalog.js'
import { audit } from './dynamo-audit.js'
import { type Writer, writeCopies } from './dynamo-copies.js'
import {
  isRemembered,
  type PackageRow,
  readPackage,
  registeredVersion,
  switchPackage,
} from './dynamo-packages.js'
import {
  hasSettings,
  planKnownSettings,
  planSettings,
  readSettingRows,
  type SettingPlan,
  settingsOf,
  writeSettings,
} from './dynamo-settings.js'
import { planRows, settle, settleOrReport, type SettlingParts } from './dynamo-settling.js'

export interface ActivationParts extends SettlingParts {
  readonly clock: Clock
}

/** @see Catalog.activate */
export async function activateVersion(
  parts: ActivationParts,
  version: BundleVersion,
): Promise<'activated' | 'unchanged'> {
  const { aws, sealed } = parts
  const { ref } = version
  const { endpointId, packageName } = ref
  const activationId = uuidV7()
  const writer = writerOf(parts, version)
  const before = await readPackage(aws, endpointId, packageName)
  const settings = planSettings(
    { endpointId, packageName, before, activationId, settings: version.settings },
    await readSettingRows(aws, endpointId),
    sealed,
  )
  const definitionsSha256 = before?.definitions_sha256[ref.sha256]
  const stored = await parts.definitions.put({ ref, definitionsSha256 }, version.definitions)
  const isRegistered = definitionsSha256 === stored.sha256
  if (before?.active_sha256 === ref.sha256 && isRegistered && hasSettings(before, settings)) {
    await settle(parts, writer)
    return 'unchanged'
  }
  const change = { ref, before, settings, activationId, stored }
  const after = await writeAndSwitch(parts, writer, change)
  await settleOrReport(parts, writer)
  await audit(parts, writer, { action: 'bundle.activate', before, after })
  return 'activated'
}

/** @see Catalog.promote */
export async function promoteVersion(
  parts: ActivationParts,
  promotion: Promotion,
): Promise<Promoted> {
  const { ref } = promotion
  const writer = writerOf(parts, promotion)
  const before = await readPackage(parts.aws, ref.endpointId, ref.packageName)
  if (!before || !isRemembered(before, ref.sha256))
    throw unavailable(ref, 'this package never had it at this endpoint, or it is too long ago')
  assertRevision(before, promotion)
  const version = registeredVersion(ref.endpointId, before, ref.sha256)
  const stored = await parts.definitions.read(version)
  const { definitions } = stored
  if (before.active_sha256 === ref.sha256) {
    await settle(parts, writer)
    return { outcome: 'unchanged', definitions }
  }
  const settings = await readKnownSettings(parts, before, { ref, definitions })
  const change = { ref, before, settings, activationId: uuidV7(), stored }
  const after = await writeAndSwitch(parts, writer, change)
  await settleOrReport(parts, writer)
  await audit(parts, writer, { action: 'bundle.promote', before, after })
  return { outcome: 'activated', definitions }
}

function writerOf(
  { clock }: ActivationParts,
  { ref, actor }: Pick<Promotion, 'ref' | 'actor'>,
): Writer {
  const { endpointId, packageName } = ref
  return { endpointId, packageName, actor, now: toIso(clock.now()) }
}

function assertRevision(before: PackageRow, { ref, revision }: Promotion): void {
  if (revision === undefined || revision === before.revision) return
  throw new GatewayError(
    'CONFLICT',
    `Package "${ref.packageName}" has changed in the meantime; read what is active and try again`,
  )
}

/** Opened once before they count: a setting that nobody can open must not become active. */
async function readKnownSettings(
  { aws, sealed }: ActivationParts,
  before: PackageRow,
  { ref, definitions }: { readonly ref: BundleRef; readonly definitions: BundleDefinitions },
): Promise<SettingPlan> {
  const rows = await readSettingRows(aws, ref.endpointId)
  const settingIds = definitions.modules.map(({ settingId }) => settingId)
  const plan = planKnownSettings(before, settingIds, rows)
  settingsOf(plan.names, rows, (row) => sealed.open(ref.endpointId, row))
  return plan
}

interface Activation {
  readonly ref: BundleRef
  readonly before: PackageRow | undefined
  readonly settings: SettingPlan
  readonly activationId: string
  readonly stored: StoredDefinitions
}

async function writeAndSwitch(
  parts: ActivationParts,
  writer: Writer,
  { ref, before, settings, activationId, stored }: Activation,
): Promise<PackageRow> {
  const { aws } = parts
  const plan = await planRows(aws, writer, stored.definitions)
  try {
    await writeSettings(aws, writer, settings.writes)
    await writeCopies(aws, writer, plan.writes)
    return await switchPackage(aws, {
      ref,
      before,
      activationId,
      definitionsSha256: stored.sha256,
      settings: settings.names,
      actor: writer.actor,
      now: writer.now,
    })
  } catch (error) {
    await settleOrReport(parts, writer)
    throw error
  }
}
