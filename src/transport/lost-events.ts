/** What a client is told when events of its stream cannot be replayed: never is it left unaware. */
import { GatewayError } from '../domain/errors.js'
import {
  type JsonObject,
  type RequestId,
  toErrorAnswer,
  toNotification,
} from '../protocol/protocol.js'

/** Stands where the events are missing. It is told at any log level: it is no log of a function. */
export function lostEvents(consequence: string): JsonObject {
  return toNotification('notifications/message', {
    level: 'warning',
    logger: 'mcp-daemon',
    data: `Events of this stream are lost, they are no longer kept. ${consequence}`,
  })
}

/** Answers a request whose stream is lost as a whole. */
export function lostAnswer(id: RequestId): JsonObject {
  const error = new GatewayError(
    'EVENTS_DROPPED',
    'The answer to this request is no longer kept. The call may have run: look before you repeat it',
  )
  return toErrorAnswer(error, { id, era: 'legacy' }).body
}
