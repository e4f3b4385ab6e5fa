/**
 * One request's answer: JSON when there is nothing to say before it, an SSE stream from the first
 * notification on.
 */
import { setMaxListeners } from 'node:events'
import type { FastifyReply } from 'fastify'
import type { Exchange } from '../dispatch/dispatch.js'
import type { JsonObject } from '../protocol/protocol.js'
import type { PendingRequests, Respondent } from './pending-requests.js'

export interface ReplyStream {
  readonly exchange: Exchange
  /** Sends the answer, or those of a batch, and ends; of no effect when the client has gone. */
  finish(status: number, answer: JsonObject | readonly JsonObject[]): FastifyReply
  /** Ends without an answer: its client has cancelled the request. */
  abandon(): FastifyReply
}

export interface ReplyStreamOptions {
  /** Modern revisions: a client that closes the connection cancels its request. */
  readonly cancelsOnClose: boolean
  /** Of a request that can be cancelled in another way. */
  readonly signal?: AbortSignal | undefined
  /** Where the client takes requests: it is asked on this stream and answers with a POST. */
  readonly questions?: { pending: PendingRequests; respondent: Respondent } | undefined
}

/** A client that reads slower than its function talks is cut off with this many bytes unread. */
const MAX_BUFFERED_BYTES = 1024 * 1024

/** A signal for requests that nothing cancels: shared, so many functions listen at a time. */
const neverAborted = new AbortController().signal
setMaxListeners(0, neverAborted)

export function createReplyStream(
  reply: FastifyReply,
  { cancelsOnClose, signal: cancelled = neverAborted, questions }: ReplyStreamOptions,
): ReplyStream {
  const signal = cancelsOnClose ? signalOnClose(reply) : cancelled
  let isStreaming = false
  let isFinished = false

  const openStream = () => {
    isStreaming = true
    reply.hijack()
    reply.raw.writeHead(200, SSE_HEADERS)
  }
  const send = (message: JsonObject) => {
    if (isFinished || signal.aborted || reply.raw.destroyed) return
    if (!isStreaming) openStream()
    if (reply.raw.writableLength > MAX_BUFFERED_BYTES) reply.raw.destroy()
    else reply.raw.write(toFrame(message))
  }
  const ask: Exchange['ask'] =
    questions &&
    ((method, params, asking) =>
      questions.pending.ask(questions.respondent, { method, params, send, signal: asking }))
  return {
    exchange: { signal, notify: send, ask },
    finish: (status, answer) => {
      isFinished = true
      if (!isStreaming) return reply.code(status).send(answer)
      reply.raw.end([answer].flat().map(toFrame).join(''))
      return reply
    },
    abandon: () => {
      isFinished = true
      if (!isStreaming) return reply.code(200).headers(SSE_HEADERS).send('')
      reply.raw.end()
      return reply
    },
  }
}

const SSE_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
}

/** JSON has no raw line breaks, so one `data:` line holds any message. */
function toFrame(message: JsonObject): string {
  return `event: message\ndata: ${JSON.stringify(message)}\n\n`
}

function signalOnClose(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}
