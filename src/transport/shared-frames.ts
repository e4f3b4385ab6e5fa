/**
 * Events that many connections are told one after another: each is made into bytes once, as the
 * chunk of HTTP/1.1 that carries it, and the same bytes go to every socket.
 */
import type { ServerResponse } from 'node:http'

/** An event that has a name, with its JSON. */
export interface NamedEvent {
  readonly id: string
  readonly name: string
  readonly json: string
}

export interface SharedFrame {
  readonly frame: Buffer
  /** The frame as one chunk of a chunked answer. */
  readonly chunk: Buffer
}

/** @returns makes frames, and remembers the last one: who is told next is mostly told the same */
export function createSharedFrames(): (event: NamedEvent) => SharedFrame {
  let last: (NamedEvent & SharedFrame) | undefined
  return ({ id, name, json }) => {
    // The JSON of one event is one string for all, so this compares no long texts.
    if (last === undefined || last.id !== id || last.json !== json || last.name !== name)
      last = { id, name, json, ...toSharedFrame(`event: ${name}\nid: ${id}\ndata: ${json}\n\n`) }
    return last
  }
}

const LINE_END = '\r\n'

function toSharedFrame(text: string): SharedFrame {
  const size = Buffer.byteLength(text)
  const head = `${size.toString(16)}${LINE_END}`
  const chunk = Buffer.from(`${head}${text}${LINE_END}`)
  return { chunk, frame: chunk.subarray(head.length, head.length + size) }
}

/** Of an answer whose head has been sent. */
export function writeFrame(raw: ServerResponse, { frame, chunk }: SharedFrame): void {
  const { socket, chunkedEncoding } = raw
  // An answer gets the socket when those before it have ended. HTTP/1.0 knows no chunks.
  if (chunkedEncoding && socket?.writable === true) socket.write(chunk)
  else raw.write(frame)
}
