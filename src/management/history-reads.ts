/** The history of calls as requests may read it: each read is one of each of up to 256 partitions. */
import {
  type Calls,
  type CallStatistics,
  statisticsOf,
  type StatisticsQuery,
} from '../calls/calls.js'
import { GatewayError } from '../domain/errors.js'
import { createTurnstile, type Turnstile } from './turnstile.js'

/** Of one endpoint, by all requests to this process. */
const READS_OF_ENDPOINT = 8
const MAX_WAITING = 64

/** Of one request; what it asks for beyond that waits within it, and takes no place of others. */
const READS_OF_REQUEST = 4
const STATISTICS_OF_REQUEST = 4

/** @returns the turns of all requests to this process, by endpoint */
export function createHistoryTurns(): Turnstile {
  return createTurnstile({ atATime: READS_OF_ENDPOINT, maxWaiting: MAX_WAITING })
}

/** @throws each GatewayError `BUSY` when too much of the endpoint's history is being read */
export interface HistoryReads {
  readonly list: Calls['list']
  readonly statistics: (query: StatisticsQuery) => Promise<CallStatistics>
}

/**
 * Of one request.
 *
 * @param signal when it aborts, its client has gone: nothing more is read
 */
export function createHistoryReads(
  calls: Pick<Calls, 'list'>,
  turns: Turnstile,
  signal: AbortSignal,
): HistoryReads {
  const own = createTurnstile({ atATime: READS_OF_REQUEST })
  const counting = createTurnstile({ atATime: STATISTICS_OF_REQUEST })
  const list: Calls['list'] = (query) =>
    own('', () => {
      demandClient(signal)
      return turns(query.endpointId, () => {
        demandClient(signal)
        return calls.list(query)
      })
    })
  return { list, statistics: (query) => counting('', () => statisticsOf({ list }, query)) }
}

/** @throws GatewayError `CALL_CANCELLED` */
function demandClient({ aborted }: AbortSignal): void {
  if (aborted) throw new GatewayError('CALL_CANCELLED', 'The client has gone')
}
