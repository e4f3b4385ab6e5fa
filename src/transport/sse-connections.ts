/**
 * Replies that are event streams: how they begin, what keeps them alive, and how much may wait for
 * a client that reads slowly.
 */
import { once } from 'node:events'
import type { FastifyReply } from 'fastify'
import type { JsonObject } from '../protocol/protocol.js'

export interface SseConnections {
  /**
   * Answers with an event stream; its head goes out at once.
   *
   * @param onCut called when the client is cut off because it leaves too much unread
   */
  open(reply: FastifyReply, onCut?: () => void): SseConnection
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
  /** Settles when the client has read everything, or is gone. */
  drained(): Promise<void>
  readonly end: () => void
}

/** Without a message it is empty: it tells the client an id to come back with. */
export interface SseEvent {
  readonly id?: string | undefined
  /** When a client that was cut off may come back. */
  readonly retryMs?: number | undefined
  readonly message?: JsonObject | undefined
}

/** An event that has a name, with its JSON. */
export interface NamedEvent {
  readonly id: string
  readonly name: string
  readonly json: string
}

/**
 * A client that reads slower than its function talks is cut off with this many bytes unread. It is
 * several times what a function may say at a time, before any of it has left.
 */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024
const CROWDED_BYTES = 256 * 1024

const HEARTBEAT_MS = 15_000
const HEARTBEAT = ':\n\n'

export const SSE_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
}

/** @param heartbeatMs a comment goes out on every open stream this often */
export function createSseConnections(heartbeatMs = HEARTBEAT_MS): SseConnections {
  const open = new Set<FastifyReply['raw']>()
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
      return toConnection(raw, onCut)
    },
    stop: () => clearInterval(sweep),
  }
}

function isOpen(raw: FastifyReply['raw']): boolean {
  return !raw.destroyed && !raw.writableEnded
}

function toConnection(raw: FastifyReply['raw'], onCut?: () => void): SseConnection {
  const write = (frame: () => string) => {
    if (!isOpen(raw)) return
    if (raw.writableLength <= MAX_BUFFERED_BYTES) {
      raw.write(frame())
      return
    }
    raw.destroy()
    onCut?.()
  }
  return {
    get isOpen() {
      return isOpen(raw)
    },
    get isCrowded() {
      return raw.writableLength > CROWDED_BYTES
    },
    send: (event) => write(() => toFrame(event)),
    tell: ({ id, name, json }) => write(() => `event: ${name}\nid: ${id}\ndata: ${json}\n\n`),
    place: (id, retryMs) => write(() => `: connected\nid: ${id}\nretry: ${retryMs}\n\n`),
    answer: (event) => {
      if (isOpen(raw)) raw.write(toFrame(event))
    },
    drained: async () => {
      if (!isOpen(raw) || !raw.writableNeedDrain) return
      const settled = new AbortController()
      const { signal } = settled
      const either = [once(raw, 'drain', { signal }), once(raw, 'close', { signal })]
      await Promise.race(either).catch(() => undefined)
      settled.abort()
    },
    end: () => {
      if (isOpen(raw)) raw.end()
    },
  }
}

/** JSON has no raw line breaks, so one `data:` line holds any message. */
function toFrame({ id, retryMs, message }: SseEvent): string {
  const named = id === undefined ? '' : `id: ${id}\n`
  const timed = retryMs === undefined ? '' : `retry: ${retryMs}\n`
  if (message === undefined) return `${named}${timed}data: \n\n`
  return `event: message\n${named}${timed}data: ${JSON.stringify(message)}\n\n`
}
