/** A POST: its message is read, in the terms of its session where it has one, and answered. */
import type { FastifyReply } from 'fastify'
import type { Caller } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { LogLevel } from '../domain/log-level.js'
import type { Exchange } from '../dispatch/dispatch.js'
import {
  type Batch,
  type HttpHeaders,
  type JsonObject,
  type McpRequest,
  type Message,
  negotiateLegacy,
  readHttpMessage,
  type SessionMessage,
  toAnswer,
  toErrorAnswer,
} from '../protocol/protocol.js'
import type { HttpParts } from './http-server.js'
import { inOrder } from './in-order.js'
import { createReplyStream } from './reply-stream.js'

export interface Post {
  readonly caller: Caller
  readonly headers: HttpHeaders
  readonly body: string
}

/** What a legacy client hears of a function's log until it sets a level. */
const DEFAULT_LOG_LEVEL: LogLevel = 'info'

/** Members of a batch that run at the same time. */
const MAX_CONCURRENT = 16

export async function servePost(
  parts: HttpParts,
  { caller, headers, body }: Post,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const read = readHttpMessage(headers, body)
  const message = read.kind === 'session' ? await readInSession(parts, caller, read) : read
  if (message.kind === 'batch') return answerBatch(parts, { caller, batch: message }, reply)
  if (message.kind === 'refused') {
    const answer = toErrorAnswer(message.error, message)
    return reply.code(answer.status).send(answer.body)
  }
  if (message.kind !== 'request') return reply.code(202).send()
  return answerRequest(parts, { caller, request: message.request }, reply)
}

async function readInSession(
  { sessions }: HttpParts,
  caller: Caller,
  message: SessionMessage,
): Promise<Message | Batch> {
  try {
    const session = await sessions.find(caller, message.token)
    return message.read(session, (await sessions.logLevel(session)) ?? DEFAULT_LOG_LEVEL)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { kind: 'refused', error, id: message.id, era: 'legacy' }
  }
}

interface Asked {
  readonly caller: Caller
  readonly request: McpRequest
}

async function answerRequest(
  parts: HttpParts,
  asked: Asked,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const stream = createReplyStream(reply, { cancelsOnClose: asked.request.era === 'modern' })
  const answer = await answerTo(parts, asked, stream.exchange)
  if (answer.token !== undefined) void reply.header('mcp-session-id', answer.token)
  return stream.finish(answer.status, answer.body)
}

interface Answer {
  readonly status: number
  readonly body: JsonObject
  /** Of the session that a handshake has opened. */
  readonly token?: string | undefined
}

async function answerTo(parts: HttpParts, asked: Asked, exchange: Exchange): Promise<Answer> {
  const { dispatch, server, log } = parts
  const { caller, request } = asked
  try {
    const result = await dispatch.handle(caller, request, exchange)
    const token = await openSession(parts, asked)
    return { status: 200, body: toAnswer(request, result, server), token }
  } catch (error) {
    if (!(error instanceof GatewayError))
      log.error({ err: error, method: request.method }, 'a request failed with an unknown error')
    return toErrorAnswer(error, request)
  }
}

async function openSession(
  { sessions }: HttpParts,
  { caller, request }: Asked,
): Promise<string | undefined> {
  if (request.method !== 'initialize') return undefined
  const { protocolVersion, capabilities, clientInfo } = request.params
  const version = negotiateLegacy(protocolVersion)
  return sessions.open(caller, { version, capabilities, clientInfo })
}

/** One answer for each member that wants one: an array, or a stream when there is more to say. */
async function answerBatch(
  parts: HttpParts,
  { caller, batch }: { caller: Caller; batch: Batch },
  reply: FastifyReply,
): Promise<FastifyReply> {
  const asked = batch.messages.filter(
    (message) => message.kind === 'request' || message.kind === 'refused',
  )
  if (asked.length === 0) return reply.code(202).send()
  const stream = createReplyStream(reply, { cancelsOnClose: false })
  const answers = await inOrder(asked, MAX_CONCURRENT, async (message) => {
    if (message.kind === 'refused') return toErrorAnswer(message.error, message).body
    const { body } = await answerTo(parts, { caller, request: message.request }, stream.exchange)
    return body
  })
  return stream.finish(200, answers)
}
