/** stdio: one client, one JSON-RPC message a line; nothing but MCP goes to the output. */
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { Caller } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { Exchange } from '../dispatch/dispatch.js'
import {
  type Batch,
  createStdioSession,
  type JsonObject,
  type McpRequest,
  type Message,
  toErrorAnswer,
} from '../protocol/protocol.js'
import { type AnswerParts, answerRequest, type Asked } from './answer-request.js'
import { readLines } from './lines.js'
import { createPendingRequests, type PendingRequests } from './pending-requests.js'

export interface StdioParts extends AnswerParts {
  readonly input: Readable
  readonly output: Writable
}

export interface StdioOptions {
  /** Whom the client acts as. */
  readonly caller: Caller
  /** Longer lines are refused unread. */
  readonly maxLineBytes: number
}

/** Reading pauses while this many requests run that do not wait for the client themselves. */
const MAX_IN_FLIGHT = 256

/** Serves until the input ends, then until everything that runs has been answered. */
export async function serveStdio(parts: StdioParts, options: StdioOptions): Promise<void> {
  const session = createStdioSession()
  let declared: JsonObject = {}
  const running: Running = new Map()
  const answering = new Set<Promise<void>>()
  const asked = createPendingRequests(MAX_IN_FLIGHT)
  const changes = createChanges()
  const write = createWriter(parts.output)
  const client: Client = { running, write, asked, onAsk: changes.announce }
  for await (const line of readLines(parts.input, options.maxLineBytes)) {
    if (parts.output.destroyed) break
    receive(line === undefined ? tooLong(options.maxLineBytes) : session.read(line))
    while (running.size - asked.size >= MAX_IN_FLIGHT) await changes.next()
    if (parts.output.writableNeedDrain)
      await Promise.race([once(parts.output, 'drain'), once(parts.output, 'close')])
  }
  // Nobody is there any more to answer what was asked.
  asked.close()
  await Promise.all(answering)

  function receive(message: Message | Batch): void {
    const answered = reply(message).finally(() => {
      answering.delete(answered)
      changes.announce()
    })
    answering.add(answered)
  }

  async function reply(message: Message | Batch): Promise<void> {
    const answer = await (message.kind === 'batch' ? answersTo(message) : answerTo(message))
    if (answer !== undefined) write(answer)
  }

  async function answersTo({ messages }: Batch): Promise<JsonObject[] | undefined> {
    const answers = await Promise.all(messages.map(answerTo))
    const wanted = answers.filter((answer) => answer !== undefined)
    return wanted.length === 0 ? undefined : wanted
  }

  async function answerTo(message: Message): Promise<JsonObject | undefined> {
    if (message.kind === 'refused') return toErrorAnswer(message.error, message).body
    if (message.kind === 'notification') cancelNamed(message.notification, running)
    if (message.kind === 'response') asked.answer(options.caller, message)
    if (message.kind !== 'request') return undefined
    const request = withCapabilities(message.request)
    return run(parts, { caller: options.caller, request }, client)
  }

  /** A modern request brings its own. */
  function withCapabilities(request: McpRequest): McpRequest {
    if (request.method === 'initialize') declared = request.params.capabilities
    return request.era === 'modern' ? request : { ...request, clientCapabilities: declared }
  }
}

/** What can be cancelled, by the id of its request. */
type Running = Map<unknown, AbortController>

interface Client {
  readonly running: Running
  readonly write: (message: JsonObject) => void
  readonly asked: PendingRequests
  readonly onAsk: () => void
}

/** @returns undefined for a cancelled request: its client has stopped waiting for it */
async function run(
  parts: StdioParts,
  asked: Asked,
  { running, write, asked: pending, onAsk }: Client,
): Promise<JsonObject | undefined> {
  const { id } = asked.request
  if (running.has(id)) return toErrorAnswer(duplicateId(), asked.request).body
  const controller = new AbortController()
  const { signal } = controller
  running.set(id, controller)
  let isAnswered = false
  const notify = (notification: JsonObject) => {
    if (!isAnswered && !signal.aborted) write(notification)
  }
  const ask: Exchange['ask'] = (method, params, asking) => {
    const answered = pending.ask(asked.caller, { method, params, send: write, signal: asking })
    onAsk()
    return answered
  }
  const takesRequests = asked.request.era === 'legacy'
  const exchange = { signal, notify, ask: takesRequests ? ask : undefined }
  const { body } = await answerRequest(parts, asked, exchange)
  isAnswered = true
  running.delete(id)
  return signal.aborted ? undefined : body
}

function cancelNamed(
  { method, params }: { method: string; params: JsonObject },
  running: Running,
): void {
  if (method === 'notifications/cancelled') running.get(params['requestId'])?.abort()
}

/** Wakes whoever waits for something to change. */
function createChanges() {
  let wake: (() => void) | undefined
  return {
    announce: () => wake?.(),
    next: () =>
      new Promise<void>((resolve) => {
        wake = resolve
      }),
  }
}

function createWriter(output: Writable): (message: JsonObject | JsonObject[]) => void {
  return (message) => {
    if (!output.destroyed) output.write(`${JSON.stringify(message)}\n`)
  }
}

function tooLong(maxLineBytes: number): Message {
  const error = new GatewayError('BODY_TOO_LARGE', `A message may have ${maxLineBytes} bytes`)
  return { kind: 'refused', error }
}

function duplicateId(): GatewayError {
  return new GatewayError('INVALID_REQUEST', 'id: a request with this id is still running')
}
