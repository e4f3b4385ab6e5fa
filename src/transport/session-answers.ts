/** Requests of a session, alone or in a batch: they can be cancelled, and can ask the client. */
import type { FastifyReply } from 'fastify'
import type { Caller } from '../domain/caller.js'
import type { Session } from '../domain/session.js'
import { type JsonObject, type Message, toErrorAnswer } from '../protocol/protocol.js'
import { type Answer, answerRequest, type Asked } from './answer-request.js'
import { inOrder } from './in-order.js'
import type { McpParts } from './mcp-parts.js'
import { createSessionStream, type SessionStream, type StreamOwner } from './session-stream.js'

/** Members of a batch that run at the same time. */
const MAX_CONCURRENT = 16

export async function answerInSession(
  parts: McpParts,
  asked: Asked & { readonly session: Session },
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { session, request } = asked
  const stream = openStream(parts, reply, { session, requestId: request.id })
  const answer = await answerOn(stream, parts, asked)
  return answer === undefined ? stream.abandon() : stream.finish(answer.status, answer.body)
}

export interface BatchInSession {
  readonly caller: Caller
  readonly session: Session
  readonly messages: readonly Message[]
}

/** One answer for each member that wants one: an array, or a stream when there is more to say. */
export async function answerBatch(
  parts: McpParts,
  { caller, session, messages }: BatchInSession,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const asked = messages.filter(
    (message) => message.kind === 'request' || message.kind === 'refused',
  )
  if (asked.length === 0) return reply.code(202).send()
  const stream = openStream(parts, reply, { session })
  const answers = await inOrder(asked, MAX_CONCURRENT, async (message) => {
    if (message.kind === 'refused') return toErrorAnswer(message.error, message).body
    const answer = await answerOn(stream, parts, { caller, session, request: message.request })
    return answer?.body
  })
  const wanted = answers.filter((answer): answer is JsonObject => answer !== undefined)
  return wanted.length === 0 ? stream.abandon() : stream.finish(200, wanted)
}

function openStream(parts: McpParts, reply: FastifyReply, owner: StreamOwner): SessionStream {
  return createSessionStream({ ...parts, pending: parts.requests.pending }, reply, owner)
}

/** @returns undefined when the client has cancelled the request */
async function answerOn(
  stream: SessionStream,
  parts: McpParts,
  asked: Asked & { readonly session: Session },
): Promise<Answer | undefined> {
  const running = parts.requests.begin(asked.session, asked.request.id)
  try {
    const answer = await answerRequest(parts, asked, stream.exchangeFor(running.signal))
    return running.signal.aborted ? undefined : answer
  } finally {
    running.end()
  }
}
