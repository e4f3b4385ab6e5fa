/** How many streams may stand open without a call: a place for each. */
import type { Caller } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import { createUserPlaces } from '../domain/user-places.js'

export interface StandingPlaces {
  /**
   * @throws GatewayError `BUSY` when this instance or the user has no place left; `SHUTTING_DOWN`
   * when the server closes
   */
  take(owner: Pick<Caller, 'endpointId' | 'userId'>): Place
}

export interface Place {
  /** Aborted when the place is left, by itself or because the server closes. */
  readonly signal: AbortSignal
  readonly leave: () => void
}

export interface PlaceLimits {
  /** In this instance. Default: 10,000. */
  readonly maxPlaces?: number | undefined
  /** For a user of an endpoint. Default: 100. */
  readonly maxPerUser?: number | undefined
}

/** @param closing frees all places, for good */
export function createStandingPlaces(
  closing: AbortSignal,
  { maxPlaces = 10_000, maxPerUser = 100 }: PlaceLimits = {},
): StandingPlaces {
  const taken = new Set<Place>()
  const enter = createUserPlaces(maxPerUser)
  closing.addEventListener('abort', () => {
    for (const place of taken) place.leave()
  })

  return {
    take: (owner) => {
      if (closing.aborted) throw new GatewayError('SHUTTING_DOWN', 'This server is shutting down')
      const leaveUser = taken.size < maxPlaces ? enter(owner) : undefined
      if (leaveUser === undefined) throw busy(maxPerUser)
      const controller = new AbortController()
      const place: Place = {
        signal: controller.signal,
        leave: () => {
          if (taken.delete(place)) leaveUser()
          controller.abort()
        },
      }
      taken.add(place)
      return place
    },
  }
}

function busy(maxPerUser: number): GatewayError {
  return new GatewayError(
    'BUSY',
    `Too many streams are open, a user may have ${maxPerUser}: close one, or try again later`,
  )
}
