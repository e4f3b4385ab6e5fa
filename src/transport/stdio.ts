/** stdio: one client, one JSON-RPC message a line; nothing but MCP goes to the output. */
import { once, setMaxListeners } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { Access } from '../access/access.js'
import type { Caller } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import {
  type Batch,
  createStdioSession,
  type JsonObject,
  type Message,
} from '../protocol/protocol.js'
import type { Subscriptions } from '../subscriptions/subscriptions.js'
import type { AnswerParts } from './answer-request.js'
import { readLines } from './lines.js'
import { createStdioClient } from './stdio-client.js'

export interface StdioParts extends AnswerParts {
  readonly subscriptions: Subscriptions
  readonly access: Pick<Access, 'look'>
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

/**
 * Serves until the input ends, then until everything that runs has been answered; what only listens
 * is answered at once.
 */
export async function serveStdio(parts: StdioParts, options: StdioOptions): Promise<void> {
  const { input, output } = parts
  const { caller, maxLineBytes } = options
  const session = createStdioSession()
  const answering = new Set<Promise<void>>()
  const changes = createChanges()
  const closing = new AbortController()
  setMaxListeners(0, closing.signal)
  const write = createWriter(output)
  const client = createStdioClient(parts, {
    caller,
    write,
    closing: closing.signal,
    maxPending: MAX_IN_FLIGHT,
    onAsk: changes.announce,
  })
  try {
    for await (const line of readLines(input, maxLineBytes)) {
      if (output.destroyed) break
      receive(line === undefined ? tooLong(maxLineBytes) : session.read(line))
      while (client.busy >= MAX_IN_FLIGHT) await changes.next()
      if (output.writableNeedDrain)
        await Promise.race([once(output, 'drain'), once(output, 'close')])
    }
  } finally {
    closing.abort()
    client.close()
  }
  await Promise.all(answering)

  function receive(message: Message | Batch): void {
    const answered = reply(message).finally(() => {
      answering.delete(answered)
      changes.announce()
    })
    answering.add(answered)
  }

  async function reply(message: Message | Batch): Promise<void> {
    const answer = await (message.kind === 'batch' ? answersTo(message) : client.answer(message))
    if (answer !== undefined) write(answer)
    client.answered(message)
  }

  async function answersTo({ messages }: Batch): Promise<JsonObject[] | undefined> {
    const answers = await Promise.all(messages.map((message) => client.answer(message)))
    const wanted = answers.filter((answer) => answer !== undefined)
    return wanted.length === 0 ? undefined : wanted
  }
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
