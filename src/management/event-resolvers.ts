/** What happened: to a user's clients, by whoever manages an endpoint, and as it happens. */
import { isSubject } from '../accounts/accounts.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { ManagementContext } from './context.js'
import { auditPage, eventPage } from './event-pages.js'
import { isGiven } from './input.js'
import type {
  Resolvers,
  SubscriptionCatalogChangedArgs,
  SubscriptionUserEventArgs,
} from './schema-types.js'
import type { EndpointSource, EventSource } from './sources.js'
import { eventOf, listenTo } from './subscription.js'
import { cursorsOf } from './told-cursor.js'

export const eventResolvers: Resolvers = {
  Endpoint: {
    events: ({ endpointId }, { userId, ...page }, context) =>
      eventPage(context, { endpointId, userId: readUserId(userId) }, page),
    auditEntries: ({ endpointId }, args, context) => auditPage(context, endpointId, args),
  },
  Event: {
    type: ({ event }) => event.type,
    time: ({ event }) => event.time,
    callId: ({ event }) => ('callId' in event ? event.callId : null),
    data: ({ event }) => event,
  },
  AuditEntry: {
    id: ({ entry }) => entry.id,
    actor: ({ entry }) => entry.actor,
    action: ({ entry }) => entry.action,
    target: ({ entry }) => entry.target ?? null,
    address: ({ entry }) => entry.address ?? null,
    count: ({ entry }) => entry.count,
    createdAt: ({ entry }) => entry.createdAt,
    detail: ({ entry }) => entry.detail,
    before: ({ entry }) => entry.before,
    after: ({ entry }) => entry.after,
  },
  Subscription: {
    userEvent: {
      subscribe: (_source, args, context) => hearUser(context, args),
      resolve: eventOf<ToldUser>,
    },
    catalogChanged: {
      subscribe: (_source, args, context) => hearCatalog(context, args),
      resolve: eventOf<ToldCatalog>,
    },
  },
}

interface ToldUser {
  readonly cursor: string
  readonly event: EventSource
}

interface ToldCatalog {
  readonly cursor: string
  readonly isGap: boolean
  readonly list: string | null
  readonly endpoint: EndpointSource
}

function hearUser(context: ManagementContext, args: Partial<SubscriptionUserEventArgs>) {
  const caller = context.at(args.endpointId)
  const { endpointId } = caller
  const owner = { endpointId, userId: readUserId(args.userId ?? caller.userId) }
  const cursors = cursorsOf(['userEvent', endpointId, owner.userId])
  return listenTo<ToldUser>(context.signal, ({ tell, ...ear }) =>
    hear(context, owner, {
      ...ear,
      cursors,
      after: args.after,
      onEvent: (event, cursor) => tell({ cursor, event: { event } }),
    }),
  )
}

/** Of what the endpoint tells everybody; nobody's own events come with it. */
function hearCatalog(context: ManagementContext, args: Partial<SubscriptionCatalogChangedArgs>) {
  const { endpointId } = context.at(args.endpointId)
  const endpoint: EndpointSource = { endpointId }
  const cursors = cursorsOf(['catalogChanged', endpointId])
  return listenTo<ToldCatalog>(context.signal, ({ tell, ...ear }) =>
    hear(
      context,
      { endpointId },
      {
        ...ear,
        cursors,
        after: args.after,
        onEvent: (event, cursor) => {
          if (event.type === 'gap') tell({ cursor, isGap: true, list: null, endpoint })
          if (event.type === 'catalog.changed')
            tell({ cursor, isGap: false, list: event.list, endpoint })
        },
      },
    ),
  )
}

type Hear = ManagementContext['parts']['userEvents']['hear']
type Listener = Pick<Parameters<Hear>[1], 'signal' | 'ready' | 'onEvent'> & {
  readonly after: string | null | undefined
  readonly cursors: ReturnType<typeof cursorsOf>
}

async function hear(
  { parts: { userEvents } }: ManagementContext,
  owner: { readonly endpointId: EndpointId; readonly userId?: string },
  { after, cursors, onEvent, ...listener }: Listener,
): Promise<void> {
  await userEvents.hear(owner, {
    ...listener,
    after: isGiven(after) ? cursors.toId(after) : undefined,
    onPlace: () => undefined,
    onEvent: (event, id) => onEvent(event, cursors.toCursor(id)),
  })
}

/** @throws GatewayError `INVALID_PARAMS` for what nobody can be called */
function readUserId(userId: string): string {
  if (isSubject(userId) && !/\p{Cs}/u.test(userId)) return userId
  throw new GatewayError('INVALID_PARAMS', 'userId: must be what somebody can be called')
}
