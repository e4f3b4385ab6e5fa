import type { Sessions } from '../sessions/sessions.js'
import type { Handler } from './handler.js'

/** Over stdio there is no session: the edge remembers the level of its one client. */
export function createSetLogLevel(sessions: Sessions | undefined): Handler<'logging/setLevel'> {
  return async (_caller, { session, params }) => {
    if (session !== undefined) await sessions?.setLogLevel(session, params.level)
    return {}
  }
}
