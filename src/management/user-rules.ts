/** What a caller may do to whose account: never more than is their own. */
import { randomBytes } from 'node:crypto'
import { OPERATOR_PREFIX, type User } from '../accounts/accounts.js'
import { type Caller, GATEWAY_HOME, type Role, ROLES } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { ManagementContext } from './context.js'
import { toRole } from './enums.js'
import type { InputMaybe, Role as RoleName } from './schema-types.js'

/** Whose account a mutation is about, as its input names them. */
interface NamedUser {
  readonly endpointId?: InputMaybe<string>
  readonly username: string
}

export interface Meant {
  readonly home: EndpointId
  readonly username: string
  /** Who does it. */
  readonly by: string
  /** Of their client. */
  readonly address: string
}

const MIN_PASSWORD_CHARS = 12
const MAX_PASSWORD_BYTES = 72
/** Of one that is made: as base64url it has 32 characters. */
const MADE_BYTES = 24

/**
 * At their endpoint, or among the operators of the whole gateway: of those only operators are told
 * anything.
 *
 * @throws GatewayError `FORBIDDEN`, `INVALID_PARAMS`
 */
export function meantBy(context: ManagementContext, { endpointId, username }: NamedUser): Meant {
  const { address } = context
  const by = context.caller.userId
  if (!username.startsWith(OPERATOR_PREFIX))
    return { home: context.at(endpointId).endpointId, username, by, address }
  if (!context.caller.roles.includes('operator'))
    throw new GatewayError('FORBIDDEN', 'Operators of the whole gateway are changed by operators')
  return { home: GATEWAY_HOME, username, by, address }
}

/** The user as they are. @throws GatewayError `USER_NOT_FOUND`, `FORBIDDEN` for one above the caller */
export async function demandUser(context: ManagementContext, meant: Meant): Promise<User> {
  const user = await context.parts.users.read(meant.home, meant.username)
  if (user === undefined) throw new GatewayError('USER_NOT_FOUND', 'There is no such user')
  demandNotAbove(context.caller, user.roles)
  return user
}

/** Of one who has an account, if they have one. @throws GatewayError `FORBIDDEN` */
export async function demandNoneAbove(context: ManagementContext, meant: Meant): Promise<void> {
  const user = await context.parts.users.read(meant.home, meant.username)
  demandNotAbove(context.caller, user?.roles ?? [])
}

function demandNotAbove(caller: Caller, roles: readonly Role[]): void {
  if (rankOf(roles) > rankOf(caller.roles))
    throw new GatewayError('FORBIDDEN', 'The user may do more than you: ask one who may as much')
}

/**
 * Roles that a user is given. Of an operator of the whole gateway it is one, said or not.
 *
 * @throws GatewayError `INVALID_PARAMS`; `FORBIDDEN` for more than its giver has
 */
export function rolesToGive(
  caller: Caller,
  names: readonly RoleName[],
  { home }: Pick<Meant, 'home'>,
): readonly Role[] {
  const roles = [...new Set(names.map(toRole))]
  if (roles.length === 0)
    throw new GatewayError('INVALID_PARAMS', 'roles: must name one role at least')
  if (rankOf(roles) > rankOf(caller.roles))
    throw new GatewayError('FORBIDDEN', 'Nobody gives a role above their own')
  if (home === GATEWAY_HOME) return ['operator']
  if (!roles.includes('operator')) return roles
  throw new GatewayError(
    'INVALID_PARAMS',
    `roles: OPERATOR is for users whose name begins with ${OPERATOR_PREFIX}`,
  )
}

/** A key for a few functions makes nobody who may call others. @throws GatewayError `FORBIDDEN` */
export function demandUnlimited({ functions }: Caller): void {
  if (functions === undefined) return
  throw new GatewayError('FORBIDDEN', 'A key that is limited to functions can change no users')
}

interface ChosenPassword {
  readonly password: string
  /** The same where it was made here: it is shown once. */
  readonly made: string | null
}

/** @param given nothing: one is made. @throws GatewayError `INVALID_PARAMS` */
export function choosePassword(given: InputMaybe<string> | undefined): ChosenPassword {
  if (given === null || given === undefined) {
    const made = randomBytes(MADE_BYTES).toString('base64url')
    return { password: made, made }
  }
  const text = given.normalize('NFC')
  const isLong = Array.from(text).length >= MIN_PASSWORD_CHARS
  if (isLong && Buffer.byteLength(text) <= MAX_PASSWORD_BYTES && !text.includes('\0'))
    return { password: given, made: null }
  throw new GatewayError(
    'INVALID_PARAMS',
    `password: must have ${MIN_PASSWORD_CHARS} characters or more, ${MAX_PASSWORD_BYTES} bytes or less in UTF-8, and no NUL`,
  )
}

function rankOf(roles: readonly Role[]): number {
  return Math.max(-1, ...roles.map((role) => ROLES.indexOf(role)))
}
