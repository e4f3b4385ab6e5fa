/** stdio: one client, one JSON-RPC message a line; nothing but MCP goes to the output. */
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { Caller } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { Dispatch } from '../dispatch/dispatch.js'
import {
  createStdioSession,
  type JsonObject,
  type McpRequest,
  type Message,
  type RequestId,
  type ServerInfo,
  toAnswer,
  toErrorAnswer,
} from '../protocol/protocol.js'
import type { Log } from '../telemetry/telemetry.js'
import { readLines } from './lines.js'

export interface StdioParts {
  readonly dispatch: Dispatch
  readonly server: ServerInfo
  readonly log: Log
  readonly input: Readable
  readonly output: Writable
}

export interface StdioOptions {
  /** Whom the client acts as. */
  readonly caller: Caller
  /** Longer lines are refused unread. */
  readonly maxLineBytes: number
}

/** Reading pauses while this many requests run. */
const MAX_IN_FLIGHT = 256

/** Serves until the input ends, then until everything that runs has been answered. */
export async function serveStdio(parts: StdioParts, options: StdioOptions): Promise<void> {
  const session = createStdioSession()
  const running = new Map<RequestId, Run>()
  const write = createWriter(parts.output)
  for await (const line of readLines(parts.input, options.maxLineBytes)) {
    if (parts.output.destroyed) break
    receive(line === undefined ? tooLong(options.maxLineBytes) : session.read(line))
    if (running.size >= MAX_IN_FLIGHT) await Promise.race(answersOf(running))
    if (parts.output.writableNeedDrain)
      await Promise.race([once(parts.output, 'drain'), once(parts.output, 'close')])
  }
  await Promise.all(answersOf(running))

  function receive(message: Message): void {
    if (message.kind === 'refused') write(toErrorAnswer(message.error, message).body)
    if (message.kind === 'notification') cancelNamed(message.notification, running)
    if (message.kind === 'request') start(message.request)
  }

  function start(request: McpRequest): void {
    const { id } = request
    if (running.has(id)) {
      write(toErrorAnswer(duplicateId(), request).body)
      return
    }
    const controller = new AbortController()
    const answered = answer(parts, { caller: options.caller, request }, { controller, write })
    running.set(id, { controller, answered: answered.finally(() => running.delete(id)) })
  }
}

interface Run {
  readonly controller: AbortController
  /** Settles when the answer has been written, and never rejects. */
  readonly answered: Promise<void>
}

interface Asked {
  readonly caller: Caller
  readonly request: McpRequest
}

interface Wire {
  readonly controller: AbortController
  readonly write: (message: JsonObject) => void
}

async function answer(
  { dispatch, server, log }: StdioParts,
  { caller, request }: Asked,
  { controller: { signal }, write }: Wire,
): Promise<void> {
  let isAnswered = false
  const notify = (notification: JsonObject) => {
    if (!isAnswered && !signal.aborted) write(notification)
  }
  const reply = await dispatch.handle(caller, request, { signal, notify }).then(
    (result) => toAnswer(request, result, server),
    (error: unknown) => {
      if (!(error instanceof GatewayError))
        log.error({ err: error, method: request.method }, 'a request failed with an unknown error')
      return toErrorAnswer(error, request).body
    },
  )
  isAnswered = true
  // A cancelled request gets no answer: its client has stopped waiting for it.
  if (!signal.aborted) write(reply)
}

function cancelNamed(
  { method, params }: { method: string; params: JsonObject },
  running: ReadonlyMap<unknown, Run>,
): void {
  if (method === 'notifications/cancelled') running.get(params['requestId'])?.controller.abort()
}

function createWriter(output: Writable): (message: JsonObject) => void {
  return (message) => {
    if (!output.destroyed) output.write(`${JSON.stringify(message)}\n`)
  }
}

function answersOf(running: ReadonlyMap<unknown, Run>): Promise<void>[] {
  return [...running.values()].map(({ answered }) => answered)
}

function tooLong(maxLineBytes: number): Message {
  const error = new GatewayError('BODY_TOO_LARGE', `A message may have ${maxLineBytes} bytes`)
  return { kind: 'refused', error }
}

function duplicateId(): GatewayError {
  return new GatewayError('INVALID_REQUEST', 'id: a request with this id is still running')
}
