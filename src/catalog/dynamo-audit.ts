/** Who has changed what is active, and from what to what. */
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { v7 as uuidV7 } from 'uuid'
import type { Aws } from '../aws/aws.js'
import type { Log } from '../telemetry/telemetry.js'
import type { Writer } from './dynamo-copies.js'
import type { PackageRow } from './dynamo-packages.js'

export interface VersionChange {
  readonly action: 'bundle.activate' | 'bundle.promote'
  readonly before: PackageRow | undefined
  readonly after: PackageRow
}

/** The switch stands even if its audit row cannot be written; then the log has it. */
export async function audit(
  { aws, log }: { readonly aws: Aws; readonly log: Log },
  writer: Writer,
  { action, before, after }: VersionChange,
): Promise<void> {
  const item = {
    endpoint_id: writer.endpointId,
    audit_uuid: uuidV7(),
    actor: writer.actor,
    action,
    target: writer.packageName,
    before: before && versionOf(before),
    after: versionOf(after),
    created_at: writer.now,
  }
  try {
    await aws.db.send(new PutCommand({ TableName: aws.tables.audit, Item: item }))
  } catch (err) {
    log.error({ err, audit: item }, 'an audit row could not be written')
  }
}

function versionOf({ active_sha256: sha256, revision, settings }: PackageRow) {
  return { sha256, revision, setting_rows: settings.map((setting) => setting.row_id) }
}
