/** Who is calling, and what may they do? The front door of the room. */
import type { Caller } from '../domain/caller.js'

export { createEventTickets, type EventTickets } from './event-tickets.js'
export { createLocalTokens } from './local-tokens.js'

export interface Authenticator {
  /**
   * Proves who sends a request to an endpoint.
   *
   * @param authorization the `Authorization` header, verbatim
   * @throws GatewayError `UNAUTHENTICATED` without a valid bearer token, `FORBIDDEN` when the
   * token is valid for another endpoint
   */
  authenticate(authorization: string | undefined, endpointId: string): Promise<Caller>
}
