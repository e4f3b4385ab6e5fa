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
import type { EndpointId } from '../domain/tenant.js'
import type { PackageRow, SettingRowName } from './dynamo-packages.js'
import { inGroups } from './in-groups.js'
import type { SealedSettings } from './sealed-settings.js'

const SettingRow = z.object({
  /** `{setting id}#{activation that wrote it}` */
  setting_id: z.string(),
  /** Sealed JSON text: exact, where native attributes would round numbers. */
  setting: z.string(),
  /** Names of members that nobody is shown. Absent: all of them. */
  secrets: z.array(z.string()).optional(),
  package_name: z.string(),
  /** The revision of the package for which it was written. */
  revision: z.number(),
  /** ISO 8601. */
  updated_at: z.string(),
  updated_by: z.string(),
})

export type SettingRow = z.infer<typeof SettingRow>
export type NewSettingRow = Omit<SettingRow, 'updated_at' | 'updated_by'>

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

export interface Stamp {
  readonly endpointId: EndpointId
  readonly actor: string
  /** ISO 8601. */
  readonly now: string
}

export async function writeSettings(
  aws: Aws,
  { endpointId, actor, now }: Stamp,
  writes: readonly NewSettingRow[],
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

export interface SettledPackage {
  readonly packageName: string
  /** Undefined where it is not there. */
  readonly active: PackageRow | undefined
  /** That it has, or could have had before it went. */
  readonly lastRevision: number
  readonly sealed: SealedSettings
}

/**
 * Brings a package's rows to what its switch names. Those that it does not name go: of earlier
 * revisions, and of activations that lost or died. Rows of a later revision belong to one that is
 * under way. Those that it names are sealed anew where they are plain, or sealed with an old key.
 */
export async function settleSettings(
  aws: Aws,
  endpointId: EndpointId,
  { packageName, active, lastRevision, sealed }: SettledPackage,
): Promise<void> {
  const names = active ? [...active.settings, ...active.kept_settings] : []
  const used = new Set(names.map((name) => name.row_id))
  const rows = [...(await readSettingRows(aws, endpointId)).values()].filter(
    (row) => row.package_name === packageName,
  )
  const unused = rows.filter((row) => row.revision <= lastRevision && !used.has(row.setting_id))
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
