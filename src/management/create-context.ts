/** Who asks, and for which endpoint. */
import { atEndpoint } from '../auth/auth.js'
import { type Caller, GATEWAY_HOME } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { ManagementContext } from './context.js'
import { createHistoryReads } from './history-reads.js'
import { createLoaders } from './loaders.js'
import type { Asker, ManagementParts } from './management.js'
import type { Turnstile } from './turnstile.js'

/** What outlives a request. */
export interface ApiParts {
  readonly parts: ManagementParts
  readonly historyTurns: Turnstile
}

export function createContext(
  { parts, historyTurns }: ApiParts,
  { caller, address }: Asker,
  signal: AbortSignal,
): ManagementContext {
  return {
    parts,
    caller,
    address,
    at: (endpointId) => callerAt(caller, endpointId ?? undefined),
    loaders: createLoaders(parts),
    history: createHistoryReads(parts.calls, historyTurns, signal),
    signal,
  }
}

function callerAt(caller: Caller, endpointId: string | undefined): Caller {
  if (caller.endpointId !== GATEWAY_HOME) {
    if (endpointId === undefined || endpointId === caller.endpointId) return caller
    throw new GatewayError(
      'FORBIDDEN',
      'endpointId: this path is about its own endpoint; operators choose one at /graphql',
    )
  }
  if (endpointId !== undefined) return atEndpoint(caller, endpointId)
  throw new GatewayError('INVALID_PARAMS', 'endpointId: is needed here, since the path names none')
}
