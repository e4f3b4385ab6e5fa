/** Which settings of a package keep their row, which need a new one, and what of them is secret. */
import { isDeepStrictEqual } from 'node:util'
import type { Setting } from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { PackageRow, SettingRowName } from './dynamo-packages.js'
import type { NewSettingRow, SettingRow, SettingRows } from './dynamo-settings.js'
import type { SealedSettings } from './sealed-settings.js'

/** DynamoDB takes 400 KB in a row, and sealed text is a third longer. */
const MAX_SETTING_BYTES = 280 * 1024
/** Of the names of what is secret, in JSON. */
const MAX_SECRETS_BYTES = 16 * 1024

export interface SettingPlan {
  /** What the package's switch will name. */
  readonly names: readonly SettingRowName[]
  readonly writes: readonly NewSettingRow[]
}

export interface WantedSettings {
  readonly endpointId: EndpointId
  readonly packageName: string
  readonly before: PackageRow | undefined
  readonly activationId: string
  /** Of the package when its switch names them. */
  readonly revision: number
  readonly settings: ReadonlyMap<string, Setting>
  /** As in `BundleVersion`. */
  readonly secrets?: ReadonlyMap<string, readonly string[]> | undefined
}

/** Which settings keep their row, and which need a new one. */
export function planSettings(
  wanted: WantedSettings,
  rows: SettingRows,
  sealed: SealedSettings,
): SettingPlan {
  const { endpointId, before, settings } = wanted
  const known = rowIds(before)
  const names: SettingRowName[] = []
  const writes: NewSettingRow[] = []
  for (const [settingId, value] of settings) {
    const json = JSON.stringify(value)
    const row = rows.get(known.get(settingId) ?? '')
    const secrets = secretsOf(wanted.secrets?.get(settingId), row, value)
    assertSize(settingId, json, secrets)
    // Sealed texts of the same value differ, so what is inside is compared.
    const isKept = row && sealed.read(endpointId, row) === json && hasSecrets(row, secrets)
    const write = isKept ? row : newSettingRow(wanted, { settingId, json, secrets }, sealed)
    names.push({ setting_id: settingId, row_id: write.setting_id })
    if (!isKept) writes.push(write)
  }
  return { names, writes }
}

export interface NewSetting {
  readonly settingId: string
  readonly json: string
  /** Undefined: all of them. */
  readonly secrets: readonly string[] | undefined
}

export function newSettingRow(
  wanted: Pick<WantedSettings, 'endpointId' | 'packageName' | 'activationId' | 'revision'>,
  { settingId, json, secrets }: NewSetting,
  sealed: SealedSettings,
): NewSettingRow {
  const { endpointId, packageName, activationId, revision } = wanted
  const rowId = `${settingId}#${activationId}`
  return {
    setting_id: rowId,
    setting: sealed.seal(endpointId, rowId, json),
    secrets: secrets && [...secrets],
    package_name: packageName,
    revision,
  }
}

/** What was said to be secret stays it, whoever pushes. */
function secretsOf(
  ofBundle: readonly string[] | undefined,
  row: SettingRow | undefined,
  value: Setting,
): readonly string[] | undefined {
  if (ofBundle === undefined) return undefined
  const secrets = new Set([...ofBundle, ...(row?.secrets ?? [])])
  return [...secrets].filter((name) => Object.hasOwn(value, name)).toSorted()
}

/** A row in which all is secret stays as it is. */
function hasSecrets(row: SettingRow, secrets: readonly string[] | undefined): boolean {
  if (row.secrets === undefined || secrets === undefined) return true
  return isDeepStrictEqual(row.secrets, secrets)
}

/**
 * The rows that classes have now, or had last: what an earlier version gets.
 *
 * @throws GatewayError `BUNDLE_INVALID` naming the classes that have none
 */
export function planKnownSettings(
  before: PackageRow,
  settingIds: readonly string[],
  rows: SettingRows,
): SettingPlan {
  const known = rowIds(before)
  const names = [...new Set(settingIds)].map((settingId) => ({
    setting_id: settingId,
    row_id: known.get(settingId) ?? '',
  }))
  const missing = names.filter(({ row_id: rowId }) => !rows.has(rowId))
  if (missing.length === 0) return { names, writes: [] }
  const ids = missing.map(({ setting_id: settingId }) => settingId).join(', ')
  throw new GatewayError(
    'BUNDLE_INVALID',
    `No setting is known for ${ids}: push that version of package "${before.package_name}" again, with its variables`,
  )
}

/** By setting id; those of the active version go before those that are kept. */
function rowIds(before: PackageRow | undefined): ReadonlyMap<string, string> {
  if (!before) return new Map()
  const rows = [...before.kept_settings, ...before.settings]
  return new Map(rows.map((row) => [row.setting_id, row.row_id]))
}

/** True when a package has exactly these settings. */
export function hasSettings(active: PackageRow, plan: SettingPlan): boolean {
  return plan.writes.length === 0 && plan.names.length === active.settings.length
}

/** @throws GatewayError `BUNDLE_INVALID` */
export function assertSize(
  settingId: string,
  setting: string,
  secrets: readonly string[] = [],
): void {
  if (Buffer.byteLength(JSON.stringify(secrets)) > MAX_SECRETS_BYTES)
    throw new GatewayError(
      'BUNDLE_INVALID',
      `Names of secret members of setting "${settingId}" have more than ${MAX_SECRETS_BYTES} bytes`,
    )
  const bytes = Buffer.byteLength(setting)
  if (bytes <= MAX_SETTING_BYTES) return
  throw new GatewayError(
    'BUNDLE_INVALID',
    `Setting "${settingId}" has ${bytes} bytes of JSON; at most ${MAX_SETTING_BYTES} are taken`,
  )
}
