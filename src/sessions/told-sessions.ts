/**
 * Sessions whose changes every instance hears of at once: what one has changed the others forget,
 * and read anew. Where signals fail they see it when what they remember is old.
 */
import type { Session } from '../domain/session.js'
import type { EndpointId } from '../domain/tenant.js'
import type { EndpointSignal, EndpointSignals } from '../events/endpoint-signals.js'
import { createHeardEndpoints } from '../events/heard-endpoints.js'
import type { Log } from '../telemetry/telemetry.js'
import type { Sessions } from './sessions.js'

export interface ToldSessions extends Sessions {
  /** Nothing is heard any longer. */
  close(): void
}

export interface ToldSessionsParts {
  readonly sessions: Sessions
  readonly signals: EndpointSignals
  readonly log: Log
}

export function createToldSessions({ sessions, signals, log }: ToldSessionsParts): ToldSessions {
  const onSignal = (endpointId: EndpointId, signal: EndpointSignal) => {
    if (signal.type === 'session.changed' || signal.type === 'session.terminated')
      sessions.forget({ endpointId, id: signal.sessionId })
  }
  const warning = 'changes of sessions cannot be heard'
  const heard = createHeardEndpoints({ signals, log, onSignal, warning })
  const tell = ({ endpointId, id: sessionId }: Session) =>
    signals.send(endpointId, { type: 'session.changed', sessionId })

  return {
    ...sessions,
    // Nobody waits for it: a session is found without signals too.
    find: async (caller, token) => {
      heard.hear(caller.endpointId)
      return sessions.find(caller, token)
    },
    terminate: async (session) => {
      await sessions.terminate(session)
      const { endpointId, id: sessionId } = session
      await signals.send(endpointId, { type: 'session.terminated', sessionId })
    },
    setLogLevel: async (session, level) => {
      await sessions.setLogLevel(session, level)
      await tell(session)
    },
    setSubscribed: async (session, uri, isSubscribed) => {
      await sessions.setSubscribed(session, uri, isSubscribed)
      await tell(session)
    },
    close: () => heard.close(),
  }
}
