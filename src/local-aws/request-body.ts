import type { IncomingMessage } from 'node:http'

/**
 * The body's pieces. Leaving early keeps the connection open, so that a refusal still reaches
 * the client: Node reads the rest away once the answer is sent.
 */
export function bodyPieces(request: IncomingMessage): AsyncIterable<Buffer> {
  // Without an encoding set, Node's stream gives buffers.
  return request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
}

/** The whole body, or undefined when it is longer than allowed. */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of bodyPieces(request)) {
    bytes += piece.length
    if (bytes > maxBytes) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces, bytes)
}
