/** What a caller may do at an endpoint; `operator` may do everything at every endpoint. */
import type { EndpointId } from './tenant.js'

export const ROLES = ['reader', 'caller', 'publisher', 'admin', 'operator'] as const

export type Role = (typeof ROLES)[number]

/** Who is calling, and for which tenant. Every room receives the tenant through this value. */
export interface Caller {
  readonly endpointId: EndpointId
  readonly userId: string
  readonly roles: readonly Role[]
  /** When what proved this is over, in milliseconds since 1970; absent for what does not end. */
  readonly expiresAt?: number | undefined
  /** What proved it, where that can be taken back. */
  readonly credential?: Credential | undefined
  /**
   * The only functions that it may call or see, as `isFunctionGlob` takes them; absent where the
   * credential is good for all that its user may call.
   */
  readonly functions?: readonly string[] | undefined
}

/** What vouches for a caller: as long as all of it stands, so does the caller. */
export interface Credential {
  /** Whose rows these are: an endpoint's, or `*` for those of the whole gateway. */
  readonly home: EndpointId
  /** Of its user when it was given; the user's rises when everything given before is to end. */
  readonly epoch: number
  /** The sign-in that it comes from. */
  readonly signInId?: string | undefined
  /** The API key that it is. */
  readonly keyId?: string | undefined
  /**
   * When it was given by somebody else, who knows of no epochs, in milliseconds since 1970: then
   * this counts, and what is older than the last change of its user is over.
   */
  readonly issuedAt?: number | undefined
}

/** Home of users and keys of the whole gateway: operators. No endpoint can be called that. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a constant
export const GATEWAY_HOME = '*' as EndpointId

/** Of a bundle that is looked at before it is anybody's; nothing is kept under it. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a constant
export const NO_ENDPOINT = 'scratch' as EndpointId

const ENDPOINT_ID = /^[a-z0-9][a-z0-9_-]{0,62}$/

/** First path segments that are routes of their own, so no tenant can shadow them. */
const RESERVED = new Set(['mcp', 'graphql', 'healthz', 'readyz', 'metrics', 'live', 'auth'])

/** What `isEndpointId` expects, for error messages. */
export const ENDPOINT_ID_RULE =
  '1 to 63 of a-z, 0-9, - and _, beginning with a letter or digit, and no reserved word'

/** True for an id that may name a tenant: it is safe in paths, keys and file names. */
export function isEndpointId(text: string): boolean {
  return ENDPOINT_ID.test(text) && !RESERVED.has(text)
}
