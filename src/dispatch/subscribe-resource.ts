/** `resources/subscribe` and its counterpart: which resources a session's client wants to hear of. */
import { GatewayError } from '../domain/errors.js'
import type { Sessions } from '../sessions/sessions.js'
import type { Handler, Visible } from './handler.js'
import { isSubscribable } from './subscribable.js'

/** @param sessions absent over stdio, which remembers the subscriptions of its one client itself */
export function createSubscribeResource(
  visible: Visible,
  sessions: Sessions | undefined,
): Handler<'resources/subscribe'> {
  return async (caller, { session, params: { uri } }) => {
    if (!isSubscribable(await visible(caller), uri))
      throw new GatewayError('RESOURCE_NOT_FOUND', `Resource not found: ${uri}`, { data: { uri } })
    if (session !== undefined) await sessions?.setSubscribed(session, uri, true)
    return {}
  }
}

/** A resource that has gone can be unsubscribed from, and one that never was. */
export function createUnsubscribeResource(
  sessions: Sessions | undefined,
): Handler<'resources/unsubscribe'> {
  return async (_caller, { session, params: { uri } }) => {
    if (session !== undefined) await sessions?.setSubscribed(session, uri, false)
    return {}
  }
}
