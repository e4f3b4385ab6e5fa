/**
 * What the instances of a gateway tell each other at once about one endpoint. Signals are short-
 * lived: one that is lost is healed by whoever listens (a version check, a deadline).
 */
import { z } from 'zod'
import { LIST_KINDS } from '../domain/notice.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'
import { endpointStream, type EventBody, type EventId, type EventLog } from './events.js'

const rpcId = z.union([z.string(), z.number()])

const Signal = z.discriminatedUnion('type', [
  /** A client cancels a request of its session, wherever it runs. */
  z.object({
    type: z.literal('request.cancelled'),
    sessionId: z.string(),
    requestId: rpcId,
  }),
  /** A client answers a request that some instance has sent it. */
  z.object({
    type: z.literal('client.answered'),
    sessionId: z.string(),
    userId: z.string(),
    response: z.object({
      kind: z.literal('response'),
      id: rpcId.optional(),
      result: z.unknown().optional(),
      error: z.object({ code: z.number(), message: z.string() }).optional(),
    }),
  }),
  z.object({
    type: z.literal('list.changed'),
    list: z.enum(LIST_KINDS),
    version: z.string().optional(),
  }),
  z.object({
    type: z.literal('resource.updated'),
    uri: z.string(),
    userId: z.string().optional(),
  }),
  z.object({ type: z.literal('task.changed'), taskId: z.string(), userId: z.string() }),
  /** A session opens its stream outside of requests: any other one that it has is to be closed. */
  z.object({ type: z.literal('stream.opened'), sessionId: z.string(), streamId: z.string() }),
  /** What is remembered of a session, its log level or subscriptions, is out of date. */
  z.object({ type: z.literal('session.changed'), sessionId: z.string() }),
  /** A client has ended its session: its streams are to be closed. */
  z.object({ type: z.literal('session.terminated'), sessionId: z.string() }),
])

export type EndpointSignal = z.infer<typeof Signal>

export interface EndpointSignals {
  /**
   * Tells every instance, this one too. Never throws: what cannot be told is logged.
   *
   * @returns the event's id in the endpoint's stream, or undefined when it could not be sent
   */
  send(endpointId: EndpointId, signal: EndpointSignal): Promise<EventId | undefined>

  /**
   * Hears the signals of an endpoint from now on, in order. A listener that throws is logged and
   * hurts no other.
   *
   * @param onDropped signals before the next one are lost
   * @returns settles when they are heard, with the way to stop
   * @throws GatewayError `EVENTS_UNAVAILABLE` when the event log cannot be reached
   */
  hear(
    endpointId: EndpointId,
    listener: (signal: EndpointSignal, id: EventId) => void,
    onDropped?: () => void,
  ): Promise<() => void>
}

/** Read once, however many listeners the log tells of it. */
const readSignals = new WeakMap<EventBody, EndpointSignal>()

/** @returns undefined for what only a newer instance understands */
export function readSignal(body: EventBody): EndpointSignal | undefined {
  const known = readSignals.get(body)
  if (known !== undefined) return known
  const signal = Signal.safeParse(body).data
  if (signal !== undefined) readSignals.set(body, signal)
  return signal
}

/** One subscription to the log for each endpoint that somebody here listens to. */
export function createEndpointSignals(events: EventLog, log: Log): EndpointSignals {
  const hearing = new Map<string, Hearing>()

  const open = (endpointId: EndpointId): Hearing => {
    const listeners = new Set<Listener>()
    const tellEach = (tell: (listener: Listener) => void) => {
      for (const listener of listeners) tellSafely(() => tell(listener), endpointId, log)
    }
    const subscribed = events.subscribe(endpointStream(endpointId), {
      onEvent: ({ id, body }) => {
        const signal = readSignal(body)
        if (signal !== undefined) tellEach(({ onSignal }) => onSignal(signal, id))
      },
      onDropped: () => {
        log.warn({ endpointId }, 'signals of an endpoint were lost')
        tellEach(({ onDropped }) => onDropped?.())
      },
    })
    return { listeners, subscribed }
  }

  const close = (endpointId: EndpointId, { subscribed }: Hearing) => {
    hearing.delete(endpointId)
    void subscribed.then(
      (unsubscribe) => unsubscribe(),
      () => undefined,
    )
  }

  return {
    send: async (endpointId, signal) => {
      try {
        return await events.append(endpointStream(endpointId), signal)
      } catch (err) {
        log.warn({ err, endpointId, signal: signal.type }, 'a signal could not be sent')
        return undefined
      }
    },
    hear: async (endpointId, onSignal, onDropped) => {
      const listener = { onSignal, onDropped }
      const known = hearing.get(endpointId) ?? open(endpointId)
      hearing.set(endpointId, known)
      known.listeners.add(listener)
      const stop = () => {
        const isLast = known.listeners.delete(listener) && known.listeners.size === 0
        if (isLast) close(endpointId, known)
      }
      try {
        await known.subscribed
      } catch (error) {
        stop()
        throw error
      }
      return stop
    },
  }
}

function tellSafely(tell: () => void, endpointId: EndpointId, log: Log): void {
  try {
    tell()
  } catch (err) {
    log.error({ err, endpointId }, 'a listener of an endpoint’s signals failed')
  }
}

interface Listener {
  readonly onSignal: (signal: EndpointSignal, id: EventId) => void
  readonly onDropped?: (() => void) | undefined
}

interface Hearing {
  readonly listeners: Set<Listener>
  readonly subscribed: Promise<() => void>
}
