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
import type { HttpParts } from './http-server.js'
import { inOrder } from './in-order.js'
import { createReplyStream } from './reply-stream.js'
import type { SessionRequests } from './session-requests.js'

export interface McpParts extends HttpParts {
  readonly requests: SessionRequests
}

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
  parts: McpParts,
  { caller, headers, body }: Post,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const read = readHttpMessage(headers, body)
  const inSession = read.kind === 'session' ? await readInSession(parts, caller, read) : undefined
  const message = inSession?.message ?? read
  if (message.kind === 'session') throw new Error('a message was not read in its session')
  if (message.kind === 'batch') return answerBatch(parts, { caller, batch: message }, reply)
  if (message.kind === 'refused') {
    const answer = toErrorAnswer(message.error, message)
    return reply.code(answer.status).send(answer.body)
  }
  if (message.kind !== 'request') {
    if (inSession?.session) await take(parts.requests, inSession.session, message)
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
  const { session } = asked.request
  if (session !== undefined) return answerInSession(parts, { ...asked, session }, reply)
  const stream = createReplyStream(reply, { cancelsOnClose: asked.request.era === 'modern' })
  const { status, body } = await answerRequest(parts, asked, stream.exchange)
  const token = 'result' in body ? await openSession(parts, asked) : undefined
  if (token !== undefined) void reply.header('mcp-session-id', token)
  return stream.finish(status, body)
}

/** A request that its client can cancel, and whose function can ask the client. */
async function answerInSession(
  parts: McpParts,
  asked: Asked & { readonly session: Session },
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { requests } = parts
  const { id: sessionId, endpointId, userId } = asked.session
  const running = requests.begin(asked.session, asked.request.id)
  const stream = createReplyStream(reply, {
    cancelsOnClose: false,
    signal: running.signal,
    questions: { pending: requests.pending, respondent: { endpointId, userId, sessionId } },
  })
  try {
    const { status, body } = await answerRequest(parts, asked, stream.exchange)
    return running.signal.aborted ? stream.abandon() : stream.finish(status, body)
  } finally {
    running.end()
  }
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
    const { request } = message
    const { body } = await answerRequest(parts, { caller, request }, stream.exchange)
    return body
  })
  return stream.finish(200, answers)
}
