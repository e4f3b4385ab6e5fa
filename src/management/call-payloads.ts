/** What was said in calls, for all fields of one request: little at a time, and so much in all. */
import DataLoader from 'dataloader'
import type { Calls } from '../calls/calls.js'
import type { CallRecord } from '../domain/call.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import { createKeyedTurns } from '../domain/turns.js'

export interface CallPayloads {
  /**
   * Undefined where the endpoint has no such call.
   *
   * @throws GatewayError `RESULT_TOO_LARGE` for a call beyond what one answer holds
   */
  load(endpointId: EndpointId, callId: string): Promise<CallRecord | undefined>
  /** What was read before is read anew; it has been held all the same. */
  clear(): void
  /** Another answer begins: what was held for the one before is not held any longer. */
  renew(): void
}

/** JSON of arguments and content that one answer holds; its first call is read whatever its size. */
const MAX_MIB = 16
const MAX_BYTES = MAX_MIB * 1024 * 1024

/** Rows that are read at a time: those of a page where a query does not say how many. */
const MAX_AT_A_TIME = 25

export function createCallPayloads(calls: Pick<Calls, 'readMany'>): CallPayloads {
  const loaders = new Map<EndpointId, DataLoader<string, CallRecord | undefined>>()
  const inTurn = createKeyedTurns()
  let held = 0
  let isSpent = false
  const demandRoom = (bytes: number): void => {
    if (held > 0 && held + bytes > MAX_BYTES) {
      isSpent = true
      throw tooLarge()
    }
    held += bytes
  }
  const read = async (endpointId: EndpointId, callIds: readonly string[]) => {
    if (isSpent) return callIds.map(() => tooLarge())
    const found = await calls.readMany(endpointId, callIds, { demandRoom })
    return callIds.map((callId) => found.get(callId))
  }
  const loaderOf = (endpointId: EndpointId) => {
    const known = loaders.get(endpointId)
    if (known !== undefined) return known
    const loader = new DataLoader<string, CallRecord | undefined>(
      // One after the other, whichever endpoints they are of.
      (callIds) => inTurn('', () => read(endpointId, callIds)),
      { maxBatchSize: MAX_AT_A_TIME },
    )
    loaders.set(endpointId, loader)
    return loader
  }
  return {
    load: (endpointId, callId) => loaderOf(endpointId).load(callId),
    clear: () => loaders.clear(),
    renew: () => {
      loaders.clear()
      held = 0
      isSpent = false
    },
  }
}

function tooLarge(): GatewayError {
  return new GatewayError(
    'RESULT_TOO_LARGE',
    `content: these calls have more than ${MAX_MIB} MiB of arguments and content; ask for it by call(callId)`,
  )
}
