/** Whether a credential holds still, by the rows that vouch for it. */
import type { Credential } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { StateStore } from '../domain/state-store.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Standings, User, Users } from './accounts.js'
import { NOTHING_TAKEN_BACK, type Revocations } from './revocations.js'

export interface StandingsParts {
  readonly users: Pick<Users, 'readTrace'>
  readonly state: Pick<StateStore, 'read'>
  readonly revocations: Pick<Revocations, 'version'>
}

export function createStandings({ users, state, revocations }: StandingsParts): Standings {
  const hasRow = async (home: EndpointId, kind: 'refresh' | 'apikey', id: string | undefined) =>
    id === undefined || (await state.read({ endpointId: home, kind, id })) !== undefined
  return {
    version: (home) => revocations.version(home),
    stands: async (credential, userId) => {
      const { home, signInId, keyId, issuedAt } = credential
      const isFree = signInId === undefined && keyId === undefined && issuedAt === undefined
      // Spares a storm of new connections a read for each of them, where no user was ever stopped.
      if (isFree && (await revocations.version(home)) === NOTHING_TAKEN_BACK) return true
      try {
        const [user, ...rows] = await Promise.all([
          users.readTrace(home, userId),
          hasRow(home, 'refresh', signInId),
          hasRow(home, 'apikey', keyId),
        ])
        return holdsFor(user, credential) && rows.every(Boolean)
      } catch (cause) {
        throw new GatewayError('ACCOUNTS_UNAVAILABLE', 'Who calls cannot be checked now', { cause })
      }
    },
  }
}

/** @param user undefined for one without a row, whom somebody else vouches for */
export function holdsFor(
  user: User | undefined,
  { epoch, issuedAt }: Pick<Credential, 'epoch' | 'issuedAt'>,
): boolean {
  if (user === undefined) return true
  if (user.isDisabled) return false
  return issuedAt === undefined ? epoch >= user.epoch : issuedAt >= Date.parse(user.updatedAt)
}
