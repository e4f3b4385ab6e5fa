/** Pages of what was told and what was done: forward only, as they are kept. */
import type { AuditEntry } from '../audit/audit.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import { type LoggedEvent, userStream } from '../events/events.js'
import type { UserEvent } from '../user-events/user-events.js'
import { keyIn, type PageArguments, readRange, toCursor } from './connection.js'
import type { ManagementContext } from './context.js'
import type { EndpointAuditEntriesArgs } from './schema-types.js'
import type { AuditEntrySource, ConnectionSource, EventSource } from './sources.js'

/** Of a user's own stream: marks of a place in it are passed over, so a page can be short. */
export async function eventPage(
  { parts: { events } }: ManagementContext,
  { endpointId, userId }: { readonly endpointId: EndpointId; readonly userId: string },
  page: PageArguments,
): Promise<ConnectionSource<EventSource>> {
  const { limit, after } = readRange(page)
  const scope = ['events', endpointId, userId]
  const from = after === undefined ? undefined : keyIn(after, scope)
  const found = await events.read(userStream(endpointId, userId), { after: from, limit: limit + 1 })
  return toPage(
    found,
    { limit, isAfter: after !== undefined },
    {
      cursorOf: ({ id }) => toCursor(id, scope),
      toNode: toEventSource,
    },
  )
}

function toEventSource({ body }: LoggedEvent): EventSource | undefined {
  if (body['type'] === 'mark') return undefined
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- user-events/ alone writes there
  return { event: body as UserEvent }
}

/** The newest first. */
export async function auditPage(
  { parts: { auditTrail } }: ManagementContext,
  endpointId: EndpointId,
  { since, ...page }: Partial<EndpointAuditEntriesArgs>,
): Promise<ConnectionSource<AuditEntrySource>> {
  const { limit, after } = readRange(page)
  const scope = ['audit', endpointId, since ?? null]
  const found = await auditTrail.list(endpointId, {
    since: since?.getTime(),
    before: after === undefined ? undefined : readAuditId(keyIn(after, scope)),
    limit: limit + 1,
  })
  return toPage(
    found,
    { limit, isAfter: after !== undefined },
    {
      cursorOf: ({ id }: AuditEntry) => toCursor(id, scope),
      toNode: (entry): AuditEntrySource => ({ entry }),
    },
  )
}

const AUDIT_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function readAuditId(text: string): string {
  if (AUDIT_ID.test(text)) return text
  throw new GatewayError('CURSOR_INVALID', 'after: not a cursor of this list')
}

interface Edges<Item, Node> {
  readonly cursorOf: (item: Item) => string
  /** @returns undefined for what is not shown */
  readonly toNode: (item: Item) => Node | undefined
}

/** @param found one more than the page takes, where there is one */
function toPage<Item, Node>(
  found: readonly Item[],
  { limit, isAfter }: { readonly limit: number; readonly isAfter: boolean },
  { cursorOf, toNode }: Edges<Item, Node>,
): ConnectionSource<Node> {
  const read = found.slice(0, limit)
  const edges = read.flatMap((item) => {
    const node = toNode(item)
    return node === undefined ? [] : [{ cursor: cursorOf(item), node }]
  })
  const last = read.at(-1)
  return {
    edges,
    pageInfo: {
      hasNextPage: found.length > limit,
      hasPreviousPage: isAfter,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: last === undefined ? null : cursorOf(last),
    },
  }
}
