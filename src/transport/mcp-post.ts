/** A POST: its message is read, in the terms of its session where it has one, and answered. */
import type { FastifyReply } from 'fastify'
import type { Caller } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { Session } from '../domain/session.js'
import type { LogLevel } from '../domain/log-level.js'
import {
  type Batch,
  type HttpHeaders,
  isRequestId,
  type Message,
  negotiateLegacy,
  readHttpMessage,
  type SessionMessage,
  toErrorAnswer,
} from '../protocol/protocol.js'
import { answerRequest, type Asked } from './answer-request.js'
import { sendError } from './http-errors.js'
import type { HttpParts } from './http-server.js'
import type { McpParts } from './mcp-parts.js'
import { createReplyStream } from './reply-stream.js'
import { admitPost } from './limit-requests.js'
import { answerBatch, answerInSession } from './session-answers.js'
import type { SessionRequests } from './session-requests.js'
import type { Place } from './standing-places.js'

export interface Post {
  readonly caller: Caller
  readonly headers: HttpHeaders
  readonly body: string
}

/** What a legacy client hears of a function's log until it sets a level. */
const DEFAULT_LOG_LEVEL: LogLevel = 'info'

export async function servePost(
  parts: McpParts,
  { caller, headers, body }: Post,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const read = readHttpMessage(headers, body)
  const refusal = await admitPost(parts, { caller, headers, body }, { read, reply })
  if (refusal !== undefined) return reply.code(refusal.status).send(refusal.body)
  const inSession = read.kind === 'session' ? await readInSession(parts, caller, read) : undefined
  const session = inSession?.session
  const message = inSession?.message ?? read
  if (message.kind === 'session') throw new Error('a message was not read in its session')
  if (message.kind === 'batch') {
    if (session === undefined) throw new Error('a batch was read without a session')
    return answerBatch(parts, { caller, session, messages: message.messages }, reply)
  }
  if (message.kind === 'refused') {
    const answer = toErrorAnswer(message.error, message)
    return reply.code(answer.status).send(answer.body)
  }
  if (message.kind !== 'request') {
    if (session !== undefined) await take(parts.requests, session, message)
    return reply.code(202).send()
  }
  return answerAlone(parts, { caller, request: message.request }, reply)
}

interface InSession {
  readonly message: Message | Batch
  /** Absent when there is none: then the message is refused. */
  readonly session?: Session
}

async function readInSession(
  { sessions }: HttpParts,
  caller: Caller,
  message: SessionMessage,
): Promise<InSession> {
  try {
    const session = await sessions.find(caller, message.token)
    const logLevel = (await sessions.logLevel(session)) ?? DEFAULT_LOG_LEVEL
    return { session, message: message.read(session, logLevel) }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { message: { kind: 'refused', error, id: message.id, era: 'legacy' } }
  }
}

/** What wants no answer: a response to a request of ours, or a notification. */
async function take(
  requests: SessionRequests,
  session: Session,
  message: Extract<Message, { kind: 'response' | 'notification' }>,
): Promise<void> {
  if (message.kind === 'response') return requests.answer(session, message)
  const { method, params } = message.notification
  const { requestId } = params
  if (method === 'notifications/cancelled' && isRequestId(requestId))
    await requests.cancel(session, requestId)
}

async function answerAlone(
  parts: McpParts,
  asked: Asked,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { request } = asked
  if (request.session !== undefined)
    return answerInSession(parts, { ...asked, session: request.session }, reply)
  if (request.method === 'subscriptions/listen') return answerListen(parts, asked, reply)
  return answerOutside(parts, asked, reply)
}

/** It stands open for as long as its client listens. */
async function answerListen(
  parts: McpParts,
  asked: Asked,
  reply: FastifyReply,
): Promise<FastifyReply> {
  let place: Place
  try {
    place = parts.places.take(asked.caller)
  } catch (error) {
    // As that of a GET: nothing stands open yet, so a proxy may know of it too.
    return sendError(reply, error, parts.log, asked.request)
  }
  try {
    // Its place is taken away when the server closes, and when its client may not listen any longer.
    return await answerOutside({ ...parts, closing: place.signal }, asked, reply)
  } finally {
    place.leave()
  }
}

/** A request that stands alone, or the one that opens a session. */
async function answerOutside(
  parts: McpParts,
  asked: Asked,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const stream = createReplyStream(reply, {
    connections: parts.connections,
    closing: parts.closing,
    cancelsOnClose: asked.request.era === 'modern',
  })
  const { status, body } = await answerRequest(parts, asked, stream.exchange)
  const token = 'result' in body ? await openSession(parts, asked) : undefined
  if (token !== undefined) void reply.header('mcp-session-id', token)
  return stream.finish(status, body)
}

/** The token of the session that a handshake has opened. */
async function openSession(
  { sessions }: HttpParts,
  { caller, request }: Asked,
): Promise<string | undefined> {
  if (request.method !== 'initialize') return undefined
  const { protocolVersion, capabilities, clientInfo } = request.params
  const version = negotiateLegacy(protocolVersion)
  return sessions.open(caller, { version, capabilities, clientInfo })
}
