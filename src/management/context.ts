/** What every resolver of one request is given. */
import type { Caller } from '../domain/caller.js'
import type { EndpointId } from '../domain/tenant.js'
import type { HistoryReads } from './history-reads.js'
import type { Loaders } from './loaders.js'
import type { ManagementParts } from './management.js'

export interface ManagementContext {
  readonly parts: ManagementParts
  /** At the endpoint in the path, or at `GATEWAY_HOME`. */
  readonly caller: Caller
  /** Of the client, for the audit. */
  readonly address: string
  /**
   * The caller at the endpoint that a field names, or else at the one in the path.
   *
   * @throws GatewayError `INVALID_PARAMS` where neither names one; `FORBIDDEN` for another one than the
   * path's
   */
  at(endpointId: string | null | undefined): Caller
  /** What several fields of one request ask for is read once. */
  readonly loaders: Loaders
  readonly history: HistoryReads
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal
}

/** Whose objects a field shows: short for the endpoint of the caller there. */
export function endpointOf(
  context: ManagementContext,
  endpointId: string | null | undefined,
): EndpointId {
  return context.at(endpointId).endpointId
}
