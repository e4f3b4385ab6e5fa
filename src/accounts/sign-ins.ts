/**
 * Signing in by password, and staying signed in: a sign-in is one row; its refresh token is good
 * once and brings the next. An old one that comes back is in two hands, so the sign-in ends for both.
 */
import { ENDPOINT_ID_RULE, GATEWAY_HOME, isEndpointId, type Role } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'
import type { User } from './accounts.js'
import type { FoundSignIn, HeldSignIns } from './held-sign-ins.js'
import {
  type Client,
  createPasswordProof,
  type GivenPassword,
  type PasswordParts,
} from './prove-password.js'
import {
  hasHash,
  hashOf,
  newRefreshToken,
  readRefreshToken,
  type RefreshToken,
  signInIdOf,
  writeRefreshToken,
} from './refresh-tokens.js'
import type { Revocations } from './revocations.js'
import { homeOf } from './user-names.js'

export interface SignIns {
  /**
   * @throws GatewayError `UNAUTHENTICATED` with one message for every reason, `LOCKED_OUT` after
   * too many failures, `BUSY` when too many wait, `INVALID_REQUEST` for what can be no password,
   * `ACCOUNTS_UNAVAILABLE`
   */
  signIn(endpointId: EndpointId, given: GivenPassword, from: Client): Promise<SignedIn>
  /** @throws GatewayError `UNAUTHENTICATED` with one message for every reason, `ACCOUNTS_UNAVAILABLE` */
  refresh(endpointId: EndpointId, refreshToken: string, from: Client): Promise<SignedIn>
  /**
   * Of no effect when it has ended already.
   *
   * @returns whether it is known that there was one
   * @throws GatewayError `ACCOUNTS_UNAVAILABLE`
   */
  end(endpointId: EndpointId, refreshToken: string, from: Client): Promise<boolean>
  /** The same, by what an access token says of where it comes from. */
  endById(home: EndpointId, signInId: string, from: Client): Promise<void>
}

export interface SignedIn {
  readonly accessToken: string
  /** Seconds. */
  readonly expiresInS: number
  readonly refreshToken: string
  /** Seconds, for all of the sign-in: refreshing does not make it longer. Absent where nobody says. */
  readonly refreshExpiresInS?: number | undefined
  readonly roles: readonly Role[]
}

export interface SignInParts extends PasswordParts {
  readonly held: HeldSignIns
  readonly revocations: Pick<Revocations, 'announce'>
  readonly signToken: SignToken
}

/** Makes an access token. */
export type SignToken = (subject: {
  readonly userId: string
  /** The endpoint, or `GATEWAY_HOME`. */
  readonly endpointId: EndpointId
  readonly roles: readonly Role[]
  readonly expiresAt: number
  readonly epoch: number
  readonly signInId: string
}) => Promise<string>

export interface SignInOptions {
  /** How long an access token lasts. */
  readonly accessMs: number
  /** How long a sign-in lasts in all. */
  readonly refreshMs: number
}

export function createSignIns(parts: SignInParts, options: SignInOptions): SignIns {
  const prove = createPasswordProof(parts)
  const available = whileAvailable(parts.log)
  return {
    signIn: (endpointId, given, from) =>
      available(async () => {
        if (!isEndpointId(endpointId))
          throw new GatewayError('FORBIDDEN', `The endpoint id must be ${ENDPOINT_ID_RULE}`)
        const user = await prove(homeOf(given.username, endpointId), given, from)
        const token = newRefreshToken()
        const until = parts.clock.now() + options.refreshMs
        await begin(parts, { user, token, until, from })
        return give(parts, options, { user, token, until })
      }),
    refresh: (endpointId, refreshToken, from) =>
      available(async () => {
        const token = readRefreshToken(refreshToken)
        const found = await find(parts, endpointId, token)
        if (token === undefined) throw notGood()
        if (found === undefined) {
          await tellAgain(parts, endpointId, signInIdOf(token))
          throw notGood()
        }
        const user = await parts.users.read(found.home, found.userId)
        const next = newRefreshToken(token.handle)
        const isFirst =
          hasHash(token, found.secretHash) && (await parts.held.replaceSecret(found, hashOf(next)))
        const isGood = user !== undefined && !user.isDisabled && found.epoch >= user.epoch
        if (isFirst && isGood)
          return give(parts, options, { user, token: next, until: found.expiresAt })
        await end(parts, found, { action: isFirst ? 'signin.over' : 'signin.reused', ...from })
        throw notGood()
      }),
    end: (endpointId, refreshToken, from) =>
      available(async () => {
        const token = readRefreshToken(refreshToken)
        const found = await find(parts, endpointId, token)
        if (found !== undefined) await end(parts, found, { action: 'signout', ...from })
        else if (token !== undefined) await tellAgain(parts, endpointId, signInIdOf(token))
        return found !== undefined
      }),
    endById: (home, signInId, from) =>
      available(async () => {
        const found = await parts.held.find(home, signInId)
        if (found !== undefined) await end(parts, found, { action: 'signout', ...from })
        else await parts.revocations.announce(home)
      }),
  }
}

interface Given {
  readonly user: User
  readonly token: RefreshToken
  /** The end of the sign-in. */
  readonly until: number
}

async function begin(
  { held, revocations, audit }: SignInParts,
  { user, token, until, from }: Given & { from: Client },
): Promise<void> {
  const { home, username: userId, epoch } = user
  const signInId = signInIdOf(token)
  const row = { signInId, userId, epoch, secretHash: hashOf(token), expiresAt: until }
  const tooMany = await held.add(home, row)
  if (tooMany.length > 0) await revocations.announce(home)
  audit.note({ endpointId: home, actor: userId, action: 'signin', target: signInId, ...from })
}

async function give(
  { clock, signToken }: SignInParts,
  { accessMs }: SignInOptions,
  { user, token, until }: Given,
): Promise<SignedIn> {
  const now = clock.now()
  const expiresAt = Math.min(now + accessMs, until)
  const { username: userId, home: endpointId, roles, epoch } = user
  const signInId = signInIdOf(token)
  return {
    accessToken: await signToken({ userId, endpointId, roles, epoch, expiresAt, signInId }),
    expiresInS: Math.floor((expiresAt - now) / 1000),
    refreshToken: writeRefreshToken(token),
    refreshExpiresInS: Math.floor((until - now) / 1000),
    roles,
  }
}

/** An operator's is good at every endpoint. */
async function find(
  { held }: SignInParts,
  endpointId: EndpointId,
  token: RefreshToken | undefined,
) {
  if (token === undefined || !isEndpointId(endpointId)) return undefined
  const signInId = signInIdOf(token)
  return (await held.find(endpointId, signInId)) ?? held.find(GATEWAY_HOME, signInId)
}

async function end(
  { held, revocations, audit }: SignInParts,
  found: FoundSignIn,
  why: { action: string; address: string },
): Promise<void> {
  const { home, userId, signInId } = found
  // Before it as well: so rows are read from now on, even if this process ends with the removal.
  await revocations.announce(home)
  await held.remove(found)
  audit.note({ endpointId: home, actor: userId, target: signInId, ...why })
  await revocations.announce(home)
}

/** Of one that has ended others may not have heard: whoever was to tell them has failed perhaps. */
async function tellAgain(
  { held, revocations }: SignInParts,
  endpointId: EndpointId,
  signInId: string,
): Promise<void> {
  if (!isEndpointId(endpointId)) return
  for (const home of [endpointId, GATEWAY_HOME])
    if (await held.endedLately(home, signInId)) await revocations.announce(home)
}

function notGood(): GatewayError {
  return new GatewayError('UNAUTHENTICATED', 'The refresh token is not good: sign in')
}

/** A store that cannot be asked is nobody's wrong password. */
function whileAvailable(log: Log) {
  return async <Outcome>(work: () => Promise<Outcome>): Promise<Outcome> => {
    try {
      return await work()
    } catch (cause) {
      if (cause instanceof GatewayError) throw cause
      log.error({ err: cause }, 'a sign-in failed')
      throw new GatewayError('ACCOUNTS_UNAVAILABLE', 'Nobody can sign in now', { cause })
    }
  }
}
