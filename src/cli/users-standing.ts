import type { Program } from './program.js'
import { UsageError } from './usage-error.js'
import { isSubject, MAX_SUBJECT_CHARS } from '../accounts/accounts.js'
import { changeUser } from './users.js'

/** Ends all that a user was given, and lets nothing new in; also of one who has no password here. */
export function usersDisable(args: readonly string[], program: Program): Promise<void> {
  return changeUser(args, program, {
    command: 'disable',
    said: 'disabled, and all that was given ended',
    change: ({ userChanges }, whose) => {
      refuseNobody(whose.username)
      return userChanges.disable(whose)
    },
  })
}

/** Ends all that a user was given; signing in anew is not prevented. */
export function usersRevoke(args: readonly string[], program: Program): Promise<void> {
  return changeUser(args, program, {
    command: 'revoke',
    said: 'all that was given ended',
    change: ({ userChanges }, whose) => {
      refuseNobody(whose.username)
      return userChanges.revoke(whose)
    },
  })
}

export function usersEnable(args: readonly string[], program: Program): Promise<void> {
  return changeUser(args, program, {
    command: 'enable',
    said: 'enabled',
    change: ({ userChanges }, whose) => userChanges.enable(whose),
  })
}

/** A row is made for one who has none: it must be for a name that a token can have. */
function refuseNobody(username: string): void {
  if (!isSubject(username))
    throw new UsageError(`users: NAME must have 1 to ${MAX_SUBJECT_CHARS} characters`)
}
