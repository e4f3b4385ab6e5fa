/** What the routes share while the server lives, and how that ends. */
import { once, setMaxListeners } from 'node:events'
import type { Authenticator } from '../auth/auth.js'
import { type Metrics, noMetrics } from '../telemetry/telemetry.js'
import type { HttpOptions, HttpParts } from './http-server.js'
import { createSessionRequests, type SessionRequests } from './session-requests.js'
import { createSseConnections, type SseConnections } from './sse-connections.js'
import { createStandingPlaces, type StandingPlaces } from './standing-places.js'

export interface McpParts extends HttpParts {
  readonly metrics: Metrics
  readonly requests: SessionRequests
  readonly connections: SseConnections
  readonly places: StandingPlaces
  /** Aborted when the server begins to close. */
  readonly closing: AbortSignal
  /** What the server waits for when it closes, whether or not a connection is left. */
  readonly underWay: UnderWay
}

export interface UnderWay {
  /** @returns the same work */
  add<Outcome>(work: Promise<Outcome>): Promise<Outcome>
  /** Settles when nothing of it runs any longer, or at the latest with the signal; never rejects. */
  settled(isLate: AbortSignal): Promise<void>
}

export interface McpLife {
  readonly parts: McpParts
  /** What only stands open ends, and nobody is asked any longer. */
  beginClosing(): void
  /** When all streams have ended. */
  close(): void
}

export function createMcpLife(
  http: HttpParts,
  options: Pick<HttpOptions, 'heartbeatMs' | 'maxBacklogBytes' | 'placeLimits'>,
): McpLife {
  const { metrics = noMetrics } = http
  const controller = new AbortController()
  const { signal: closing } = controller
  // Whatever only listens has one, so many at a time are no leak.
  setMaxListeners(0, closing)
  const requests = createSessionRequests(http.signals, http.log)
  const connections = createSseConnections(options)
  const watch: Authenticator['watch'] = (caller, onEnded) =>
    http.authenticator.watch(caller, onEnded)
  const places = createStandingPlaces(closing, watch, options.placeLimits)
  return {
    parts: { ...http, metrics, requests, connections, places, closing, underWay: createUnderWay() },
    beginClosing: () => {
      controller.abort()
      requests.close()
    },
    close: () => connections.stop(),
  }
}

function createUnderWay(): UnderWay {
  const running = new Set<Promise<unknown>>()
  return {
    add: (work) => {
      running.add(work)
      const remove = () => running.delete(work)
      work.then(remove, remove)
      return work
    },
    settled: async (isLate) => {
      if (running.size === 0 || isLate.aborted) return
      await Promise.race([Promise.allSettled(running), once(isLate, 'abort')])
    },
  }
}
