/**
 * Settings of a package's classes.
 *
 * A changed setting is a new row, and the package's switch names the rows that count: so a setting
 * changes in the same write as the version, and a reader never pairs one with the other's.
 */
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Aws } from '../aws/aws.js'
import { readPartition } from '../aws/rows.js'
import type { Setting } from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import { isJsonObject } from '../domain/json.js'
import type { PackageRow, SettingRowName } from './dynamo-packages.js'
import { inGroups } from './in-groups.js'

const SettingRow = z.object({
  /** `{setting id}#{activation that wrote it}` */
  setting_id: z.string(),
  /** JSON text: exact, where native attributes would round numbers. */
  setting: z.string(),
  package_name: z.string(),
  /** The revision of the package for which it was written. */
  revision: z.number(),
})

const SettingValue = z.custom<Setting>(isJsonObject, 'expected an object')

export type SettingRow = z.infer<typeof SettingRow>

/** DynamoDB takes 400 KB in a row. */
const MAX_SETTING_BYTES = 300 * 1024

export type SettingRows = ReadonlyMap<string, SettingRow>

/** All setting rows of an endpoint, by row id. */
export async function readSettingRows(
  aws: Aws,
  endpointId: string,
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

/** The settings of a package by setting id, or undefined when a row that it names is gone. */
export function settingsOf(
  active: PackageRow,
  rows: SettingRows,
): ReadonlyMap<string, Setting> | undefined {
  const settings = new Map<string, Setting>()
  for (const { setting_id: settingId, row_id: rowId } of active.settings) {
    const row = rows.get(rowId)
    if (!row) return undefined
    settings.set(settingId, SettingValue.parse(JSON.parse(row.setting)))
  }
  return settings
}

export interface SettingPlan {
  /** What the package's switch will name. */
  readonly names: readonly SettingRowName[]
  readonly writes: readonly SettingRow[]
}

export interface WantedSettings {
  readonly packageName: string
  readonly before: PackageRow | undefined
  readonly activationId: string
  readonly settings: ReadonlyMap<string, Setting>
}

/** Which settings keep their row, and which need a new one. */
export function planSettings(wanted: WantedSettings, rows: SettingRows): SettingPlan {
  const { before, packageName, activationId, settings } = wanted
  const active = new Map(before?.settings.map((name) => [name.setting_id, name.row_id]))
  const names: SettingRowName[] = []
  const writes: SettingRow[] = []
  for (const [settingId, value] of settings) {
    const setting = JSON.stringify(value)
    assertSize(settingId, setting)
    const row = rows.get(active.get(settingId) ?? '')
    const rowId = row?.setting === setting ? row.setting_id : `${settingId}#${activationId}`
    names.push({ setting_id: settingId, row_id: rowId })
    if (row?.setting !== setting)
      writes.push({
        setting_id: rowId,
        setting,
        package_name: packageName,
        revision: (before?.revision ?? 0) + 1,
      })
  }
  return { names, writes }
}

/** True when a package has exactly these settings. */
export function hasSettings(active: PackageRow, plan: SettingPlan): boolean {
  return plan.writes.length === 0 && plan.names.length === active.settings.length
}

export interface Stamp {
  readonly endpointId: string
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
 * Removes rows of a package that its switch does not name: those of earlier revisions, and those
 * of activations that lost or died. Rows of a later revision belong to one that is under way.
 */
export async function removeUnusedSettings(
  aws: Aws,
  endpointId: string,
  active: PackageRow,
): Promise<void> {
  const used = new Set(active.settings.map((name) => name.row_id))
  const rows = [...(await readSettingRows(aws, endpointId)).values()]
  const unused = rows.filter(
    (row) =>
      row.package_name === active.package_name &&
      row.revision <= active.revision &&
      !used.has(row.setting_id),
  )
  await inGroups(unused, async (row) => {
    await aws.db.send(
      new DeleteCommand({
        TableName: aws.tables.settings,
        Key: { endpoint_id: endpointId, setting_id: row.setting_id },
      }),
    )
  })
}

function assertSize(settingId: string, setting: string): void {
  const bytes = Buffer.byteLength(setting)
  if (bytes <= MAX_SETTING_BYTES) return
  throw new GatewayError(
    'BUNDLE_INVALID',
    `Setting "${settingId}" has ${bytes} bytes of JSON; at most ${MAX_SETTING_BYTES} are taken`,
  )
}
