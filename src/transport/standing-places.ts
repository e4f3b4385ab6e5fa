/** How many streams may stand open without a call: a place for each. */
import { GatewayError } from '../domain/errors.js'

export interface StandingPlaces {
  /**
   * @throws GatewayError `BUSY` when this instance or the user has no place left; `SHUTTING_DOWN`
   * when the server closes
   */
  take(owner: Owner): Place
}

export interface Place {
  /** Aborted when the place is left, by itself or because the server closes. */
  readonly signal: AbortSignal
  readonly leave: () => void
}

interface Owner {
  readonly endpointId: string
  readonly userId: string
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
  const perUser = new Map<string, number>()
  closing.addEventListener('abort', () => {
    for (const place of taken) place.leave()
  })

  const free = (place: Place, user: string) => {
    if (!taken.delete(place)) return
    const left = (perUser.get(user) ?? 0) - 1
    if (left > 0) perUser.set(user, left)
    else perUser.delete(user)
  }

  return {
    take: ({ endpointId, userId }) => {
      if (closing.aborted) throw new GatewayError('SHUTTING_DOWN', 'This server is shutting down')
      const user = JSON.stringify([endpointId, userId])
      const count = perUser.get(user) ?? 0
      if (taken.size >= maxPlaces || count >= maxPerUser) throw busy(maxPerUser)
      perUser.set(user, count + 1)
      const controller = new AbortController()
      const place: Place = {
        signal: controller.signal,
        leave: () => {
          free(place, user)
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
