/**
 * Replies that are event streams: how they begin, what keeps them alive, and how much may wait for
 * a client that reads slowly.
 */
import { once } from 'node:events'
import type { FastifyReply } from 'fastify'
import type { JsonObject } from '../protocol/protocol.js'
import { createSharedFrames, type NamedEvent, writeFrame } from './shared-frames.js'

export interface SseConnections {
  /**
   * Answers with an event stream; its head goes out at once.
   *
   * @param onCut called when the client is cut off because it leaves so many bytes unread
   */
  open(reply: FastifyReply, onCut?: (backlogBytes: number) => void): SseConnection
  /** No heartbeats from now on. */
  stop(): void
}

export interface SseConnection {
  /** False once it has ended, from either side. */
  readonly isOpen: boolean
  /** True when so much waits unread that whoever can wait should. */
  readonly isCrowded: boolean
  /** Of no effect when it is not open. A client that leaves too much unread is cut off. */
  send(event: SseEvent): void
  /** The same for what a client has asked for: it may wait, however much it is. */
  answer(event: SseEvent): void
  /** Tells the client an id to come back with, and when, without an event. */
  place(id: string, retryMs: number): void
  /** As `send`. */
  tell(event: NamedEvent): void
  /** The same for events that somebody else has written, whole ones. */
  pass(events: Uint8Array): void
  /** Settles when the client has read everything, or is gone. */
  drained(): Promise<void>
  end(): void
}

/** Without a message it is empty: it tells the client an id to come back with. */
export interface SseEvent {
  readonly id?: string | undefined
  /** When a client that was cut off may come back. */
  readonly retryMs?: number | undefined
  readonly message?: JsonObject | undefined
}

export interface SseLimits {
  /** A comment goes out on every open stream this often. Default: 15,000. */
  readonly heartbeatMs?: number | undefined
  /**
   * A client that reads slower than its function talks is cut off with more bytes than these
   * unread. Default: 4 MiB, several times what a function may say at a time, before any of it has
   * left.
   */
  readonly maxBacklogBytes?: number | undefined
}

const MAX_BACKLOG_BYTES = 4 * 1024 * 1024
/** Of what may be unread: with more than that, whoever can wait should. */
const CROWDED_SHARE = 1 / 16

const HEARTBEAT_MS = 15_000
const HEARTBEAT = ':\n\n'

export const SSE_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
}

export function createSseConnections({
  heartbeatMs = HEARTBEAT_MS,
  maxBacklogBytes = MAX_BACKLOG_BYTES,
}: SseLimits = {}): SseConnections {
  const open = new Set<FastifyReply['raw']>()
  const frameOf = createSharedFrames()
  const beat = () => {
    for (const raw of open) if (isOpen(raw) && raw.writableLength === 0) raw.write(HEARTBEAT)
  }
  const sweep = setInterval(beat, heartbeatMs).unref()
  return {
    open: (reply, onCut) => {
      const { raw } = reply
      reply.hijack()
      // What hooks have set, as for pages of other origins, belongs to this answer too.
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) raw.setHeader(name, value)
      raw.writeHead(200, SSE_HEADERS)
      raw.flushHeaders()
      open.add(raw)
      raw.once('close', () => open.delete(raw))
      return new Connection(raw, { frameOf, maxBacklogBytes, onCut })
    },
    stop: () => clearInterval(sweep),
  }
}

function isOpen(raw: FastifyReply['raw']): boolean {
  return !raw.destroyed && !raw.writableEnded
}

interface ConnectionParts {
  readonly frameOf: ReturnType<typeof createSharedFrames>
  readonly maxBacklogBytes: number
  readonly onCut: ((backlogBytes: number) => void) | undefined
}

/** Thousands of them stand open: they share their methods. */
class Connection implements SseConnection {
  readonly #raw: FastifyReply['raw']
  readonly #parts: ConnectionParts

  constructor(raw: FastifyReply['raw'], parts: ConnectionParts) {
    this.#raw = raw
    this.#parts = parts
  }

  get isOpen(): boolean {
    return isOpen(this.#raw)
  }

  get isCrowded(): boolean {
    return this.#raw.writableLength > this.#parts.maxBacklogBytes * CROWDED_SHARE
  }

  send(event: SseEvent): void {
    if (this.#takesMore()) this.#raw.write(toFrame(event))
  }

  tell(event: NamedEvent): void {
    if (this.#takesMore()) writeFrame(this.#raw, this.#parts.frameOf(event))
  }

  place(id: string, retryMs: number): void {
    if (this.#takesMore()) this.#raw.write(`: connected\nid: ${id}\nretry: ${retryMs}\n\n`)
  }

  answer(event: SseEvent): void {
    if (this.isOpen) this.#raw.write(toFrame(event))
  }

  pass(events: Uint8Array): void {
    if (this.#takesMore()) this.#raw.write(events)
  }

  async drained(): Promise<void> {
    const raw = this.#raw
    // Shared frames go past the answer, which then knows nothing of what its socket still holds.
    const holder = raw.writableNeedDrain ? raw : raw.socket
    if (!this.isOpen || !holder?.writableNeedDrain) return
    const settled = new AbortController()
    const { signal } = settled
    const either = [once(holder, 'drain', { signal }), once(raw, 'close', { signal })]
    await Promise.race(either).catch(() => undefined)
    settled.abort()
  }

  end(): void {
    if (this.isOpen) this.#raw.end()
  }

  /** Cuts a client off that leaves too much unread. */
  #takesMore(): boolean {
    if (!this.isOpen) return false
    const backlogBytes = this.#raw.writableLength
    if (backlogBytes <= this.#parts.maxBacklogBytes) return true
    this.#raw.destroy()
    this.#parts.onCut?.(backlogBytes)
    return false
  }
}

/** JSON has no raw line breaks, so one `data:` line holds any message. */
function toFrame({ id, retryMs, message }: SseEvent): string {
  const named = id === undefined ? '' : `id: ${id}\n`
  const timed = retryMs === undefined ? '' : `retry: ${retryMs}\n`
  if (message === undefined) return `${named}${timed}data: \n\n`
  return `event: message\n${named}${timed}data: ${JSON.stringify(message)}\n\n`
}
