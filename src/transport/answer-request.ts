/** A request → its answer, whichever transport brought it. */
import type { Caller } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { Dispatch, Exchange } from '../dispatch/dispatch.js'
import {
  type JsonObject,
  type McpRequest,
  type ServerInfo,
  toAnswer,
  toErrorAnswer,
} from '../protocol/protocol.js'
import type { Log } from '../telemetry/telemetry.js'

export interface AnswerParts {
  readonly dispatch: Pick<Dispatch, 'handle'>
  readonly server: ServerInfo
  readonly log: Log
}

export interface Asked {
  readonly caller: Caller
  readonly request: McpRequest
}

export interface Answer {
  /** HTTP status; of no meaning on stdio. */
  readonly status: number
  readonly body: JsonObject
}

/** Never rejects: of an error that nobody foresaw, the log has the text and the wire has not. */
export async function answerRequest(
  { dispatch, server, log }: AnswerParts,
  { caller, request }: Asked,
  exchange: Exchange,
): Promise<Answer> {
  try {
    const result = await dispatch.handle(caller, request, exchange)
    return { status: 200, body: toAnswer(request, result, server) }
  } catch (error) {
    if (!(error instanceof GatewayError))
      log.error({ err: error, method: request.method }, 'a request failed with an unknown error')
    return toErrorAnswer(error, request)
  }
}
