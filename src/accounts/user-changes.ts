/** What may be done to accounts; whatever it takes back is over everywhere within 2 s. */
import type { Audit } from '../audit/audit.js'
import { GATEWAY_HOME, type Role, ROLES } from '../domain/caller.js'
import { type Clock, toIso } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import { createPlaces } from '../domain/places.js'
import type { EndpointId } from '../domain/tenant.js'
import type { User, Users } from './accounts.js'
import type { Passwords } from './passwords.js'
import type { Revocations } from './revocations.js'
import { isUserName } from './user-names.js'
import { createUser, laterThan, replaceUser } from './user-writes.js'

/** Each throws GatewayError `CONFLICT` when another one changes the same user at the same time. */
export interface UserChanges {
  /**
   * Also in the place of one who was removed: what that one was given stays over.
   *
   * @throws GatewayError `CONFLICT` when there is one of that name, `INVALID_REQUEST` for the password
   * or for roles that nobody has there, `BUSY` while too many passwords are set
   */
  add(who: Who, user: NewUser): Promise<User>
  /** All that the user was given ends. @throws GatewayError `USER_NOT_FOUND`, `INVALID_REQUEST`, `BUSY` */
  setPassword(who: Who, password: string): Promise<User>
  /**
   * What they may be, or whether they may come. All that the user was given ends, as far as it was given
   * with other roles or is refused now. Where all is so already, nothing is written or noted.
   *
   * @throws GatewayError `USER_NOT_FOUND`; `CONFLICT` when it was changed since `ifUpdatedAt`;
   * `INVALID_REQUEST` for roles that nobody has there
   */
  update(who: Guarded, change: UserUpdate): Promise<User>
  /** All that the user was given ends, for good. @throws as `update` */
  remove(who: Guarded): Promise<void>
  /**
   * Also for one whom somebody else vouches for. All that the user was given ends.
   *
   * @throws GatewayError `USER_NOT_FOUND` for one who was removed: nothing comes back from there
   */
  disable(who: Who): Promise<User>
  /**
   * What ended stays over. Also for one who was removed, where they cannot be added anew because somebody
   * else vouches for them.
   *
   * @throws GatewayError `USER_NOT_FOUND`
   */
  enable(who: Who): Promise<User>
  /** All that the user was given ends; also for one whom somebody else vouches for. @throws as `disable` */
  revoke(who: Who): Promise<User>
}

export interface Who {
  readonly home: EndpointId
  readonly username: string
  /** Who does it. */
  readonly by: string
  /** Of their client, where there is one. */
  readonly address?: string | undefined
}

/** Somebody as they were seen: their `updatedAt` then, ISO 8601. */
export interface Guarded extends Who {
  readonly ifUpdatedAt?: string | undefined
}

/** What is absent stays. */
export interface UserUpdate {
  readonly roles?: readonly Role[] | undefined
  readonly isDisabled?: boolean | undefined
}

export interface NewUser {
  readonly roles: readonly Role[]
  readonly password: string
}

export interface UserChangesParts {
  readonly users: Users
  readonly passwords: Pick<Passwords, 'hash'>
  readonly revocations: Pick<Revocations, 'announce'>
  readonly audit: Pick<Audit, 'note'>
  readonly clock: Clock
}

/** Of a write that others are ahead of. */
const MAX_TRIES = 5

/** Passwords of one home that are set at a time: whoever signs in waits behind them. */
const MAX_SET_AT_A_TIME = 4

/** Places to wait in that whoever signs in has to themselves. */
const PLACES_OF_SIGN_INS = 16

/** @returns undefined where there is nothing to change */
type Change = (before: User) => Partial<User> | undefined

/** Of one who is removed: whoever had something of that name has it no more. */
const TRACE = { roles: [], isDisabled: true, passwordHash: undefined, isRemoved: true } as const

export function createUserChanges(parts: UserChangesParts): UserChanges {
  const { users, clock } = parts
  const hash = createSetting(parts)
  const change = async (who: Guarded, action: string, to: Change): Promise<User> => {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const before = await users.read(who.home, who.username)
      if (before === undefined) throw notFound(who)
      if (isOutdated(who, before)) throw conflict(who)
      const changed = to(before)
      if (changed === undefined) return before
      const written = { updatedAt: laterThan(before, clock), updatedBy: who.by }
      const after = { ...before, ...changed, ...written }
      if (await replaceUser(from(parts, who), { before, after, action })) return after
    }
    throw conflict(who)
  }
  /** Whether or not the user has a row: who has none gets one that cannot sign in. */
  const changeAny = async (who: Who, action: string, to: Change): Promise<User> => {
    const made = withoutPassword(who, clock)
    const created = await createUser(from(parts, who), { ...made, ...to(made) }, action)
    return created ?? change(who, action, to)
  }
  return {
    add: async (who, { roles, password }) => {
      demandRolesOf(who, roles)
      if ((await users.read(who.home, who.username)) !== undefined) throw conflict(who)
      const passwordHash = await hash(who, password)
      const user = { ...withoutPassword(who, clock), roles, passwordHash }
      const added = await createUser(from(parts, who), user, 'user.added')
      if (added === undefined) throw conflict(who)
      return added
    },
    setPassword: async (who, password) => {
      if ((await users.read(who.home, who.username)) === undefined) throw notFound(who)
      const passwordHash = await hash(who, password)
      return change(who, 'user.password', ({ epoch }) => ({ passwordHash, epoch: epoch + 1 }))
    },
    update: async (who, wanted) => {
      if (wanted.roles !== undefined) demandRolesOf(who, wanted.roles)
      return change(who, 'user.updated', (before) => updated(before, wanted))
    },
    remove: async (who) => {
      await change(who, 'user.removed', ({ epoch }) => ({ ...TRACE, epoch: epoch + 1 }))
    },
    disable: (who) =>
      changeAny(who, 'user.disabled', ({ epoch }) => ({ isDisabled: true, epoch: epoch + 1 })),
    enable: async (who) =>
      (await readmit(parts, who)) ?? change(who, 'user.enabled', () => ({ isDisabled: false })),
    revoke: (who) => changeAny(who, 'user.revoked', ({ epoch }) => ({ epoch: epoch + 1 })),
  }
}

/** @returns undefined for one who was not removed, or who can be added */
async function readmit(parts: UserChangesParts, who: Who): Promise<User | undefined> {
  if (isUserName(who.username)) return undefined
  const before = await parts.users.readTrace(who.home, who.username)
  if (before?.isRemoved !== true) return undefined
  const written = { updatedAt: laterThan(before, parts.clock), updatedBy: who.by }
  const after = { ...before, ...written, isDisabled: false, isRemoved: undefined }
  return (await replaceUser(from(parts, who), { before, after, action: 'user.enabled' }))
    ? after
    : undefined
}

/** The same, and the audit is told whose client did it. */
function from(parts: UserChangesParts, { address }: Who): UserChangesParts {
  if (address === undefined) return parts
  return { ...parts, audit: { note: (event) => parts.audit.note({ ...event, address }) } }
}

/** However many are set, others can sign in. @returns hashes what becomes somebody's password */
function createSetting({ passwords }: Pick<UserChangesParts, 'passwords'>) {
  const enter = createPlaces(MAX_SET_AT_A_TIME)
  return async ({ home }: Who, password: string): Promise<string> => {
    const leave = enter(home)
    if (leave === undefined) throw tooManySet()
    try {
      return await passwords.hash(password, PLACES_OF_SIGN_INS)
    } finally {
      leave()
    }
  }
}

function withoutPassword({ home, username, by }: Who, clock: Clock): User {
  const now = toIso(clock.now())
  return {
    home,
    username,
    roles: [],
    isDisabled: false,
    epoch: 0,
    createdAt: now,
    updatedAt: now,
    updatedBy: by,
  }
}

/** What was given with other roles, or to one who may not come any longer, ends. */
function updated(before: User, wanted: UserUpdate): Partial<User> | undefined {
  const { isDisabled = before.isDisabled } = wanted
  const roles = ROLES.filter((role) => (wanted.roles ?? before.roles).includes(role))
  const hasOthers = ROLES.some((role) => roles.includes(role) !== before.roles.includes(role))
  if (!hasOthers && isDisabled === before.isDisabled) return undefined
  const ends = hasOthers || (isDisabled && !before.isDisabled)
  return { roles, isDisabled, epoch: before.epoch + (ends ? 1 : 0) }
}

function isOutdated({ ifUpdatedAt }: Guarded, { updatedAt }: User): boolean {
  return ifUpdatedAt !== undefined && Date.parse(ifUpdatedAt) !== Date.parse(updatedAt)
}

/** @throws GatewayError `INVALID_REQUEST` */
function demandRolesOf({ home }: Who, roles: readonly Role[]): void {
  const isOperators = home === GATEWAY_HOME
  if (roles.every((role) => (role === 'operator') === isOperators)) return
  const message = 'roles: operator is the one role of users of the whole gateway, and of no others'
  throw new GatewayError('INVALID_REQUEST', message)
}

function tooManySet(): GatewayError {
  const message = `${MAX_SET_AT_A_TIME} passwords are being set there already: try again in a moment`
  return new GatewayError('BUSY', message, { data: { retryAfterS: 1 } })
}

function notFound({ home, username }: Who): GatewayError {
  return new GatewayError('USER_NOT_FOUND', `There is no user ${username} ${placeOf(home)}`)
}

function conflict({ home, username }: Who): GatewayError {
  const message = `User ${username} ${placeOf(home)} is there already, or was changed just now`
  return new GatewayError('CONFLICT', message)
}

function placeOf(home: EndpointId): string {
  return home === GATEWAY_HOME ? 'of the whole gateway' : `at endpoint ${home}`
}
