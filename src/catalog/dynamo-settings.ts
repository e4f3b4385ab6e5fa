/**
 * Settings of a package's classes.
 *
 * A changed setting is a new row, and the package's switch names the rows that count: so a setting
 * changes in the same write as the version, and a reader never pairs one with the other's. Values
 * are sealed; only `sealed-settings.ts` opens them.
 */
import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Aws } from '../aws/aws.js'
import { isConditionRefused, readPartition } from '../aws/rows.js'
import type { Setting } from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { PackageRow, SettingRowName } from './dynamo-packages.js'
import { inGroups } from './in-groups.js'
import type { SealedSettings } from './sealed-settings.js'

const SettingRow = z.object({
  /** `{setting id}#{activation that wrote it}` */
  setting_id: z.string(),
  /** Sealed JSON text: exact, where native attributes would round numbers. */
  setting: z.string(),
  package_name: z.string(),
  /** The revision of the package for which it was written. */
  revision: z.number(),
})

export type SettingRow = z.infer<typeof SettingRow>

/** DynamoDB takes 400 KB in a row, and sealed text is a third longer. */
const MAX_SETTING_BYTES = 280 * 1024

export type SettingRows = ReadonlyMap<string, SettingRow>

/** All setting rows of an endpoint, by row id. */
export async function readSettingRows(
  aws: Aws,
  endpointId: EndpointId,
  signal?: AbortSignal,
): Promise<SettingRows> {
  const rows = await readPartition(aws.db, { tableName: aws.tables.settings, endpointId, signal })
  return new Map(
    z
      .array(SettingRow)
      .parse(rows)
      .map((row) => [row.setting_id, row]),
  )
}

/**
 * The settings of a package by setting id, or undefined when a row that it names is gone.
 *
 * @throws what `open` throws
 */
export function settingsOf(
  names: readonly SettingRowName[],
  rows: SettingRows,
  open: (row: SettingRow) => Setting,
): ReadonlyMap<string, Setting> | undefined {
  const settings = new Map<string, Setting>()
  for (const { setting_id: settingId, row_id: rowId } of names) {
    const row = rows.get(rowId)
    if (!row) return undefined
    settings.set(settingId, open(row))
  }
  return settings
}

export interface SettingPlan {
  /** What the package's switch will name. */
  readonly names: readonly SettingRowName[]
  readonly writes: readonly SettingRow[]
}

export interface WantedSettings {
  readonly endpointId: EndpointId
  readonly packageName: string
  readonly before: PackageRow | undefined
  readonly activationId: string
  readonly settings: ReadonlyMap<string, Setting>
}

/** Which settings keep their row, and which need a new one. */
export function planSettings(
  wanted: WantedSettings,
  rows: SettingRows,
  sealed: SealedSettings,
): SettingPlan {
  const { endpointId, before, packageName, activationId, settings } = wanted
  const known = rowIds(before)
  const names: SettingRowName[] = []
  const writes: SettingRow[] = []
  for (const [settingId, value] of settings) {
    const json = JSON.stringify(value)
    assertSize(settingId, json)
    const row = rows.get(known.get(settingId) ?? '')
    // Sealed texts of the same value differ, so what is inside is compared.
    const isKept = row !== undefined && sealed.read(endpointId, row) === json
    const rowId = isKept ? row.setting_id : `${settingId}#${activationId}`
    names.push({ setting_id: settingId, row_id: rowId })
    if (isKept) continue
    writes.push({
      setting_id: rowId,
      setting: sealed.seal(endpointId, rowId, json),
      package_name: packageName,
      revision: (before?.revision ?? 0) + 1,
    })
  }
  return { names, writes }
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

export interface Stamp {
  readonly endpointId: EndpointId
  readonly actor: string
  /** ISO 8601. */
  readonly now: string
}

export async function writeSettings(
  aws: Aws,
  { endpointId, actor, now }: Stamp,
  writes: readonly SettingRow[],
): Promise<void> {
  await inGroups(writes, async (row) => {
    await aws.db.send(
      new PutCommand({
        TableName: aws.tables.settings,
        Item: { endpoint_id: endpointId, ...row, updated_at: now, updated_by: actor },
      }),
    )
  })
}

/**
 * Brings a package's rows to what its switch names. Those that it does not name go: of earlier
 * revisions, and of activations that lost or died. Rows of a later revision belong to one that is
 * under way. Those that it names are sealed anew where they are plain, or sealed with an old key.
 */
export async function settleSettings(
  aws: Aws,
  endpointId: EndpointId,
  { active, sealed }: { readonly active: PackageRow; readonly sealed: SealedSettings },
): Promise<void> {
  const used = new Set([...active.settings, ...active.kept_settings].map((name) => name.row_id))
  const rows = [...(await readSettingRows(aws, endpointId)).values()].filter(
    (row) => row.package_name === active.package_name,
  )
  const unused = rows.filter((row) => row.revision <= active.revision && !used.has(row.setting_id))
  await inGroups(unused, async (row) => {
    await aws.db.send(new DeleteCommand(rowOf(aws, endpointId, row)))
  })
  await inGroups(
    rows.filter((row) => used.has(row.setting_id)),
    (row) => sealAnew(aws, endpointId, row, sealed),
  )
}

async function sealAnew(
  aws: Aws,
  endpointId: EndpointId,
  row: SettingRow,
  sealed: SealedSettings,
): Promise<void> {
  if (sealed.isCurrent(row)) return
  const json = sealed.read(endpointId, row)
  // Nobody can open it: whoever loads it says so.
  if (json === undefined) return
  try {
    await aws.db.send(
      new UpdateCommand({
        ...rowOf(aws, endpointId, row),
        UpdateExpression: 'SET #setting = :new',
        ConditionExpression: '#setting = :old',
        ExpressionAttributeNames: { '#setting': 'setting' },
        ExpressionAttributeValues: {
          ':old': row.setting,
          ':new': sealed.seal(endpointId, row.setting_id, json),
        },
      }),
    )
  } catch (error) {
    if (!isConditionRefused(error)) throw error
  }
}

function rowOf(aws: Aws, endpointId: EndpointId, { setting_id: settingId }: SettingRow) {
  return {
    TableName: aws.tables.settings,
    Key: { endpoint_id: endpointId, setting_id: settingId },
  }
}

function assertSize(settingId: string, setting: string): void {
  const bytes = Buffer.byteLength(setting)
  if (bytes <= MAX_SETTING_BYTES) return
  throw new GatewayError(
    'BUNDLE_INVALID',
    `Setting "${settingId}" has ${bytes} bytes of JSON; at most ${MAX_SETTING_BYTES} are taken`,
  )
}
