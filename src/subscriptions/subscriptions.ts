/**
 * What has changed that a client wants to hear of: lists, resources, tasks. The front door of the
 * room.
 *
 * Notices travel through the endpoint's stream of the event log, so every instance hears them and
 * a stream that was cut goes on where it broke. While somebody listens to an endpoint its catalog
 * is watched too: a bundle may be published by a process that shares no event log with this one.
 */
import type { Catalog } from '../catalog/catalog.js'
import type { Clock } from '../domain/clock.js'
import type { Notice } from '../domain/notice.js'
import type { EndpointId } from '../domain/tenant.js'
import { type EndpointSignals, readSignal } from '../events/endpoint-signals.js'
import { endpointStream, type EventId, type EventLog } from '../events/events.js'
import { follow } from '../events/follow.js'
import type { Log } from '../telemetry/telemetry.js'
import { createCatalogWatch, type WatchLimits } from './catalog-watch.js'
import { createTeller, type Teller } from './teller.js'
import { createVisibleListener } from './visible-listener.js'
import type { Look } from './visible-news.js'

export type { Notice } from '../domain/notice.js'

export interface Subscriptions {
  /** Tells every instance, this one too. Never throws: what cannot be told is logged. */
  announce(endpointId: EndpointId, notice: Notice): Promise<void>

  /**
   * Hears the notices of an endpoint, in order, until the signal aborts. The lists that its client
   * reads from the call on are the ones whose changes it is told.
   *
   * @returns settles when they are heard; of those after `after`, when they have been told
   * @throws GatewayError `EVENTS_UNAVAILABLE` when the event log cannot be reached
   */
  hear(endpointId: EndpointId, listener: NoticeListener): Promise<void>

  /** Nothing is watched any longer. */
  close(): void
}

/** What it throws is logged, and hurts no other listener. */
export interface NoticeListener {
  /** The last event that its client has seen; from now on when absent. */
  readonly after?: EventId | undefined
  readonly signal: AbortSignal
  /** Who sees only some of the functions is told of these alone. Default: of all. */
  readonly look?: Look | undefined
  onNotice(notice: Notice, id: EventId): void
  /** Asked before each event after `after`, which waits for the answer. */
  ready?: (() => Promise<void> | undefined) | undefined
  /** Notices before the next one are lost. */
  onGap(): void
}

export interface SubscriptionsParts {
  readonly catalog: Pick<Catalog, 'snapshot'>
  readonly events: EventLog
  readonly signals: EndpointSignals
  readonly clock: Clock
  readonly log: Log
  readonly watch?: WatchLimits | undefined
}

export function createSubscriptions(parts: SubscriptionsParts): Subscriptions {
  const { catalog, signals, clock, log } = parts
  const announce = (endpointId: EndpointId, notice: Notice) => signals.send(endpointId, notice)
  const watch = createCatalogWatch({ catalog, clock, log, announce }, parts.watch)
  return {
    announce: async (endpointId, notice) => {
      await announce(endpointId, notice)
    },
    hear: async (endpointId, asked) => {
      const { signal, look } = asked
      if (signal.aborted) return
      const visible = look && createVisibleListener(asked, look)
      const listener = visible?.listener ?? asked
      // What one who comes back has missed is told when it can be known what he sees.
      const isLater = visible !== undefined && asked.after !== undefined
      const known = isLater ? catalog.snapshot(endpointId).catch(() => undefined) : undefined
      const start = () => startHearing(parts, endpointId, listener)
      const hearing = known === undefined ? start() : known.then(start)
      const watching = watch.begin(endpointId, hearing)
      if (visible) void watching.ready.then(visible.begin)
      const end = () => watching.end()
      signal.addEventListener('abort', end, { once: true })
      try {
        await hearing
        await watching.ready
      } catch (error) {
        signal.removeEventListener('abort', end)
        end()
        throw error
      }
    },
    close: () => watch.close(),
  }
}

function startHearing(
  parts: SubscriptionsParts,
  endpointId: EndpointId,
  listener: NoticeListener,
): Promise<void> {
  const { events, signals, log } = parts
  const teller = createTeller(listener, { endpointId, log })
  const { after, signal, ready } = listener
  if (after === undefined) return hearLive(signals, endpointId, { teller, signal })
  return follow(events, endpointStream(endpointId), {
    after,
    signal,
    ready,
    onEvent: ({ id, body }) => teller.onSignal(readSignal(body), id),
    onDropped: teller.onDropped,
  })
}

/** Whoever listens from now on shares one reading of the stream. */
async function hearLive(
  signals: EndpointSignals,
  endpointId: EndpointId,
  { teller, signal }: { readonly teller: Teller; readonly signal: AbortSignal },
): Promise<void> {
  const stop = await signals.hear(endpointId, teller.onSignal, teller.onDropped)
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
}
