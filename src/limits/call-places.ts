/** How many calls run at a time, in this process. */
import type { Caller } from '../domain/caller.js'
import { createPlaces, type TakePlaceOf } from '../domain/places.js'
import { createUserPlaces } from '../domain/user-places.js'
import { tooManyAtATime } from './rate-limited.js'

/** Of a call that runs. */
export interface CallPlace {
  /** Of no effect once the call goes on without its request. */
  readonly leave: () => void
  /** The call goes on in the background: whoever waits for it leaves the place now. */
  goOn(): () => void
}

export interface MaxCalls {
  /** 0: as many as come. */
  readonly ofUser: number
  readonly ofEndpoint: number
}

/** @throws GatewayError `RATE_LIMITED` */
export type TakeCallPlace = (caller: Caller) => CallPlace

export function createCallPlaces({ ofUser, ofEndpoint }: MaxCalls): TakeCallPlace {
  const enterUser = ofUser === 0 ? takeAny : createUserPlaces(ofUser)
  const enterEndpoint: TakePlaceOf = ofEndpoint === 0 ? takeAny : createPlaces(ofEndpoint)
  return (caller) => {
    const leaveUser = enterUser(caller)
    if (leaveUser === undefined) throw tooManyAtATime('user', ofUser)
    const leaveEndpoint = enterEndpoint(caller.endpointId)
    if (leaveEndpoint === undefined) {
      leaveUser()
      throw tooManyAtATime('endpoint', ofEndpoint)
    }
    return toPlace(() => {
      leaveUser()
      leaveEndpoint()
    })
  }
}

const takeAny = () => () => undefined

function toPlace(free: () => void): CallPlace {
  let isWithRequest = true
  return {
    leave: () => {
      if (isWithRequest) free()
      isWithRequest = false
    },
    goOn: () => {
      isWithRequest = false
      return free
    },
  }
}
