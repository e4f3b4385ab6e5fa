/**
 * The calls of a whole endpoint as they end, for whoever manages it: a stream of its own beside those
 * of its users. Calls that end while others are being told are one event of it, so that a busy
 * endpoint costs little.
 */
import { toListedCall } from '../calls/calls.js'
import type { CallRecord } from '../domain/call.js'
import type { Clock } from '../domain/clock.js'
import type { EndpointId } from '../domain/tenant.js'
import {
  type EventId,
  type EventLog,
  type LoggedEvent,
  recordedStream,
  type Stream,
} from '../events/events.js'
import { follow } from '../events/follow.js'
import type { Log } from '../telemetry/telemetry.js'
import { readCallEntry, readGroup, toCallEntry } from './call-group.js'
import { createGroupedCalls } from './grouped-calls.js'
import { createOwedGaps } from './owed-gaps.js'
import { cursorsOf, LOST, readPlace, type RecordedPlace } from './recorded-cursor.js'

/** A call without what was said. */
export type RecordedCall = Omit<CallRecord, 'arguments' | 'content'>

export interface RecordedCalls {
  /** Tells that a call has ended and is recorded. Never throws, and nobody waits for it. */
  add(call: CallRecord): void

  /**
   * Hears the calls of an endpoint from a cursor on, or from now on, until the signal aborts.
   *
   * @returns settles when everything up to now was told and the rest is told as it comes
   * @throws GatewayError `INVALID_REQUEST` for a cursor of another endpoint, or none; `EVENTS_UNAVAILABLE`
   */
  hear(endpointId: EndpointId, listener: RecordedListener): Promise<void>

  /** Nothing more is told; settles when what was added is, or is lost. */
  close(): Promise<void>
}

export interface RecordedListener {
  /** The cursor of the last one that was seen. */
  readonly after?: string | undefined
  readonly signal: AbortSignal
  /** Each has its own cursor, from which one goes on after it. */
  readonly onCall: (call: RecordedCall, cursor: string) => void
  /** Calls before the next one are lost to this stream: the history has them. */
  readonly onGap: (cursor: string) => void
  /**
   * Asked before each few hundred calls after `after`, which wait for the answer: there may be more of
   * them than whoever listens can take at once.
   */
  readonly ready?: (() => Promise<void> | undefined) | undefined
}

export interface RecordedCallsParts {
  readonly events: EventLog
  readonly clock: Clock
  readonly log: Log
}

/** Events in one read. */
const PAGE_LIMIT = 100

export function createRecordedCalls({ events, clock, log }: RecordedCallsParts): RecordedCalls {
  const gaps = createOwedGaps({ events, clock, log })
  const grouped = createGroupedCalls({ events, log, onLost: (stream) => gaps.owe(stream) })
  let isClosed = false
  return {
    add(call) {
      if (!isClosed) grouped.add(call.endpointId, toCallEntry(toListedCall(call)))
    },

    async hear(endpointId, listener) {
      const { after, signal, ready } = listener
      const stream = recordedStream(endpointId)
      const teller = createTeller(endpointId, listener)
      if (after === undefined) return hearFromNow(events, stream, { teller, signal })
      const { eventId, left } = readPlace(endpointId, after)
      const begun = left > 0 ? await findEvent(events, stream, eventId) : undefined
      if (begun !== undefined) teller.tellLeft(begun, left)
      const { onEvent, onDropped } = teller
      return follow(events, stream, { after: eventId, signal, ready, onEvent, onDropped })
    },

    async close() {
      isClosed = true
      await grouped.settled()
      gaps.close()
    },
  }
}

interface Teller {
  readonly onEvent: (event: LoggedEvent) => void
  readonly onDropped: () => void
  /** Of an event that was told in part. */
  tellLeft(event: LoggedEvent, left: number): void
}

function createTeller(endpointId: EndpointId, listener: RecordedListener): Teller {
  const { signal, onCall, onGap } = listener
  const toCursor = cursorsOf(endpointId)
  const tellGap = (place: RecordedPlace) => {
    if (!signal.aborted) onGap(toCursor(place))
  }
  const tellLeft = ({ id: eventId, body }: LoggedEvent, left: number) => {
    const { calls = [] } = readGroup(body) ?? {}
    const first = Math.max(calls.length - left, 0)
    for (const [at, call] of calls.entries())
      if (at >= first && !signal.aborted)
        onCall(readCallEntry(endpointId, call), toCursor({ eventId, left: calls.length - at - 1 }))
  }
  return {
    tellLeft,
    onEvent: (event) => {
      const group = readGroup(event.body)
      const left = group?.calls.length ?? 0
      // Whatever else stands there stands for calls that are lost.
      if (group?.hasGap === true || group === undefined) tellGap({ eventId: event.id, left })
      tellLeft(event, left)
    },
    onDropped: () => tellGap(LOST),
  }
}

async function hearFromNow(
  events: EventLog,
  stream: Stream,
  { teller, signal }: { readonly teller: Teller; readonly signal: AbortSignal },
): Promise<void> {
  const stop = await events.subscribe(stream, teller)
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
}

/** Reading goes on after an event, never in the middle of one: so all that is kept is looked through. */
async function findEvent(
  events: EventLog,
  stream: Stream,
  eventId: EventId,
): Promise<LoggedEvent | undefined> {
  let after: EventId | undefined
  for (;;) {
    const page = await events.read(stream, { after, limit: PAGE_LIMIT })
    const found = page.find(({ id }) => id === eventId)
    if (found !== undefined || page.length < PAGE_LIMIT) return found
    after = page.at(-1)?.id
  }
}
