/** Everything that is thrown before or beside a handler → one JSON-RPC error answer. */
import type { FastifyReply } from 'fastify'
import { GatewayError, type GatewayErrorCode } from '../domain/errors.js'
import { toErrorAnswer } from '../protocol/protocol.js'
import type { Log } from '../telemetry/telemetry.js'
import { readStreamLimit } from './standing-places.js'

/** Fastify's own refusals, in our words. */
const FASTIFY_REFUSALS: Readonly<Record<string, [GatewayErrorCode, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'UNSUPPORTED_MEDIA_TYPE',
    'Content-Type: must be application/json',
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: ['BODY_TOO_LARGE', 'The message is larger than this server takes'],
  FST_ERR_MAX_PARAM_LENGTH: ['URL_TOO_LONG', 'A part of the URL is too long'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['INVALID_REQUEST', 'Content-Length: does not fit the body'],
}

/** When one who found no place for a stream may try again, in seconds. */
const RETRY_AFTER_S = 5

/** @param asker whose request is refused; nobody's when it was not read yet */
export function sendError(
  reply: FastifyReply,
  thrown: unknown,
  log: Log,
  asker: Parameters<typeof toErrorAnswer>[1] = {},
): FastifyReply {
  const error = asGatewayError(thrown)
  if (!(error instanceof GatewayError))
    log.error({ err: error, path: pathOf(reply) }, 'a request failed with an unknown error')
  const { status, body } = toErrorAnswer(error, asker)
  const limit = readStreamLimit(error)
  const retryAfterS = limit === undefined ? readRetryAfter(error) : RETRY_AFTER_S
  if (retryAfterS !== undefined) void reply.header('retry-after', retryAfterS)
  if (limit === 'user') return reply.code(429).send(body)
  // Within an answer an error travels on a 200; here there is none, so the client may try again.
  return reply.code(status === 200 ? 503 : status).send(body)
}

/** When an error says itself after how many seconds to try again. */
function readRetryAfter(error: unknown): number | undefined {
  const waitS = error instanceof GatewayError ? error.data?.['retryAfterS'] : undefined
  return typeof waitS === 'number' ? waitS : undefined
}

function asGatewayError(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || !('code' in thrown)) return thrown
  const refusal = FASTIFY_REFUSALS[String(thrown.code)] ?? otherRefusal(thrown)
  return refusal === undefined ? thrown : new GatewayError(...refusal, { cause: thrown })
}

/** What else Fastify blames on the client, like a URL that cannot be decoded. */
function otherRefusal(thrown: Error): [GatewayErrorCode, string] | undefined {
  const isClients = 'statusCode' in thrown && thrown.statusCode === 400
  return isClients ? ['INVALID_REQUEST', 'The HTTP request is malformed'] : undefined
}

/** Without the query: tickets are in there. */
function pathOf({ request }: FastifyReply): string | undefined {
  return request.url.split('?', 1)[0]
}
