/** What a token of an OpenID Connect issuer grants at one endpoint. */
import { FOREIGN_ROLES, type ForeignRole } from '../domain/foreign-role.js'
import type { EndpointId } from '../domain/tenant.js'
import { claimAt, textsIn } from './claims.js'

export interface Pair {
  readonly name: string
  readonly value: string
}

export interface RoleRules {
  /** Claim with roles, or `{endpoint_id}:{role}`. */
  readonly rolesClaim?: string | undefined
  /** What a value of that claim stands for, in place of itself. */
  readonly roleMap: readonly Pair[]
  /** For a token that says nothing of roles and has no scope of ours. */
  readonly defaultRole?: ForeignRole | undefined
}

const ROLE_OF_SCOPE: ReadonlyMap<string, ForeignRole> = new Map([
  ['mcp:read', 'reader'],
  ['mcp:call', 'caller'],
  ['mcp:publish', 'publisher'],
  ['mcp:admin', 'admin'],
])

export interface Granted {
  /** Wherever the token is good. */
  readonly anywhere: readonly ForeignRole[]
  /** At this endpoint by name. */
  readonly here: readonly ForeignRole[]
}

export function rolesGranted(claims: object, endpointId: EndpointId, rules: RoleRules): Granted {
  const claimed = rules.rolesClaim === undefined ? undefined : claimAt(claims, rules.rolesClaim)
  const values = textsIn(claimed).flatMap((value) => meaningsOf(value, rules))
  const byScope = scopesIn(claims).flatMap((scope) => ROLE_OF_SCOPE.get(scope) ?? [])
  const isSilent = claimed === undefined && byScope.length === 0
  const byDefault = isSilent && rules.defaultRole !== undefined ? [rules.defaultRole] : []
  return {
    anywhere: [...new Set([...values.flatMap(toRole), ...byScope, ...byDefault])],
    here: rolesAt(endpointId, values),
  }
}

/** The roles that values like `{endpoint_id}:{role}` give at an endpoint. */
export function rolesAt(endpointId: EndpointId, values: readonly string[]): readonly ForeignRole[] {
  const prefix = `${endpointId}:`
  const own = values.filter((value) => value.startsWith(prefix))
  return [...new Set(own.flatMap((value) => toRole(value.slice(prefix.length))))]
}

function meaningsOf(value: string, { roleMap }: RoleRules): readonly string[] {
  const mapped = roleMap.filter(({ name }) => name === value)
  return mapped.length === 0 ? [value] : mapped.map((entry) => entry.value)
}

function toRole(text: string): readonly ForeignRole[] {
  return FOREIGN_ROLES.filter((role) => role === text)
}

/** `scope` is of RFC 9068; `scp`, as a text or a list, is what some issuers say instead. */
function scopesIn(claims: object): readonly string[] {
  const said = [claimAt(claims, 'scope'), claimAt(claims, 'scp')]
  return said.flatMap(textsIn).flatMap((text) => text.split(' '))
}
