/**
 * The answer to a POST in a session: JSON when there is nothing to say before it, else a stream
 * that can be resumed. When the client is gone the request goes on, and what it says is kept.
 */
import type { FastifyReply } from 'fastify'
import type { Session } from '../domain/session.js'
import type { Exchange } from '../dispatch/dispatch.js'
import type { EndpointSignals } from '../events/endpoint-signals.js'
import type { JsonObject, RequestId } from '../protocol/protocol.js'
import {
  createKeptStream,
  type KeptStream,
  type KeptStreamParts,
  type Said,
  takesEmptyEvents,
} from './kept-stream.js'
import type { PendingRequests } from './pending-requests.js'
import {
  SSE_HEADERS,
  type SseConnection,
  type SseConnections,
  type SseEvent,
} from './sse-connections.js'
import { watchStream } from './stream-watch.js'

export interface SessionStream {
  /** What a request that is answered on this stream is given; nothing is said once it aborts. */
  exchangeFor(signal: AbortSignal): Exchange
  /** Sends the answer, or those of a batch, and ends. Settles when everything is sent and kept. */
  finish(status: number, answer: JsonObject | readonly JsonObject[]): Promise<FastifyReply>
  /** Ends without an answer: the client has cancelled what it asked for. */
  abandon(): Promise<FastifyReply>
}

export interface SessionStreamParts extends KeptStreamParts {
  readonly connections: SseConnections
  readonly signals: EndpointSignals
  /** Questions to clients: they go out on this stream and are answered with a POST. */
  readonly pending: PendingRequests
  readonly closing: AbortSignal
}

export interface StreamOwner {
  readonly session: Session
  /** Absent when the stream answers several requests. */
  readonly requestId?: RequestId | undefined
}

/** An answer that takes longer comes as a stream, where the revision lets it be resumed at once. */
const OPEN_AFTER_MS = 50

/** When a client that was cut off may come back. */
const RETRY_MS = 1000

export function createSessionStream(
  parts: SessionStreamParts,
  reply: FastifyReply,
  { session, requestId }: StreamOwner,
): SessionStream {
  const outlet = createOutlet(parts, reply, { session, requestId })
  const { endpointId, userId, id: sessionId } = session
  const respondent = { endpointId, userId, sessionId }
  let isFinished = false

  const speaker = (signal: AbortSignal) => (message: JsonObject) => {
    if (!isFinished && !signal.aborted && outlet.open()) outlet.say(message, signal)
  }
  const closeStream = () => {
    if (!isFinished && outlet.open()) outlet.cut()
  }
  return {
    exchangeFor: (signal) => {
      const send = speaker(signal)
      return {
        signal,
        closing: parts.closing,
        closeStream: takesEmptyEvents(session) ? closeStream : undefined,
        notify: send,
        ask: (method, params, asking) =>
          parts.pending.ask(respondent, { method, params, send, signal: asking }),
      }
    },
    finish: async (status, answer) => {
      isFinished = true
      if (!outlet.isOpen()) return reply.code(status).send(answer)
      await outlet.end([answer].flat())
      return reply
    },
    abandon: async () => {
      isFinished = true
      if (!outlet.isOpen()) return reply.code(200).headers(SSE_HEADERS).send('')
      await outlet.end([])
      return reply
    },
  }
}

/** What is said goes through it in order: first it is kept, then it is sent with its id. */
interface Outlet {
  /** @returns false when the client was gone before there was a stream to come back to */
  open(): boolean
  /** True once the answer is a stream; asked for the last time, it stays as it is. */
  isOpen(): boolean
  /** @param unless aborted before its turn has come */
  say(message: JsonObject, unless: AbortSignal): void
  /** Ends the connection alone, if the client can come back to the stream. */
  cut(): void
  end(answers: readonly JsonObject[]): Promise<void>
}

function createOutlet(
  parts: SessionStreamParts,
  reply: FastifyReply,
  { session, requestId }: StreamOwner,
): Outlet {
  const isPrimed = takesEmptyEvents(session)
  let stream: OpenStream | undefined
  let queue = Promise.resolve()

  const inTurn = (step: (stream: OpenStream) => Promise<void> | void) => {
    queue = queue
      .then(() => stream && step(stream))
      .catch((err: unknown) => parts.log.error({ err }, 'a message could not be sent'))
  }
  const say = (message: JsonObject, unless: AbortSignal) =>
    inTurn(async ({ kept, connection }) => {
      if (!unless.aborted) connection.send({ id: await kept.keep({ message }), message })
    })
  const answer = (said: Said) =>
    inTurn(async ({ kept, connection }) => {
      const id = await kept.keep(said)
      if (said.message !== undefined || (isPrimed && id !== undefined))
        connection.answer({ id, message: said.message })
    })
  const open = () => {
    clearTimeout(timer)
    if (stream === undefined && !reply.raw.destroyed) {
      stream = openStream(parts, reply, { session, requestId })
      if (isPrimed) inTurn(prime)
    }
    return stream !== undefined
  }
  const timer = isPrimed ? setTimeout(open, OPEN_AFTER_MS) : undefined

  return {
    open,
    say,
    isOpen: () => {
      clearTimeout(timer)
      return stream !== undefined
    },
    cut: () =>
      inTurn(({ kept, connection }) => {
        if (kept.isWhole) connection.end()
      }),
    end: async (answers) => {
      for (const message of answers.slice(0, -1)) answer({ message })
      answer({ message: answers.at(-1), isLast: true })
      inTurn(({ connection, stopWatching }) => {
        connection.end()
        stopWatching()
      })
      await queue
    },
  }
}

interface OpenStream {
  readonly kept: KeptStream
  readonly connection: SseConnection
  readonly stopWatching: () => void
}

function openStream(
  parts: SessionStreamParts,
  reply: FastifyReply,
  { session, requestId }: StreamOwner,
): OpenStream {
  const kept = createKeptStream(parts, session, requestId)
  const connection = parts.connections.open(reply)
  const { streamId } = kept
  const watching = watchStream(parts.signals, { session, streamId, end: () => connection.end() })
  // Without signals the stream lasts as long as its connection.
  const stop = watching.catch(() => () => undefined)
  return { kept, connection, stopWatching: () => void stop.then((unwatch) => unwatch()) }
}

/** Gives the client an id to come back with before anything is said. */
async function prime({ kept, connection }: OpenStream): Promise<void> {
  const id = await kept.keep({})
  if (id !== undefined) connection.send(primer(id))
}

export function primer(id: string): SseEvent {
  return { id, retryMs: RETRY_MS }
}
