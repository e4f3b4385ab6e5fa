/** What is done to accounts. The audit's record is written by whoever changes the row. */
import { isSubject, isUserName, MAX_SUBJECT_CHARS, USER_NAME_RULE } from '../accounts/accounts.js'
import { GatewayError } from '../domain/errors.js'
import type { ManagementContext } from './context.js'
import type {
  CreateUserInput,
  DeleteUserInput,
  RevokeUserInput,
  SetUserPasswordInput,
  UpdateUserInput,
} from './schema-types.js'
import {
  choosePassword,
  demandNoneAbove,
  demandUnlimited,
  demandUser,
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
  return { user: { endpointId: user.home, user }, password: made, userErrors: [] }
}

export async function updateUser(context: ManagementContext, input: UpdateUserInput) {
  demandUnlimited(context.caller)
  const meant = meantBy(context, input)
  await demandUser(context, meant)
  const { roles, isDisabled, ifUpdatedAt } = input
  const given = roles && rolesToGive(context.caller, roles, meant)
  const user = await context.parts.userChanges.update(
    { ...meant, ifUpdatedAt: ifUpdatedAt?.toISOString() },
    { roles: given ?? undefined, isDisabled: isDisabled ?? undefined },
  )
  return { user: { endpointId: user.home, user }, password: null, userErrors: [] }
}

export async function setUserPassword(context: ManagementContext, input: SetUserPasswordInput) {
  demandUnlimited(context.caller)
  const meant = meantBy(context, input)
  const { password, made } = choosePassword(input.password)
  await demandUser(context, meant)
  const user = await context.parts.userChanges.setPassword(meant, password)
  return { user: { endpointId: user.home, user }, password: made, userErrors: [] }
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
  return { user: { endpointId: user.home, user }, password: null, userErrors: [] }
}

export async function deleteUser(context: ManagementContext, input: DeleteUserInput) {
  const meant = meantBy(context, input)
  await demandUser(context, meant)
  const ifUpdatedAt = input.ifUpdatedAt?.toISOString()
  await context.parts.userChanges.remove({ ...meant, ifUpdatedAt })
  return { deletedUsername: meant.username, userErrors: [] }
}
