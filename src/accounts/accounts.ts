/** Who has an account here, and does what they were given still stand? The front door of the room. */
import type { Credential, Role } from '../domain/caller.js'
import type { EndpointId } from '../domain/tenant.js'

export {
  createLocalAccounts,
  type LocalAccounts,
  type LocalAccountsParts,
} from './local-accounts.js'
export { createRevocations, type Revocations } from './revocations.js'
export type { SignedIn, SignIns } from './sign-ins.js'
export { createStandings, holdsFor } from './standings.js'
export type { UserChanges } from './user-changes.js'
export {
  homeOf,
  isReservedSubject,
  isSubject,
  isUserName,
  MAX_SUBJECT_CHARS,
  OPERATOR_PREFIX,
  USER_NAME_RULE,
} from './user-names.js'

/** One who signs in with a password, or one whose tokens are refused. */
export interface User {
  /** The endpoint, or `GATEWAY_HOME` for an operator of the whole gateway. */
  readonly home: EndpointId
  /** What tokens name as their subject. */
  readonly username: string
  readonly roles: readonly Role[]
  readonly isDisabled: boolean
  /** Tokens say the one they were given under; it rises when all of them are to end. */
  readonly epoch: number
  /** Absent for one who cannot sign in by password. */
  readonly passwordHash?: string | undefined
  /** True for the trace of one who was removed: disabled, so that what they were given stays over. */
  readonly isRemoved?: boolean | undefined
  /** ISO 8601. */
  readonly createdAt: string
  readonly updatedAt: string
  readonly updatedBy: string
}

export interface Users {
  /** As the last write left it. */
  read(home: EndpointId, username: string): Promise<User | undefined>
  /** The same, and the trace of one who was removed. */
  readTrace(home: EndpointId, username: string): Promise<User | undefined>
  /** @returns false when there is one of that name already, or the trace of one: nothing was written */
  create(user: User): Promise<boolean>
  /** @returns false when it is no longer as it was read: then nothing was written */
  replace(before: User, after: User): Promise<boolean>
  /**
   * In order of name.
   *
   * @param page `after` the last name of the page before, or backward `before` the first
   * @throws GatewayError `CURSOR_INVALID` for what can be no name
   */
  list(home: EndpointId, page: UserPage): Promise<User[]>
}

export interface UserPage {
  readonly after?: string | undefined
  readonly before?: string | undefined
  /** The last ones before it, or of all, in place of the first; in order of name all the same. */
  readonly isBackward?: boolean | undefined
  readonly limit: number
}

/** Whether what was given to somebody holds still. */
export interface Standings {
  /**
   * False when the user is disabled or was given newer tokens only, the sign-in has ended, or the
   * key was revoked. A user without a row is one whom somebody else vouches for.
   *
   * @throws GatewayError `ACCOUNTS_UNAVAILABLE`
   */
  stands(credential: Credential, userId: string): Promise<boolean>
  /** Another one whenever something was taken back at this home; at most 2 s late. */
  version(home: EndpointId): string | Promise<string>
}
