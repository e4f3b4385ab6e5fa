/** What a function says while it runs → notifications, as far as clients asked for them. */
import type { Caller } from '../domain/caller.js'
import { LOG_LEVELS } from '../domain/log-level.js'
import { type McpRequest, toNotification } from '../protocol/protocol.js'
import type { FunctionJob } from '../runtime/runtime.js'
import type { Subscriptions } from '../subscriptions/subscriptions.js'
import type { ToldCall } from '../user-events/user-events.js'
import type { Exchange } from './handler.js'

export type Reporters = Pick<
  FunctionJob,
  'onProgress' | 'onLog' | 'onResourceUpdated' | 'onListChanged' | 'onCloseStream'
>

interface Reported {
  readonly caller: Caller
  readonly request: McpRequest
  readonly exchange: Exchange
  /** Absent for what is no call. */
  readonly open?: Pick<ToldCall, 'progressed'> | undefined
}

export function createReporters(
  { caller: { endpointId }, request, exchange, open }: Reported,
  subscriptions: Subscriptions,
): Reporters {
  const { progressToken, logLevel } = request
  const least = logLevel === undefined ? Infinity : LOG_LEVELS.indexOf(logLevel)
  return {
    onProgress: (progress) => {
      open?.progressed(progress)
      if (progressToken === undefined) return
      exchange.notify(toNotification('notifications/progress', { progressToken, ...progress }))
    },
    onLog: (entry) => {
      if (LOG_LEVELS.indexOf(entry.level) < least) return
      exchange.notify(toNotification('notifications/message', { ...entry }))
    },
    onResourceUpdated: (uri) =>
      void subscriptions.announce(endpointId, { type: 'resource.updated', uri }),
    onListChanged: (list) =>
      void subscriptions.announce(endpointId, { type: 'list.changed', list }),
    onCloseStream: () => exchange.closeStream?.(),
  }
}
