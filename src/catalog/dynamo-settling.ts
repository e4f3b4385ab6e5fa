/** Brings a package's rows to what is active, whoever has made it so. */
import type { Aws } from '../aws/aws.js'
import type { BundleDefinitions } from '../domain/capability.js'
import type { Log } from '../telemetry/telemetry.js'
import type { DefinitionStore } from './bundle-definitions.js'
import { copiesOf, planCopies } from './copies.js'
import { readCopies, removeCopies, type Writer, writeCopies } from './dynamo-copies.js'
import { type PackageRow, readPackage, registeredVersion } from './dynamo-packages.js'
import { loadOverrides } from './dynamo-overrides.js'
import { settleSettings } from './dynamo-settings.js'
import type { SealedSettings } from './sealed-settings.js'

export interface SettlingParts {
  readonly aws: Aws
  readonly definitions: DefinitionStore
  readonly sealed: SealedSettings
  readonly log: Log
}

/** Passes until the rows are those of the active version; more than two need a third activation. */
const MAX_SETTLING_PASSES = 5

/** Until a look at the rows finds nothing to do. */
export async function settle(parts: SettlingParts, writer: Writer): Promise<void> {
  const { aws } = parts
  const { endpointId, packageName } = writer
  for (let pass = 1; pass <= MAX_SETTLING_PASSES; pass++) {
    const active = await readPackage(aws, endpointId, packageName)
    const plan = await planRows(aws, writer, await activeDefinitions(parts, writer, active))
    await settleSettingsOf(parts, writer, active)
    if (plan.writes.length + plan.removals.length === 0) return
    await writeCopies(aws, writer, plan.writes)
    await removeCopies(aws, writer, plan.removals)
  }
  parts.log.warn({ endpointId, packageName }, 'rows for listing are still changing')
}

/** What is active stands whatever happens here; the next activation settles again. */
export async function settleOrReport(parts: SettlingParts, writer: Writer): Promise<void> {
  await orReport(parts, writer, settle(parts, writer))
}

/** The same where functions and modules are what they were: they may be many. */
export async function settleSettingsOrReport(parts: SettlingParts, writer: Writer): Promise<void> {
  const settleActive = async () => {
    const active = await readPackage(parts.aws, writer.endpointId, writer.packageName)
    await settleSettingsOf(parts, writer, active)
  }
  await orReport(parts, writer, settleActive())
}

async function orReport(
  { log }: SettlingParts,
  { endpointId, packageName }: Writer,
  settling: Promise<void>,
): Promise<void> {
  try {
    await settling
  } catch (err) {
    log.warn({ err, endpointId, packageName }, 'rows of a package could not be settled')
  }
}

async function settleSettingsOf(
  { aws, sealed }: SettlingParts,
  { endpointId, packageName }: Writer,
  active: PackageRow | undefined,
): Promise<void> {
  const lastRevision = active?.revision ?? (await loadOverrides(aws, endpointId)).lastRemoved
  await settleSettings(aws, endpointId, { packageName, active, lastRevision, sealed })
}

/** @throws GatewayError `CONFLICT` when a function or module is another package's */
export async function planRows(aws: Aws, writer: Writer, definitions: BundleDefinitions) {
  const wanted = copiesOf(writer.endpointId, writer.packageName, definitions)
  return planCopies(writer.packageName, wanted, await readCopies(aws, writer.endpointId))
}

async function activeDefinitions(
  parts: SettlingParts,
  { endpointId, packageName }: Writer,
  active: PackageRow | undefined,
): Promise<BundleDefinitions> {
  if (!active) return { packageName, functions: [], modules: [] }
  return (await parts.definitions.read(registeredVersion(endpointId, active))).definitions
}
