/** Who has changed what is active or set, and from what to what; never with the value of a setting. */
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { v7 as uuidV7 } from 'uuid'
import type { Aws } from '../aws/aws.js'
import type { Row } from '../aws/rows.js'
import type { Log } from '../telemetry/telemetry.js'
import type { EndpointId } from '../domain/tenant.js'
import type { FunctionOverride, OverrideChange } from './catalog.js'
import type { Writer } from './dynamo-copies.js'
import type { PackageRow } from './dynamo-packages.js'

export interface VersionChange {
  readonly action: 'bundle.activate' | 'bundle.promote'
  readonly before: PackageRow | undefined
  readonly after: PackageRow
}

export interface ChangedOverride {
  readonly was: FunctionOverride | undefined
  readonly is: FunctionOverride | undefined
  /** ISO 8601. */
  readonly now: string
}

/** Any other change. */
export interface AdministrativeChange {
  readonly endpointId: EndpointId
  readonly actor: string
  readonly action:
    | 'setting.change'
    | 'function.define'
    | 'function.remove'
    | 'bundle.remove'
    | 'bundle.forget'
  readonly target: string
  readonly before: object | undefined
  readonly after: object | undefined
  /** ISO 8601. */
  readonly now: string
}

interface AuditParts {
  readonly aws: Aws
  readonly log: Log
}

export async function audit(
  parts: AuditParts,
  writer: Writer,
  { action, before, after }: VersionChange,
): Promise<void> {
  await write(parts, {
    endpoint_id: writer.endpointId,
    actor: writer.actor,
    action,
    target: writer.packageName,
    before: before && versionOf(before),
    after: versionOf(after),
    created_at: writer.now,
  })
}

export async function auditOverride(
  parts: AuditParts,
  { endpointId, actor, mcpType, key }: OverrideChange,
  { was, is, now }: ChangedOverride,
): Promise<void> {
  await write(parts, {
    endpoint_id: endpointId,
    actor,
    action: 'access.set',
    target: `${mcpType} ${key}`,
    before: was && shownOf(was),
    after: is && shownOf(is),
    created_at: now,
  })
}

export async function auditChange(
  parts: AuditParts,
  { endpointId, now, ...change }: AdministrativeChange,
): Promise<void> {
  await write(parts, { endpoint_id: endpointId, ...change, created_at: now })
}

function shownOf({ status, access, redact }: FunctionOverride) {
  return { status, access, redact }
}

/** What was done stands even if its audit row cannot be written; then the log has it. */
async function write({ aws, log }: AuditParts, row: Row & { created_at: string }): Promise<void> {
  const item = { ...row, audit_uuid: uuidV7() }
  try {
    await aws.db.send(new PutCommand({ TableName: aws.tables.audit, Item: item }))
  } catch (err) {
    log.error({ err, audit: item }, 'an audit row could not be written')
  }
}

/** A package as rows of the audit show it. */
export function versionOf({ active_sha256: sha256, revision, settings }: PackageRow) {
  return { sha256, revision, setting_rows: settings.map((setting) => setting.row_id) }
}
