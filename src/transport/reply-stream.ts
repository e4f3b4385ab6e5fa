/**
 * The answer to a request outside of sessions: JSON when there is nothing to say before it, an SSE
 * stream from the first notification on. Nothing of it can be resumed.
 */
import { setMaxListeners } from 'node:events'
import type { FastifyReply } from 'fastify'
import type { Exchange } from '../dispatch/dispatch.js'
import type { JsonObject } from '../protocol/protocol.js'
import type { SseConnection, SseConnections } from './sse-connections.js'

export interface ReplyStream {
  readonly exchange: Exchange
  /** Sends the answer and ends; of no effect when the client has gone. */
  finish(status: number, answer: JsonObject): FastifyReply
}

export interface ReplyStreamOptions {
  readonly connections: SseConnections
  /** Aborted when the server begins to close. */
  readonly closing: AbortSignal
  /** Modern revisions: a client that closes the connection cancels its request. */
  readonly cancelsOnClose: boolean
}

/** A signal for requests that nothing cancels: shared, so many functions listen at a time. */
const neverAborted = new AbortController().signal
setMaxListeners(0, neverAborted)

export function createReplyStream(
  reply: FastifyReply,
  { connections, closing, cancelsOnClose }: ReplyStreamOptions,
): ReplyStream {
  const signal = cancelsOnClose ? signalOnClose(reply) : neverAborted
  let connection: SseConnection | undefined
  let isFinished = false

  const notify = (message: JsonObject) => {
    if (isFinished || signal.aborted || reply.raw.destroyed) return
    connection ??= connections.open(reply)
    connection.send({ message })
  }
  return {
    exchange: { signal, closing, notify },
    finish: (status, answer) => {
      isFinished = true
      if (connection === undefined) return reply.code(status).send(answer)
      connection.answer({ message: answer })
      connection.end()
      return reply
    },
  }
}

function signalOnClose(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}
