/** Who asks, and for which endpoint. */
import { atEndpoint } from '../auth/auth.js'
import { type Caller, GATEWAY_HOME } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { ManagementContext } from './context.js'
import { createLoaders } from './loaders.js'
import type { Asker, ManagementParts } from './management.js'

export function createContext(
  parts: ManagementParts,
  { caller, address }: Asker,
  signal: AbortSignal,
): ManagementContext {
  return {
    parts,
    caller,
    address,
    at: (endpointId) => callerAt(caller, endpointId ?? undefined),
    loaders: createLoaders(parts),
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
