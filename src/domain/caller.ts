/** What a caller may do at an endpoint; `operator` may do everything at every endpoint. */
export const ROLES = ['reader', 'caller', 'publisher', 'admin', 'operator'] as const

export type Role = (typeof ROLES)[number]

/** Who is calling, and for which tenant. Every room receives the tenant through this value. */
export interface Caller {
  readonly endpointId: string
  readonly userId: string
  readonly roles: readonly Role[]
  /** When what proved this is over, in milliseconds since 1970; absent for what does not end. */
  readonly expiresAt?: number | undefined
}

const PUBLISHERS: ReadonlySet<Role> = new Set(['publisher', 'admin', 'operator'])

/** True for who may upload bundles and change which version is active. */
export function mayPublish({ roles }: Pick<Caller, 'roles'>): boolean {
  return roles.some((role) => PUBLISHERS.has(role))
}

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
