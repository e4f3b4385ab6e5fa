/** Everything that is thrown before or beside a handler → one JSON-RPC error answer. */
import type { FastifyReply } from 'fastify'
import { GatewayError, type GatewayErrorCode } from '../domain/errors.js'
import { toErrorAnswer } from '../protocol/protocol.js'
import type { Log } from '../telemetry/telemetry.js'

/** Fastify's own refusals, in our words. */
const FASTIFY_REFUSALS: Readonly<Record<string, [GatewayErrorCode, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'UNSUPPORTED_MEDIA_TYPE',
    'Content-Type: must be application/json',
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: ['BODY_TOO_LARGE', 'The message is larger than this server takes'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['INVALID_REQUEST', 'Content-Length: does not fit the body'],
}

/** RFC 6750: no error code for a request that brought no credentials. */
const CHALLENGE = 'Bearer realm="mcp"'

export function sendError(reply: FastifyReply, thrown: unknown, log: Log): FastifyReply {
  const error = asGatewayError(thrown)
  if (!(error instanceof GatewayError))
    log.error({ err: error, url: reply.request.url }, 'a request failed with an unknown error')
  const { status, body } = toErrorAnswer(error, {})
  if (status === 401) void reply.header('www-authenticate', challengeFor(reply))
  // Within an answer an error travels on a 200; here there is none, so the client may try again.
  return reply.code(status === 200 ? 503 : status).send(body)
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

function challengeFor(reply: FastifyReply): string {
  if (reply.request.headers.authorization === undefined) return CHALLENGE
  return `${CHALLENGE}, error="invalid_token", error_description="The bearer token is not valid"`
}
