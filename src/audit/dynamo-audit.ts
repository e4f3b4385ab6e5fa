/**
 * The audit in one table, partitioned by endpoint, in order of time. An event is a log line and a
 * row at once; when it has happened again within a minute, that row and one more line say how often.
 */
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { Aws } from '../aws/aws.js'
import { tenantOfRow } from '../aws/row-tenant.js'
import type { Row } from '../aws/rows.js'
import { type Clock, toIso } from '../domain/clock.js'
import type { Log } from '../telemetry/telemetry.js'
import type { Audit, AuditEntry, AuditEvent, AuditTrail } from './audit.js'
import { clipEvent } from './clipped-event.js'
import { type CountedEvent, createCountedEvents } from './counted-events.js'
import { createRowQueue, type Share } from './row-queue.js'

export interface DynamoAuditOptions {
  readonly aws: Pick<Aws, 'db' | 'tables'>
  readonly clock: Clock
  readonly log: Log
  /** How long rows are kept; 0 keeps them for ever. */
  readonly retentionDays: number
}

/** Between two looks for minutes that are over. */
const LOOK_MS = 5000
const DAY_S = 24 * 3600

/** Of one that waits, beside its event, more or less. */
const ROW_BYTES = 512

/** What somebody tried and may not. */
const REFUSALS = /\.(refused|denied|reused|locked)$/

export function createDynamoAudit(options: DynamoAuditOptions): Audit {
  const { aws, clock, log } = options
  const queue = createRowQueue({ clock, log })
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  const say = (counted: CountedEvent): void => {
    const { id: auditId, event, count } = counted
    const { action, ...fields } = event
    const line = { ...fields, auditId, ...(count > 1 && { count }) }
    if (REFUSALS.test(action)) log.warn(line, action)
    else log.info(line, action)
    const item = toRow(counted, options)
    queue.add({
      id: auditId,
      endpointId: event.endpointId,
      share: shareOf(event),
      bytes: ROW_BYTES + JSON.stringify(event).length,
      write: async () => {
        await aws.db.send(new PutCommand({ TableName: aws.tables.audit, Item: item }))
      },
    })
  }
  const counted = createCountedEvents({ clock, onFirst: say, onCounted: say })
  const look = (): void => {
    counted.end()
    queue.tellLost()
    if (counted.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
  return {
    note: (event) => {
      counted.note(clipEvent(event))
      if (!isClosed) timer ??= setInterval(look, LOOK_MS).unref()
    },
    close: async (timeoutMs) => {
      isClosed = true
      clearInterval(timer)
      counted.end('all')
      queue.tellLost()
      const over = new AbortController()
      const late = delay(timeoutMs, undefined, { signal: over.signal }).catch(() => undefined)
      await Promise.race([queue.drained(), late])
      over.abort()
    },
  }
}

/** Strangers make up endpoints, and so as many events as they like: none of them names anybody. */
function shareOf({ actor, target, action, before, after }: AuditEvent): Share {
  if (actor === 'anonymous' && target === undefined) return 'stranger'
  if (REFUSALS.test(action)) return 'refusal'
  return before === undefined && after === undefined ? 'deed' : 'change'
}

function toRow({ id, event, firstAt, count }: CountedEvent, { retentionDays }: DynamoAuditOptions) {
  const { endpointId, ...rest } = event
  const row: Row = {
    endpoint_id: endpointId,
    audit_uuid: id,
    ...rest,
    count,
    created_at: toIso(firstAt),
    ...(retentionDays > 0 && { expires_at: Math.ceil(firstAt / 1000) + retentionDays * DAY_S }),
  }
  return row
}

const AuditRow = z
  .object({
    endpoint_id: z.string().transform(tenantOfRow),
    audit_uuid: z.string(),
    actor: z.string(),
    action: z.string(),
    target: z.string().optional(),
    address: z.string().optional(),
    detail: z.record(z.string(), z.unknown()).optional(),
    before: z.unknown().optional(),
    after: z.unknown().optional(),
    count: z.int().default(1),
    created_at: z.string(),
  })
  .transform(
    ({ endpoint_id: endpointId, audit_uuid: id, created_at: createdAt, ...rest }): AuditEntry => ({
      id,
      endpointId,
      ...rest,
      createdAt,
    }),
  )

export function createDynamoAuditTrail({ db, tables }: Pick<Aws, 'db' | 'tables'>): AuditTrail {
  return {
    list: async (endpointId, { since = 0, before, limit }) => {
      const page = await db.send(
        new QueryCommand({
          TableName: tables.audit,
          ConsistentRead: true,
          ScanIndexForward: false,
          KeyConditionExpression: '#pk = :pk AND #sk >= :since',
          ExpressionAttributeNames: { '#pk': 'endpoint_id', '#sk': 'audit_uuid' },
          ExpressionAttributeValues: { ':pk': endpointId, ':since': firstIdAt(since) },
          Limit: limit,
          ...(before !== undefined && {
            ExclusiveStartKey: { endpoint_id: endpointId, audit_uuid: before },
          }),
        }),
      )
      return AuditRow.array().parse(page.Items ?? [])
    },
  }
}

/** No id of this millisecond is smaller: RFC 9562, 5.7. */
function firstIdAt(timeMs: number): string {
  const hex = Math.max(0, timeMs).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}
