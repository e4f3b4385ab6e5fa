import { isUserName, USER_NAME_RULE } from '../accounts/accounts.js'
import type { Role } from '../domain/caller.js'
import { onlyOne, readArguments } from './arguments.js'
import type { Program } from './program.js'
import { UsageError } from './usage-error.js'
import { atUser, HOME_OPTIONS, placeOf, toUsername } from './users.js'
import { PASSWORD_OPTIONS, readNewPassword } from './users-secret.js'

const ENDPOINT_ROLES: readonly Role[] = ['reader', 'caller', 'publisher', 'admin']

/** Adds one who signs in by password: at an endpoint, or as an operator of the whole gateway. */
export async function usersAdd(args: readonly string[], program: Program): Promise<void> {
  const { values, positionals } = readArguments(args, {
    ...HOME_OPTIONS,
    ...PASSWORD_OPTIONS,
    role: { type: 'string', multiple: true },
  })
  const name = onlyOne(positionals, 'users add: expected one NAME')
  if (!isUserName(toUsername(name, values.operator)))
    throw new UsageError(`users add: NAME must have ${USER_NAME_RULE}`)
  const isOperator = toUsername(name, values.operator).includes(':')
  const roles = readRoles(values.role, isOperator)
  const password = await readNewPassword(program, values)
  await atUser(program, { ...values, name }, async ({ userChanges }, whose) => {
    await userChanges.add(whose, { roles, password })
    program.stdout.write(`${whose.username} ${placeOf(whose)}: added as ${roles.join(', ')}\n`)
    if (values.generate) program.stdout.write(`Password, shown this once: ${password}\n`)
  })
}

function readRoles(typed: readonly string[] | undefined, isOperator: boolean): readonly Role[] {
  if (isOperator && typed !== undefined)
    throw new UsageError('--role: expected without an operator, who may do everything')
  if (isOperator) return ['operator']
  const roles = ENDPOINT_ROLES.filter((role) => (typed ?? ['caller']).includes(role))
  const isKnown = (text: string) => ENDPOINT_ROLES.some((role) => role === text)
  if (typed?.every(isKnown) === false)
    throw new UsageError(`--role: expected one of ${ENDPOINT_ROLES.join(', ')}`)
  return roles
}
