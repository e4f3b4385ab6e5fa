/** Who is calling, and does what proved it still hold? The front door of the room. */
import type { Caller, Credential } from '../domain/caller.js'
import type { EndpointId } from '../domain/tenant.js'

export { createEventTickets, type EventTickets } from './event-tickets.js'
export { createBearerAuthenticator } from './bearer.js'
export { createStaticTokenCheck } from './static-token.js'
export { createApiKeyVerifier } from './api-key-verifier.js'
export { withNotedUses } from './noted-uses.js'
export { foreignToken, invalidToken } from './invalid-token.js'
export { createSignInDoor, type SignInDoor } from './sign-in-door.js'
export { createRefusalTrail } from './refusals.js'
export { atEndpoint } from './at-endpoint.js'
export { createLocalTokens, type LocalTokens } from './local-tokens.js'
export type { PublicKeys } from './signing-keys.js'
export { createResources, METADATA_PATH, type Resource, type Resources } from './resources.js'

export interface Authenticator {
  /**
   * Proves who sends a request to an endpoint. What was taken back is refused within 2 s, on
   * every instance.
   *
   * @param authorization the `Authorization` header, verbatim
   * @param address where it comes from, for the audit; too many wrong tokens from there are
   * `RATE_LIMITED`
   * @throws GatewayError `UNAUTHENTICATED` without a valid bearer token, `FORBIDDEN` when the
   * token is valid for another endpoint, `ACCOUNTS_UNAVAILABLE` when it cannot be known
   */
  authenticate(
    authorization: string | undefined,
    endpointId: string,
    address?: string,
  ): Promise<Caller>

  /**
   * Proves an operator of the whole gateway, for what belongs to no endpoint: a caller at
   * `GATEWAY_HOME`.
   *
   * @throws GatewayError as `authenticate`, and `FORBIDDEN` for whoever is none
   */
  authenticateOperator(authorization: string | undefined, address?: string): Promise<Caller>

  /**
   * For what is proven by another secret than a bearer token: what fails is counted together with
   * the wrong tokens of its address, and too many of both are refused before anything is read.
   *
   * @throws GatewayError `RATE_LIMITED`, and what `prove` throws
   */
  guard<Proof>(address: string, prove: () => Promise<Proof>): Promise<Proof>

  /**
   * For what stands open: calls back, once, within 2 s after what proved the caller is over or was
   * taken back, by whichever instance.
   *
   * @returns stops watching
   */
  watch(caller: Caller, onEnded: () => void): () => void
}

/** One kind of token: who recognises it judges it, and no other. */
export interface TokenVerifier {
  /** Told by its form alone: nothing is proven by that. */
  recognises(token: string): boolean
  /**
   * @param endpointId where it is used; `GATEWAY_HOME` for what only operators may
   * @throws GatewayError `UNAUTHENTICATED`, without saying which check failed; `FORBIDDEN` when it
   * is valid, and for another endpoint
   */
  verify(token: string, endpointId: EndpointId): Promise<ProvenCaller>
}

/** What a token proves; whether that was taken back since is asked of the standings. */
export type ProvenCaller = Caller & { readonly credential: Credential }
