/** What a role lets its holder do at an endpoint. Each role may do what those before it may. */
import { type Caller, type Role, ROLES } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'

/** In rising order: whoever has one has those before it. */
export const RIGHTS = ['read', 'call', 'publish', 'admin'] as const

/**
 * `read`: lists, resources, prompts, completions and what has changed. `call`: tools, and what goes
 * on in the background. `publish`: bundles. `admin`: users, keys, settings, access.
 */
export type Right = (typeof RIGHTS)[number]

const ROLE_OF: Record<Right, Role> = {
  read: 'reader',
  call: 'caller',
  publish: 'publisher',
  admin: 'admin',
}

type Roles = Pick<Caller, 'roles'>

/** The place of the highest role among `ROLES`; -1 for who has none. */
export function rankOf({ roles }: Roles): number {
  return roles.reduce((highest, role) => Math.max(highest, ROLES.indexOf(role)), -1)
}

export function hasRight(caller: Roles, right: Right): boolean {
  return rankOf(caller) >= ROLES.indexOf(ROLE_OF[right])
}

/** The least role that has it. */
export function roleFor(right: Right): Role {
  return ROLE_OF[right]
}

/** The scopes that a token needs for it, all of them: one asks for what it has and what is new. */
export function scopesFor(right: Right): string {
  const upTo = RIGHTS.slice(0, RIGHTS.indexOf(right) + 1)
  return upTo.map((each) => `mcp:${each}`).join(' ')
}

/** @throws GatewayError `INSUFFICIENT_SCOPE`, with the scopes that are needed */
export function demandRight(caller: Roles, right: Right): void {
  if (hasRight(caller, right)) return
  throw new GatewayError(
    'INSUFFICIENT_SCOPE',
    `This needs the right "${right}": the role ${roleFor(right)}, or one above it`,
    { data: { scope: scopesFor(right) } },
  )
}
