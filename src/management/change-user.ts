/** What is done to accounts. The audit's record is written by whoever changes the row. */
import {
  isSubject,
  isUserName,
  MAX_SUBJECT_CHARS,
  type User,
  USER_NAME_RULE,
} from '../accounts/accounts.js'
import { GATEWAY_HOME } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { ManagementContext } from './context.js'
import { isGiven } from './input.js'
import type {
  CreateUserInput,
  DeleteUserInput,
  RevokeUserInput,
  SetUserPasswordInput,
  UpdateUserInput,
} from './schema-types.js'
import type { UserSource } from './sources.js'
import {
  choosePassword,
  demandNoneAbove,
  demandUnlimited,
  demandUser,
  type Meant,
  meantBy,
  rolesToGive,
} from './user-rules.js'

export async function createUser(context: ManagementContext, input: CreateUserInput) {
  demandUnlimited(context.caller)
  const { username } = input
  if (!isUserName(username))
    throw new GatewayError('INVALID_PARAMS', `username: must have ${USER_NAME_RULE}`)
  const meant = meantBy(context, input)
  const roles = rolesToGive(context.caller, input.roles ?? ['CALLER'], meant)
  const { password, made } = choosePassword(input.password)
  const user = await context.parts.userChanges.add(meant, { roles, password })
  return { user: toSource(context, user), password: made, userErrors: [] }
}

export async function updateUser(context: ManagementContext, input: UpdateUserInput) {
  demandUnlimited(context.caller)
  const meant = meantBy(context, input)
  if (isGiven(input.roles)) demandOwnAccount(input, 'roles')
  const user = await changeUser(context, meant, input)
  return { user: toSource(context, user), password: null, userErrors: [] }
}

async function changeUser(context: ManagementContext, meant: Meant, input: UpdateUserInput) {
  const { users, userChanges } = context.parts
  const { roles, isDisabled, ifUpdatedAt } = input
  if (
    isGiven(isDisabled) &&
    !isGiven(roles) &&
    !isGiven(ifUpdatedAt) &&
    isSubject(meant.username)
  ) {
    const hasRow = (await users.read(meant.home, meant.username)) !== undefined
    // Somebody else may vouch for them.
    if (!hasRow) return isDisabled ? userChanges.disable(meant) : userChanges.enable(meant)
  }
  await demandUser(context, meant)
  const given = isGiven(roles) ? rolesToGive(context.caller, roles, meant) : undefined
  return userChanges.update(
    { ...meant, ifUpdatedAt: ifUpdatedAt?.toISOString() },
    { roles: given, isDisabled: isDisabled ?? undefined },
  )
}

export async function setUserPassword(context: ManagementContext, input: SetUserPasswordInput) {
  demandUnlimited(context.caller)
  const meant = meantBy(context, input)
  demandOwnAccount(input, 'username')
  const { password, made } = choosePassword(input.password)
  await demandUser(context, meant)
  const user = await context.parts.userChanges.setPassword(meant, password)
  return { user: toSource(context, user), password: made, userErrors: [] }
}

/** Also of one whom somebody else vouches for: then there is a row from now on. */
export async function revokeUser(context: ManagementContext, input: RevokeUserInput) {
  if (!isSubject(input.username))
    throw new GatewayError(
      'INVALID_PARAMS',
      `username: must have 1 to ${MAX_SUBJECT_CHARS} characters`,
    )
  const meant = meantBy(context, input)
  await demandNoneAbove(context, meant)
  const user = await context.parts.userChanges.revoke(meant)
  return { user: toSource(context, user), password: null, userErrors: [] }
}

export async function deleteUser(context: ManagementContext, input: DeleteUserInput) {
  const meant = meantBy(context, input)
  await demandUser(context, meant)
  const ifUpdatedAt = input.ifUpdatedAt?.toISOString()
  await context.parts.userChanges.remove({ ...meant, ifUpdatedAt })
  return { deletedUsername: meant.username, userErrors: [] }
}

/** An operator is shown at the endpoint in the path, where it names one. */
function toSource({ caller }: ManagementContext, user: User): UserSource {
  return { endpointId: user.home === GATEWAY_HOME ? caller.endpointId : user.home, user }
}

/** @throws GatewayError `INVALID_PARAMS` for one whose name nobody can be added under */
function demandOwnAccount({ username }: { readonly username: string }, field: string): void {
  if (isUserName(username)) return
  const whose = 'only those who were added have roles and a password here'
  throw new GatewayError('INVALID_PARAMS', `${field}: ${whose}, not users of issuers and keys`)
}
