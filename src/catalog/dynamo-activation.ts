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
import type { EndpointId } from '../domain/tenant.js'
import { type StoredDefinitions, unavailable } from './bundle-definitions.js'
import type { EndpointList } from './administration.js'
import type { BundleVersion, Promoted, Promotion } from './catalog.js'
import { assertUnchanged, laterThan } from './changed-since.js'
import { audit } from './dynamo-audit.js'
import { type Writer, writeCopies } from './dynamo-copies.js'
import { loadOverrides } from './dynamo-overrides.js'
import {
  isRemembered,
  type PackageRow,
  readPackage,
  registeredVersion,
  switchPackage,
} from './dynamo-packages.js'
import { readSettingRows, settingsOf, writeSettings } from './dynamo-settings.js'
import { planRows, settle, settleOrReport, type SettlingParts } from './dynamo-settling.js'
import { hasSettings, planKnownSettings, planSettings, type SettingPlan } from './setting-plans.js'

export interface ActivationParts extends SettlingParts {
  readonly clock: Clock
  /** An endpoint is entered with its first package. */
  readonly endpoints: Pick<EndpointList, 'enter'>
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
  const before = await readPackage(aws, endpointId, packageName)
  const writer = writerOf(parts, version, before)
  assertRevision(before, version)
  const revision = await nextRevision(parts, endpointId, before)
  const { settings: values, secrets } = version
  const settings = planSettings(
    { endpointId, packageName, before, activationId, revision, settings: values, secrets },
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
  const change = { ref, before, settings, activationId, stored, revision }
  const after = await writeAndSwitch(parts, writer, change)
  if (!before || !isRemembered(before, ref.sha256)) await keepDefinitions(parts, version, stored)
  await settleOrReport(parts, writer)
  await audit(parts, writer, { action: 'bundle.activate', before, after })
  if (!before) await enterEndpoint(parts, writer)
  return 'activated'
}

/** @see Catalog.promote */
export async function promoteVersion(
  parts: ActivationParts,
  promotion: Promotion,
): Promise<Promoted> {
  const { ref } = promotion
  const before = await readPackage(parts.aws, ref.endpointId, ref.packageName)
  const writer = writerOf(parts, promotion, before)
  if (!before || !isRemembered(before, ref.sha256))
    throw unavailable(ref, 'this package never had it at this endpoint, or it is too long ago')
  assertRevision(before, promotion)
  assertUnchanged(`Package "${ref.packageName}"`, before.updated_at, promotion.ifUpdatedAt)
  const version = registeredVersion(ref.endpointId, before, ref.sha256)
  const stored = await parts.definitions.read(version)
  const { definitions } = stored
  if (before.active_sha256 === ref.sha256) {
    await settle(parts, writer)
    return { outcome: 'unchanged', definitions }
  }
  const settings = await readKnownSettings(parts, before, { ref, definitions })
  const revision = before.revision + 1
  const change = { ref, before, settings, activationId: uuidV7(), stored, revision }
  const after = await writeAndSwitch(parts, writer, change)
  await settleOrReport(parts, writer)
  await audit(parts, writer, { action: 'bundle.promote', before, after })
  return { outcome: 'activated', definitions }
}

/** Goes on above what the package had when it was removed, so no revision ever means two things. */
async function nextRevision(
  { aws }: ActivationParts,
  endpointId: EndpointId,
  before: PackageRow | undefined,
): Promise<number> {
  return (before?.revision ?? (await loadOverrides(aws, endpointId)).lastRemoved) + 1
}

/** Whoever has made the package forget this version may have removed them since they were put. */
async function keepDefinitions(
  { definitions, log }: ActivationParts,
  { ref, definitions: own }: BundleVersion,
  { sha256: definitionsSha256 }: StoredDefinitions,
): Promise<void> {
  try {
    await definitions.put({ ref, definitionsSha256 }, own)
  } catch (err) {
    log.warn({ err, ...ref }, 'whether definitions are in the store could not be seen')
  }
}

/** It is active whatever comes of this. */
async function enterEndpoint(
  { endpoints, log }: ActivationParts,
  { endpointId, actor }: Writer,
): Promise<void> {
  try {
    await endpoints.enter({ endpointId, actor })
  } catch (err) {
    if (err instanceof GatewayError && err.code === 'CONFLICT') return
    log.warn({ err, endpointId }, 'an endpoint could not be entered in the list')
  }
}

/** @param before what its rows are later than, settings too: they have the time of their package */
export function writerOf(
  { clock }: Pick<ActivationParts, 'clock'>,
  { ref, actor }: Pick<Promotion, 'ref' | 'actor'>,
  before?: PackageRow,
): Writer {
  const { endpointId, packageName } = ref
  const now = laterThan(before?.updated_at, toIso(clock.now()))
  return { endpointId, packageName, actor, now }
}

function assertRevision(
  before: PackageRow | undefined,
  { ref, revision }: Pick<Promotion, 'ref' | 'revision'>,
): void {
  if (revision === undefined || revision === before?.revision) return
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
  readonly revision: number
}

async function writeAndSwitch(
  parts: ActivationParts,
  writer: Writer,
  { ref, before, settings, activationId, stored, revision }: Activation,
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
      revision,
      actor: writer.actor,
      // Later than what was seen or set meanwhile.
      now: laterThan(writer.now, toIso(parts.clock.now())),
    })
  } catch (error) {
    await settleOrReport(parts, writer)
    throw error
  }
}
