/** Endpoints whose signals are heard for as long as they are in use here. */
import { LRUCache } from 'lru-cache'
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'
import type { EndpointSignal, EndpointSignals } from './endpoint-signals.js'

export interface HeardEndpoints {
  /**
   * The endpoint is in use: its signals are heard from now on, if they are not already. Nobody waits
   * for it; what cannot be heard is logged, and tried again at the next use.
   */
  hear(endpointId: EndpointId): void
  /** Nothing is heard any longer. */
  close(): void
}

export interface HeardEndpointsParts {
  readonly signals: EndpointSignals
  readonly log: Log
  readonly onSignal: (endpointId: EndpointId, signal: EndpointSignal) => void
  /** What the log says of an endpoint that cannot be heard. */
  readonly warning: string
}

/** At a time; the one unused for longest is dropped. */
const MAX_ENDPOINTS = 1000

export function createHeardEndpoints(parts: HeardEndpointsParts): HeardEndpoints {
  const { signals, log, onSignal, warning } = parts
  const heard = new LRUCache<string, Promise<() => void>>({
    max: MAX_ENDPOINTS,
    dispose: (hearing) => void hearing.then((stop) => stop()),
  })

  return {
    hear: (endpointId) => {
      if (heard.get(endpointId) !== undefined) return
      const hearing = signals.hear(endpointId, (signal) => onSignal(endpointId, signal))
      const orNothing = hearing.catch((err: unknown) => {
        heard.delete(endpointId)
        log.warn({ err, endpointId }, warning)
        return () => undefined
      })
      heard.set(endpointId, orNothing)
    },
    close: () => heard.clear(),
  }
}
