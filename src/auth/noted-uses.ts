/** Whoever calls with a key, or as the operator, is seen: once a minute, from each address. */
import type { Audit } from '../audit/audit.js'
import type { Caller } from '../domain/caller.js'
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
  const noted = (caller: Caller, address: string | undefined): Caller => {
    const { credential, userId: actor, endpointId } = caller
    if (credential?.keyId !== undefined) keyUses.note(caller, address)
    // Nothing vouches for the static token but itself.
    else if (credential === undefined && isNews(`${endpointId} ${address}`))
      audit.note({ endpointId, actor, action: 'admin_token.used', address })
    return caller
  }
  return {
    authenticate: async (authorization, endpointId, address) =>
      noted(await authenticator.authenticate(authorization, endpointId, address), address),
    authenticateOperator: async (authorization, address) =>
      noted(await authenticator.authenticateOperator(authorization, address), address),
    guard: (address, prove) => authenticator.guard(address, prove),
    watch: (caller, onEnded) => authenticator.watch(caller, onEnded),
  }
}
