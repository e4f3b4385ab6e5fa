/** How many streams may stand open without a call: a place for each. */
import type { Authenticator } from '../auth/auth.js'
import type { Caller } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import { createUserPlaces } from '../domain/user-places.js'

export interface StandingPlaces {
  /**
   * @throws GatewayError `BUSY` when this instance or the user has no place left, see
   * `readStreamLimit`; `SHUTTING_DOWN` when the server closes
   */
  take(owner: Caller): Place
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

/**
 * @param closing frees all places, for good
 * @param watch frees the place of one whose credentials are over or were taken back
 */
export function createStandingPlaces(
  closing: AbortSignal,
  watch: Authenticator['watch'],
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
      if (taken.size >= maxPlaces)
        throw tooManyStreams('total', 'Too many streams are open at this server: try again later')
      const leaveUser = enter(owner)
      if (leaveUser === undefined)
        throw tooManyStreams(
          'user',
          `Too many streams are open, a user may have ${maxPerUser}: close one first`,
        )
      const controller = new AbortController()
      const place: Place = {
        signal: controller.signal,
        leave: () => {
          if (taken.delete(place)) leaveUser()
          stopWatching()
          controller.abort()
        },
      }
      const stopWatching = watch(owner, place.leave)
      taken.add(place)
      return place
    },
  }
}

/** Which limit stood in the way: the user's own, or that of this instance. */
export type StreamLimit = 'user' | 'total'

export function tooManyStreams(limit: StreamLimit, message: string): GatewayError {
  return new GatewayError('BUSY', message, { data: { limit } })
}

/** @returns undefined for everything else that is thrown */
export function readStreamLimit(error: unknown): StreamLimit | undefined {
  if (!(error instanceof GatewayError) || error.code !== 'BUSY') return undefined
  const limit = error.data?.['limit']
  return limit === 'user' || limit === 'total' ? limit : undefined
}
