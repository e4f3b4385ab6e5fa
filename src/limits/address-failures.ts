/**
 * Tokens that prove nothing, counted for each address they come from: who guesses is stopped before
 * a signature is checked or a database asked. In this process alone, for it costs nothing then.
 */
import { LRUCache } from 'lru-cache'
import { clientNetwork } from '../domain/client-network.js'
import type { Clock } from '../domain/clock.js'
import { tooManyFailures } from './rate-limited.js'

export interface AddressFailures {
  /** @throws GatewayError `RATE_LIMITED` when too many have come from this address */
  refuse(address: string): void
  count(address: string): void
}

const MINUTE_MS = 60_000
/** Of addresses beyond them the oldest is forgotten. */
const MAX_ADDRESSES = 10_000

/** @param perMinute 0 for any number */
export function createAddressFailures(perMinute: number, clock: Clock): AddressFailures {
  const minutes = new LRUCache<string, { failures: number; readonly endsAt: number }>({
    max: MAX_ADDRESSES,
  })
  return {
    refuse: (address) => {
      if (perMinute === 0 || minutes.size === 0) return
      const minute = minutes.get(clientNetwork(address))
      const now = clock.now()
      if (minute === undefined || minute.failures < perMinute || now >= minute.endsAt) return
      throw tooManyFailures(perMinute, minute.endsAt - now)
    },
    count: (address) => {
      if (perMinute === 0) return
      const network = clientNetwork(address)
      const minute = minutes.get(network)
      const now = clock.now()
      if (minute === undefined || now >= minute.endsAt)
        minutes.set(network, { failures: 1, endsAt: now + MINUTE_MS })
      else minute.failures += 1
    },
  }
}
