/**
 * Settings as an operator sees and changes them: a changed one is a new row, and one conditional write
 * of its package's switch names that in place of the old one, as an activation does.
 */
import { v7 as uuidV7 } from 'uuid'
import { toIso } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { SettingChange, SettingState } from './administration.js'
import { assertUnchanged, laterOf, laterThan } from './changed-since.js'
import type { ActivationParts } from './dynamo-activation.js'
import { auditChange } from './dynamo-audit.js'
import {
  listPackages,
  type PackageRow,
  registeredVersion,
  switchPackage,
} from './dynamo-packages.js'
import {
  type NewSettingRow,
  readSettingRows,
  type SettingRow,
  writeSettings,
} from './dynamo-settings.js'
import { settleSettingsOrReport } from './dynamo-settling.js'
import { changeMembers, type MarkedSetting, toMembers } from './setting-members.js'
import { assertSize, newSettingRow } from './setting-plans.js'

/** A row is gone when an activation finished between two reads; the next look has its own. */
const MAX_LOADS = 3
/** A change that lost against others this often is given up. */
const MAX_ATTEMPTS = 10

type Parts = Pick<ActivationParts, 'aws' | 'sealed' | 'definitions' | 'log' | 'clock'>

/** @see CatalogAdministration.settings */
export async function readSettings(
  parts: Parts,
  endpointId: EndpointId,
): Promise<readonly SettingState[]> {
  for (let load = 1; load <= MAX_LOADS; load++) {
    const found = await readKept(parts, endpointId)
    const kept = found.filter((each) => each !== undefined)
    if (kept.length === found.length)
      return kept.map(toState).toSorted((a, b) => (a.settingId < b.settingId ? -1 : 1))
  }
  throw new GatewayError('CONFLICT', 'Others are changing these settings; try again')
}

/** A setting as it is in the database. */
interface KeptSetting extends MarkedSetting {
  readonly settingId: string
  readonly active: PackageRow
  readonly row: SettingRow
}

/** @param only the one that is asked for; default: all. Undefined for one whose row is gone */
async function readKept(
  { aws, sealed }: Parts,
  endpointId: EndpointId,
  only?: string,
): Promise<(KeptSetting | undefined)[]> {
  const packages = await listPackages(aws, endpointId)
  const names = packages.flatMap((active) =>
    active.settings
      .filter(({ setting_id: settingId }) => only === undefined || settingId === only)
      .map((name) => ({ name, active })),
  )
  if (names.length === 0) return []
  const rows = await readSettingRows(aws, endpointId)
  return names.map(({ name: { setting_id: settingId, row_id: rowId }, active }) => {
    const row = rows.get(rowId)
    const setting = row && sealed.open(endpointId, row)
    return row && setting && { settingId, active, row, setting, secrets: row.secrets }
  })
}

function toState({ settingId, active, row, ...marked }: KeptSetting): SettingState {
  return {
    settingId,
    packageName: active.package_name,
    members: toMembers(marked),
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  }
}

/** @see CatalogAdministration.changeSetting */
export async function changeSetting(parts: Parts, change: SettingChange): Promise<SettingState> {
  const { endpointId, settingId, ifUpdatedAt } = change
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const found = await readKept(parts, endpointId, settingId)
    if (found.length === 0)
      throw new GatewayError(
        'SETTING_NOT_FOUND',
        `No class of an active bundle has a setting "${settingId}"`,
      )
    const [before] = found
    if (!before) continue
    assertUnchanged(`Setting "${settingId}"`, before.row.updated_at, ifUpdatedAt)
    const after = await tryChange(parts, change, before)
    if (after) return after
  }
  throw new GatewayError('CONFLICT', `Others are changing setting "${settingId}"; try again`)
}

/** @returns undefined when the package was changed meanwhile */
async function tryChange(
  parts: Parts,
  change: SettingChange,
  before: KeptSetting,
): Promise<SettingState | undefined> {
  const { endpointId, settingId, actor } = change
  const marked = changeMembers(before, change)
  if (isSame(before, marked)) return toState(before)
  const seenAt = laterOf(before.row.updated_at, before.active.updated_at)
  const now = laterThan(seenAt, toIso(parts.clock.now()))
  const packageName = before.active.package_name
  const writer = { endpointId, packageName, actor, now }
  const row = toRow(parts, change, { before, marked })
  await writeSettings(parts.aws, writer, [row])
  const hasSwitched = await switchSetting(parts, change, { before, row, now })
  await settleSettingsOrReport(parts, writer)
  if (!hasSwitched) return undefined
  await auditChange(parts, {
    endpointId,
    actor,
    action: 'setting.change',
    target: settingId,
    before: shownOf(before),
    after: { ...shownOf(marked), changed: changedNames(before, marked) },
    now,
  })
  return toState({ ...before, ...marked, row: { ...row, updated_at: now, updated_by: actor } })
}

function isSame(before: MarkedSetting, after: MarkedSetting): boolean {
  const isSameValue = JSON.stringify(before.setting) === JSON.stringify(after.setting)
  return isSameValue && JSON.stringify(toMembers(before)) === JSON.stringify(toMembers(after))
}

interface Changed {
  readonly before: KeptSetting
  readonly marked: MarkedSetting
}

function toRow(
  { sealed }: Parts,
  { endpointId, settingId }: SettingChange,
  { before: { active }, marked }: Changed,
): NewSettingRow {
  const json = JSON.stringify(marked.setting)
  try {
    assertSize(settingId, json, marked.secrets)
  } catch (cause) {
    if (!(cause instanceof GatewayError)) throw cause
    throw new GatewayError('INVALID_PARAMS', `members: ${cause.message}`, { cause })
  }
  const [packageName, revision] = [active.package_name, active.revision + 1]
  return newSettingRow(
    { endpointId, packageName, activationId: uuidV7(), revision },
    { settingId, json, secrets: marked.secrets },
    sealed,
  )
}

interface Switched {
  readonly before: KeptSetting
  readonly row: NewSettingRow
  readonly now: string
}

/** @returns false when the package is no longer as it was read */
async function switchSetting(
  { aws, definitions }: Parts,
  { endpointId, settingId, actor }: SettingChange,
  { before: { active }, row, now }: Switched,
): Promise<boolean> {
  const version = registeredVersion(endpointId, active)
  try {
    await switchPackage(aws, {
      ref: version.ref,
      before: active,
      activationId: uuidV7(),
      definitionsSha256: (await definitions.read(version)).sha256,
      settings: active.settings.map((name) =>
        name.setting_id === settingId ? { ...name, row_id: row.setting_id } : name,
      ),
      revision: active.revision + 1,
      actor,
      now,
    })
    return true
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'CONFLICT') return false
    throw error
  }
}

/** Names alone: the audit holds no values. */
function shownOf(marked: MarkedSetting) {
  const members = toMembers(marked)
  return {
    members: members.map(({ name }) => name),
    secret: members.filter(({ isSecret }) => isSecret).map(({ name }) => name),
  }
}

function changedNames(before: MarkedSetting, after: MarkedSetting): string[] {
  return Object.keys(after.setting).filter(
    (name) => JSON.stringify(before.setting[name]) !== JSON.stringify(after.setting[name]),
  )
}
