/** What may be done to accounts; whatever it takes back is over everywhere within 2 s. */
import type { Audit } from '../audit/audit.js'
import { GATEWAY_HOME, type Role } from '../domain/caller.js'
import { type Clock, toIso } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { User, Users } from './accounts.js'
import type { Passwords } from './passwords.js'
import type { Revocations } from './revocations.js'

/** Each throws GatewayError `CONFLICT` when another one changes the same user at the same time. */
export interface UserChanges {
  /** @throws GatewayError `CONFLICT` when there is one of that name, `INVALID_REQUEST` for the password */
  add(who: Who, user: NewUser): Promise<User>
  /** All that the user was given ends. @throws GatewayError `USER_NOT_FOUND`, `INVALID_REQUEST` */
  setPassword(who: Who, password: string): Promise<User>
  /** Also for one whom somebody else vouches for. All that the user was given ends. */
  disable(who: Who): Promise<User>
  /** What ended stays over. @throws GatewayError `USER_NOT_FOUND` */
  enable(who: Who): Promise<User>
  /** All that the user was given ends; also for one whom somebody else vouches for. */
  revoke(who: Who): Promise<User>
}

export interface Who {
  readonly home: EndpointId
  readonly username: string
  /** Who does it. */
  readonly by: string
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

type Change = (before: User) => Partial<User>

export function createUserChanges(parts: UserChangesParts): UserChanges {
  const { users, passwords, revocations, audit, clock } = parts
  const change = async (who: Who, action: string, to: Change): Promise<User> => {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const before = await users.read(who.home, who.username)
      if (before === undefined) throw notFound(who)
      const after = {
        ...before,
        ...to(before),
        updatedAt: laterThan(before, clock),
        updatedBy: who.by,
      }
      // Before it as well: so rows are read from now on, even if this process ends with the write.
      await revocations.announce(who.home)
      if (await users.replace(before, after)) return tell(parts, after, { who, action })
    }
    throw conflict(who)
  }
  /** Whether or not the user has a row: who has none gets one that cannot sign in. */
  const changeAny = async (who: Who, action: string, to: Change): Promise<User> => {
    const made = withoutPassword(who, clock)
    const first = { ...made, ...to(made) }
    await revocations.announce(who.home)
    if (await users.create(first)) return tell(parts, first, { who, action })
    return change(who, action, to)
  }
  return {
    add: async (who, { roles, password }) => {
      const passwordHash = await passwords.hash(password)
      const user = { ...withoutPassword(who, clock), roles, passwordHash }
      if (!(await users.create(user))) throw conflict(who)
      const { home: endpointId, username: target, by: actor } = who
      // Nothing is taken back by that.
      audit.note({ endpointId, actor, action: 'user.added', target })
      return user
    },
    setPassword: async (who, password) => {
      if ((await users.read(who.home, who.username)) === undefined) throw notFound(who)
      const passwordHash = await passwords.hash(password)
      return change(who, 'user.password', ({ epoch }) => ({ passwordHash, epoch: epoch + 1 }))
    },
    disable: (who) =>
      changeAny(who, 'user.disabled', ({ epoch }) => ({ isDisabled: true, epoch: epoch + 1 })),
    enable: (who) => change(who, 'user.enabled', () => ({ isDisabled: false })),
    revoke: (who) => changeAny(who, 'user.revoked', ({ epoch }) => ({ epoch: epoch + 1 })),
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

/** Later than before, so that a write is never taken for the one that it follows. */
function laterThan({ updatedAt }: User, clock: Clock): string {
  return toIso(Math.max(clock.now(), Date.parse(updatedAt) + 1))
}

async function tell(
  { revocations, audit }: UserChangesParts,
  user: User,
  { who, action }: { who: Who; action: string },
): Promise<User> {
  audit.note({ endpointId: who.home, actor: who.by, action, target: who.username })
  await revocations.announce(who.home)
  return user
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
