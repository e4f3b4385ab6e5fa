/** Calls of a user pool for strangers: what it may be asked in a second, all of its apps share. */
import { clientNetwork } from '../domain/client-network.js'
import { GatewayError } from '../domain/errors.js'
import { createPlaces } from '../domain/places.js'
import type { Log } from '../telemetry/telemetry.js'

/** @throws GatewayError `BUSY` when too many are under way, and what `call` throws */
export type CallPool = <Outcome>(address: string, call: () => Promise<Outcome>) => Promise<Outcome>

/** Under way at a time. */
const MAX_CALLS = 16
const MAX_CALLS_OF_ADDRESS = 4

/** For one who found no place, in seconds. */
const RETRY_AFTER_S = 1

/** A pool that cannot be asked is a line of the log. */
export function createPoolCalls(log: Log): CallPool {
  const enter = createPlaces(MAX_CALLS)
  const enterOf = createPlaces(MAX_CALLS_OF_ADDRESS)
  return async (address, call) => {
    const leaveOf = enterOf(clientNetwork(address))
    const leave = leaveOf && enter('all')
    try {
      if (leave === undefined) throw tooMany()
      return await call()
    } catch (error) {
      const isAway = error instanceof GatewayError && error.code === 'ACCOUNTS_UNAVAILABLE'
      if (isAway) log.error({ err: error.cause ?? error }, 'Cognito could not be asked')
      throw error
    } finally {
      leave?.()
      leaveOf?.()
    }
  }
}

function tooMany(): GatewayError {
  const message = 'Too many sign in at the same time: try again'
  return new GatewayError('BUSY', message, { data: { retryAfterS: RETRY_AFTER_S } })
}
