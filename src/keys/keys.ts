/** API keys: who has one, for what, and until when? The front door of the room. */
import type { Role } from '../domain/caller.js'
import type { EndpointId } from '../domain/tenant.js'

export { createApiKeys } from './api-keys.js'
export { createKeyUses, type KeyUses } from './key-uses.js'
export { isKeyId, looksLikeKey } from './key-text.js'

export interface ApiKey {
  /** The endpoint that it is for, or `GATEWAY_HOME` for an operator's. */
  readonly home: EndpointId
  readonly keyId: string
  /** Who calls with it. */
  readonly userId: string
  /** What it is for, in its maker's words. */
  readonly name: string
  readonly roles: readonly Role[]
  /** The only functions that it may call or see, as `isFunctionGlob` takes them. */
  readonly functions?: readonly string[] | undefined
  /** Of its user when it was made: it ends with all that the user was given. */
  readonly epoch: number
  /** ISO 8601. */
  readonly createdAt: string
  readonly createdBy: string
  /** ISO 8601, a minute late at most; absent for one that was never used. */
  readonly lastUsedAt?: string | undefined
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export interface NewApiKey {
  readonly home: EndpointId
  readonly name: string
  /** Default: one of the key's own, `key:` and its id. */
  readonly userId?: string | undefined
  readonly roles: readonly Role[]
  readonly functions?: readonly string[] | undefined
  readonly days: number
}

/** Who makes a key: it can do no more than its maker. */
export interface KeyMaker {
  readonly userId: string
  readonly roles: readonly Role[]
  readonly functions?: readonly string[] | undefined
  /** Of their client, where there is one. */
  readonly address?: string | undefined
}

/** Which key is changed. */
export interface ChangedKey {
  readonly home: EndpointId
  readonly keyId: string
  /** Who does it. */
  readonly by: string
  /** Of their client, where there is one. */
  readonly address?: string | undefined
}

export interface ApiKeys {
  /**
   * @returns the key's text too, which is kept nowhere
   * @throws GatewayError `INVALID_REQUEST` for what no key can be, `FORBIDDEN` for more than its
   * maker may, `CONFLICT` when its home has too many, or its user is disabled
   */
  create(maker: KeyMaker, key: NewApiKey): Promise<{ key: ApiKey; text: string }>
  /** Those that are good, the oldest first: none that ended with what its user was given. */
  list(home: EndpointId): Promise<readonly ApiKey[]>
  /**
   * What a key is called. Where it is called so already, nothing is written or noted.
   *
   * @throws GatewayError `KEY_NOT_FOUND`, `INVALID_REQUEST`, `CONFLICT`
   */
  rename(key: ChangedKey & { readonly name: string }): Promise<ApiKey>
  /**
   * It is over everywhere within 2 s.
   *
   * @throws GatewayError `KEY_NOT_FOUND`
   */
  revoke(key: ChangedKey): Promise<void>
  /**
   * The same work is done whether or not there is such a key.
   *
   * @param endpointId where it is used; an operator's is good at each
   * @returns undefined for one that is unknown, over, for another endpoint, or has another secret
   */
  prove(text: string, endpointId: EndpointId): Promise<ApiKey | undefined>
}

/** Where keys are listed from; each is found by its id in the state store. */
export interface KeyRows {
  /** Those whose time is not over. */
  list(home: EndpointId): Promise<readonly ApiKey[]>
}
