/** Which keys are good still? What ends a user's tokens ends their keys, and no row of a key says so. */
import { holdsFor, type User, type Users } from '../accounts/accounts.js'
import type { EndpointId } from '../domain/tenant.js'
import type { ApiKey } from './keys.js'

interface SortedKeys {
  readonly good: readonly ApiKey[]
  /** For good: an epoch only rises. */
  readonly dead: readonly ApiKey[]
}

/** Users whose rows are read at a time. */
const AT_A_TIME = 16

/** @param keys of this home; a row is read for each of their users, once */
export async function sortKeys(
  users: Pick<Users, 'readTrace'>,
  home: EndpointId,
  keys: readonly ApiKey[],
): Promise<SortedKeys> {
  const names = [...new Set(keys.map(({ userId }) => userId))]
  const rows = new Map<string, User | undefined>()
  for (let at = 0; at < names.length; at += AT_A_TIME) {
    const read = async (name: string) => void rows.set(name, await users.readTrace(home, name))
    await Promise.all(names.slice(at, at + AT_A_TIME).map(read))
  }
  const isGood = ({ userId, epoch }: ApiKey) => holdsFor(rows.get(userId), { epoch })
  return { good: keys.filter(isGood), dead: keys.filter((key) => !isGood(key)) }
}
