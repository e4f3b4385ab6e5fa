/** Is it the user's password? Whatever stands against it, the answer is one, and costs the same. */
import type { Audit } from '../audit/audit.js'
import { clientNetwork } from '../domain/client-network.js'
import { type Clock, toIso } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import { createPlaces, type TakePlaceOf } from '../domain/places.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'
import type { User, Users } from './accounts.js'
import type { Lockout } from './lockout.js'
import { tooManyPasswords } from './password-thread.js'
import { demandPassword, type Passwords } from './passwords.js'

export interface GivenPassword {
  readonly username: string
  readonly password: string
}

export interface Client {
  readonly address: string
}

export interface PasswordParts {
  readonly users: Pick<Users, 'read' | 'replace'>
  readonly passwords: Pick<Passwords, 'hash' | 'check'>
  readonly lockout: Lockout
  readonly audit: Pick<Audit, 'note'>
  readonly clock: Clock
  readonly log: Log
}

/**
 * @param home where the user's account would be
 * @throws GatewayError `UNAUTHENTICATED`, `LOCKED_OUT`, `BUSY`, `INVALID_REQUEST`
 */
export type ProvePassword = (home: EndpointId, given: GivenPassword, from: Client) => Promise<User>

/** Sign-ins under way of one client: it takes nobody else's turn. */
const MAX_OF_CLIENT = 8

/** Sign-ins of one endpoint that may wait for their password: others get their turn too. */
const MAX_WAITING_OF_HOME = 16

export function createPasswordProof(parts: PasswordParts): ProvePassword {
  const enterFrom = createPlaces(MAX_OF_CLIENT)
  const enterHome = createPlaces(MAX_WAITING_OF_HOME)
  return async (home, given, from) => {
    demandPassword(given.password)
    const compare: Compare = (password, hash) =>
      inside(enterHome, home, () => parts.passwords.check(password, hash))
    return inside(enterFrom, clientNetwork(from.address), () =>
      prove(parts, home, { ...given, ...from, compare }),
    )
  }
}

type Compare = Passwords['check']

/** @throws GatewayError `BUSY` when the key has no place left */
async function inside<Result>(
  enter: TakePlaceOf,
  key: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const leave = enter(key)
  if (leave === undefined) throw tooManyPasswords()
  try {
    return await work()
  } finally {
    leave()
  }
}

async function prove(
  parts: PasswordParts,
  home: EndpointId,
  { username, password, address, compare }: GivenPassword & Client & { compare: Compare },
): Promise<User> {
  const { users, lockout } = parts
  const user = await users.read(home, username)
  const attempt = await lockout.begin({ home, username, epoch: user?.epoch ?? 0, address })
  const check = await compare(password, user?.passwordHash).catch(async (error: unknown) => {
    // What could not be checked was no guess.
    await attempt.withdraw()
    throw error
  })
  if (user === undefined || !check.isRight || user.isDisabled)
    throw refuse(parts, home, { user, address })
  await attempt.succeeded()
  if (check.isWeak) await strengthen(parts, user, password)
  return user
}

/** Of one who is unknown not even the name is kept: it may be a password in the wrong place. */
function refuse(
  { audit }: Pick<PasswordParts, 'audit'>,
  home: EndpointId,
  { user, address }: { user: User | undefined; address: string },
): GatewayError {
  const event = { endpointId: home, actor: 'anonymous', action: 'signin.refused', address }
  audit.note({ ...event, target: user?.username })
  return new GatewayError('UNAUTHENTICATED', 'The user name or password is wrong')
}

/** Hashes it with the work that is asked for now; where that cannot be done, at the next sign-in. */
async function strengthen(
  { passwords, users, clock, log }: PasswordParts,
  user: User,
  password: string,
): Promise<void> {
  try {
    const passwordHash = await passwords.hash(password)
    await users.replace(user, { ...user, passwordHash, updatedAt: toIso(clock.now()) })
  } catch (err) {
    log.warn({ err, home: user.home }, 'a password could not be hashed anew')
  }
}
