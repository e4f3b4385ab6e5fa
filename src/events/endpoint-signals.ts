/**
 * What the instances of a gateway tell each other at once about one endpoint. Signals are short-
 * lived: one that is lost is healed by whoever listens (a version check, a deadline).
 */
import { z } from 'zod'
import type { Log } from '../telemetry/telemetry.js'
import { endpointStream, type EventBody, type EventLog } from './events.js'

const id = z.union([z.string(), z.number()])

const Signal = z.discriminatedUnion('type', [
  /** A client cancels a request of its session, wherever it runs. */
  z.object({
    type: z.literal('request.cancelled'),
    sessionId: z.string(),
    requestId: id,
  }),
  /** A client answers a request that some instance has sent it. */
  z.object({
    type: z.literal('client.answered'),
    sessionId: z.string(),
    userId: z.string(),
    response: z.object({
      kind: z.literal('response'),
      id: id.optional(),
      result: z.unknown().optional(),
      error: z.object({ code: z.number(), message: z.string() }).optional(),
    }),
  }),
])

export type EndpointSignal = z.infer<typeof Signal>

export interface EndpointSignals {
  /**
   * Tells every instance, this one too. Never throws: what cannot be told is logged.
   */
  send(endpointId: string, signal: EndpointSignal): Promise<void>

  /**
   * Hears the signals of an endpoint from now on.
   *
   * @returns settles when they are heard, with the way to stop
   */
  hear(endpointId: string, listener: (signal: EndpointSignal) => void): Promise<() => void>
}

/** One subscription to the log for each endpoint that somebody here listens to. */
export function createEndpointSignals(events: EventLog, log: Log): EndpointSignals {
  const hearing = new Map<string, Hearing>()

  const open = (endpointId: string): Hearing => {
    const listeners = new Set<Listener>()
    const tell = (body: EventBody) => {
      const signal = Signal.safeParse(body)
      // A newer instance may say what this one does not know yet.
      if (signal.success) for (const listener of listeners) listener(signal.data)
    }
    const onDropped = () => log.warn({ endpointId }, 'signals of an endpoint were lost')
    const subscribed = events.subscribe(endpointStream(endpointId), {
      onEvent: ({ body }) => tell(body),
      onDropped,
    })
    return { listeners, subscribed }
  }

  const close = (endpointId: string, { subscribed }: Hearing) => {
    hearing.delete(endpointId)
    void subscribed.then(
      (unsubscribe) => unsubscribe(),
      () => undefined,
    )
  }

  return {
    send: async (endpointId, signal) => {
      try {
        await events.append(endpointStream(endpointId), signal)
      } catch (err) {
        log.warn({ err, endpointId, signal: signal.type }, 'a signal could not be sent')
      }
    },
    hear: async (endpointId, listener) => {
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

type Listener = (signal: EndpointSignal) => void

interface Hearing {
  readonly listeners: Set<Listener>
  readonly subscribed: Promise<() => void>
}
