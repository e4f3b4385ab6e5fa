/**
 * What has happened that a user's clients want to know of, once and in order, also those that were
 * away for a moment: the front door of the room.
 *
 * Two streams of the event log make one: the user's own, of their calls, and the endpoint's, of what
 * it offers. An id names a place in both, so that a client that comes back misses nothing of either.
 */
import type { Snapshot } from '../catalog/catalog.js'
import type { Caller } from '../domain/caller.js'
import { type Clock, toIso } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import { mayHear, type Notice } from '../domain/notice.js'
import {
  endpointStream,
  type EventId,
  type EventLog,
  type Stream,
  userStream,
} from '../events/events.js'
import { follow } from '../events/follow.js'
import type { Subscriptions } from '../subscriptions/subscriptions.js'
import { toGap, type UserEvent } from './user-event.js'

export { createToldCalls, type ToldCall, type ToldCalls } from './told-calls.js'
export { createRecordedCalls, type RecordedCall, type RecordedCalls } from './recorded-calls.js'
export { toGap, USER_EVENT_TYPES, UserEvent } from './user-event.js'

/** Printable ASCII without spaces: it is the SSE id. */
export type UserEventId = string

export interface UserEvents {
  /**
   * Tells a user's events from an id on, or from now on, until the signal aborts. Without a user it is
   * what the endpoint tells everybody of its lists.
   *
   * @returns settles when everything up to now was told and the rest is told as it comes
   * @throws GatewayError `INVALID_REQUEST` for an id that nobody was told; `EVENTS_UNAVAILABLE`
   */
  hear(owner: EventOwner, listener: UserEventListener): Promise<void>
}

interface EventOwner extends Pick<Caller, 'endpointId'> {
  readonly userId?: string | undefined
}

export interface UserEventListener {
  /** The last one that its client has seen. */
  readonly after?: UserEventId | undefined
  readonly signal: AbortSignal
  /** What its client sees of the endpoint's functions: of others it is told nothing. Default: all. */
  readonly look?: (() => Snapshot | undefined) | undefined
  /** Called first, before any event: where the stream begins. */
  onPlace(id: UserEventId): void
  onEvent(event: UserEvent, id: UserEventId): void
  /** Asked before each event that its client has missed, which waits for the answer. */
  ready?: (() => Promise<void> | undefined) | undefined
}

export interface UserEventsParts {
  readonly events: EventLog
  readonly subscriptions: Subscriptions
  readonly clock: Clock
}

interface Place {
  /** Undefined: from the start of what is kept. */
  own: EventId | undefined
  endpoint: EventId | undefined
}

/** Events in one read. */
const PAGE_LIMIT = 100

export function createUserEvents({ events, subscriptions, clock }: UserEventsParts): UserEvents {
  return {
    async hear(owner, listener) {
      const { endpointId, userId } = owner
      const { after, signal, look, ready } = listener
      const place = after === undefined ? await placeNow(events, owner) : readPlace(after)
      // Whoever leaves before the gap is told comes back to it.
      const seen = nameOf(place)
      const isCut = after !== undefined && (await mend(events, owner, place))
      if (signal.aborted) return
      listener.onPlace(seen)
      const tell = (event: UserEvent) => listener.onEvent(event, nameOf(place))
      if (isCut) tell(toGap(clock))
      let telling: Promise<void> | undefined
      const tellEndpointGap = async () => {
        const lost = place.endpoint
        const end = await endOf(events, endpointStream(endpointId)).catch(() => lost)
        if (signal.aborted) return
        if (place.endpoint === lost) place.endpoint = end
        tell(toGap(clock))
      }
      const followOwn = (stream: Stream) =>
        follow(events, stream, {
          after: place.own,
          signal,
          ready,
          onEvent: ({ id, body }) => {
            place.own = id
            if (body['type'] === MARK.type) return
            // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this room alone writes there
            tell(body as UserEvent)
          },
          onDropped: () => {
            place.own = undefined
            tell(toGap(clock))
          },
        })
      await Promise.all([
        userId === undefined ? undefined : followOwn(userStream(endpointId, userId)),
        subscriptions.hear(endpointId, {
          after: place.endpoint,
          signal,
          look,
          ready,
          onNotice: (notice, id) => {
            place.endpoint = id
            const event = isFor(userId, notice) ? eventOf(notice, clock) : undefined
            if (event !== undefined) tell(event)
          },
          onGap: () => {
            telling = tellEndpointGap()
          },
        }),
      ])
      await telling
    },
  }
}

/**
 * What both streams have lost while their client was away, as when a server began anew, is one gap
 * to it. After that it looks everything up: it goes on with all that is kept of the user's own
 * events, and with what the endpoint tells from now on.
 *
 * @returns whether something is lost; then the place is another one
 */
async function mend(
  events: EventLog,
  { endpointId, userId }: EventOwner,
  place: Place,
): Promise<boolean> {
  const shared = endpointStream(endpointId)
  const [hasOwn, hasEndpoint] = await Promise.all([
    userId === undefined || reachesBack(events, userStream(endpointId, userId), place.own),
    reachesBack(events, shared, place.endpoint),
  ])
  if (!hasOwn) place.own = undefined
  if (!hasEndpoint) place.endpoint = await endOf(events, shared)
  return !hasOwn || !hasEndpoint
}

async function reachesBack(
  events: EventLog,
  stream: Stream,
  after: EventId | undefined,
): Promise<boolean> {
  try {
    if (after !== undefined) await events.read(stream, { after, limit: 1 })
    return true
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'EVENTS_DROPPED') return false
    throw error
  }
}

function isFor(userId: string | undefined, notice: Notice): boolean {
  return userId === undefined ? notice.type === 'list.changed' : mayHear(userId, notice)
}

/** Made once, however many users hear of it. */
const eventsOf = new WeakMap<Notice, UserEvent>()

function eventOf(notice: Notice, clock: Clock): UserEvent | undefined {
  const known = eventsOf.get(notice)
  if (known !== undefined) return known
  const event = toEvent(notice, toIso(clock.now()))
  if (event !== undefined) eventsOf.set(notice, event)
  return event
}

function toEvent(notice: Notice, time: string): UserEvent | undefined {
  if (notice.type === 'list.changed') return { type: 'catalog.changed', time, list: notice.list }
  if (notice.type === 'resource.updated') return { type: notice.type, time, uri: notice.uri }
  return undefined
}

/** Marks a place in a stream that has none yet; whoever reads streams passes over it. */
const MARK = { type: 'mark' } as const

async function placeNow(events: EventLog, { endpointId, userId }: EventOwner): Promise<Place> {
  const [own, endpoint] = await Promise.all([
    userId === undefined ? undefined : endOf(events, userStream(endpointId, userId)),
    endOf(events, endpointStream(endpointId)),
  ])
  return { own, endpoint }
}

/** Where a stream ends now. */
async function endOf(events: EventLog, stream: Stream): Promise<EventId> {
  let last: EventId | undefined
  for (;;) {
    const page = await events.read(stream, { after: last, limit: PAGE_LIMIT })
    last = page.at(-1)?.id ?? last
    if (page.length < PAGE_LIMIT) return last ?? events.append(stream, MARK)
  }
}

function nameOf({ own = '', endpoint = '' }: Place): UserEventId {
  return `${own}.${endpoint}`
}

function readPlace(id: UserEventId): Place {
  const [own = '', endpoint, ...more] = id.split('.')
  if (endpoint === undefined || more.length > 0 || !isPart(own) || !isPart(endpoint))
    throw new GatewayError('INVALID_REQUEST', 'Last-Event-ID: not an event id of this stream')
  return { own: own || undefined, endpoint: endpoint || undefined }
}

/** Of a log that is not asked yet: the log itself refuses what it has never given out. */
function isPart(text: string): boolean {
  return /^(\d{1,15}-\d{1,15})?$/.test(text)
}
