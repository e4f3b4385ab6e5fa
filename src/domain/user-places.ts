/** How much of something each user of an endpoint may have at a time in this process. */
import type { Caller } from './caller.js'

/** @returns the way to leave the place, once; undefined when the user has no place left */
export type TakePlace = (owner: Pick<Caller, 'endpointId' | 'userId'>) => (() => void) | undefined

export function createUserPlaces(maxPerUser: number): TakePlace {
  const taken = new Map<string, number>()
  return ({ endpointId, userId }) => {
    const user = JSON.stringify([endpointId, userId])
    const before = taken.get(user) ?? 0
    if (before >= maxPerUser) return undefined
    taken.set(user, before + 1)
    return () => {
      const left = (taken.get(user) ?? 0) - 1
      if (left > 0) taken.set(user, left)
      else taken.delete(user)
    }
  }
}
