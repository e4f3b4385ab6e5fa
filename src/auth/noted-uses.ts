/** Whoever calls with a key, or as the operator, is seen: once a minute, from each address. */
import type { Audit } from '../audit/audit.js'
import type { Clock } from '../domain/clock.js'
import { createOnceAMinute } from '../domain/once-a-minute.js'
import type { KeyUses } from '../keys/keys.js'
import type { Authenticator } from './auth.js'

export interface NotedUsesParts {
  readonly keyUses: Pick<KeyUses, 'note'>
  readonly audit: Pick<Audit, 'note'>
  readonly clock: Clock
}

/** The same answers; what is refused is noted by whoever answers the request. */
export function withNotedUses(
  authenticator: Authenticator,
  { keyUses, audit, clock }: NotedUsesParts,
): Authenticator {
  const isNews = createOnceAMinute(clock)
  return {
    authenticate: async (authorization, endpointId, address) => {
      const caller = await authenticator.authenticate(authorization, endpointId, address)
      const { credential, userId: actor } = caller
      if (credential?.keyId !== undefined) keyUses.note(caller, address)
      // Nothing vouches for the static token but itself.
      else if (credential === undefined && isNews(`${endpointId} ${address}`))
        audit.note({ endpointId: caller.endpointId, actor, action: 'admin_token.used', address })
      return caller
    },
    guard: (address, prove) => authenticator.guard(address, prove),
    watch: (caller, onEnded) => authenticator.watch(caller, onEnded),
  }
}
