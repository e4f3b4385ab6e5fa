/** What a function says while it runs → notifications, as far as the client asked for them. */
import { LOG_LEVELS } from '../domain/log-level.js'
import { type McpRequest, toNotification } from '../protocol/protocol.js'
import type { FunctionJob } from '../runtime/runtime.js'
import type { Exchange } from './handler.js'

export type Reporters = Pick<FunctionJob, 'onProgress' | 'onLog'>

export function createReporters(request: McpRequest, exchange: Exchange): Reporters {
  const { progressToken, logLevel } = request
  const least = logLevel === undefined ? Infinity : LOG_LEVELS.indexOf(logLevel)
  return {
    onProgress: (progress) => {
      if (progressToken === undefined) return
      exchange.notify(toNotification('notifications/progress', { progressToken, ...progress }))
    },
    onLog: (entry) => {
      if (LOG_LEVELS.indexOf(entry.level) < least) return
      exchange.notify(toNotification('notifications/message', { ...entry }))
    },
  }
}
