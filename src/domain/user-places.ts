/** How much of something each user of an endpoint may have at a time in this process. */
import type { Caller } from './caller.js'
import { createPlaces } from './places.js'

/** @returns the way to leave the place, once; undefined when the user has no place left */
export type TakePlace = (owner: Pick<Caller, 'endpointId' | 'userId'>) => (() => void) | undefined

export function createUserPlaces(maxPerUser: number): TakePlace {
  const enter = createPlaces(maxPerUser)
  return ({ endpointId, userId }) => enter(JSON.stringify([endpointId, userId]))
}
