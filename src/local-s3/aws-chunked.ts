import { StorageError } from './storage-error.js'

/** Longest line between chunks: a size with a signature, or one trailer. */
const MAX_LINE_BYTES = 4096
const MAX_TRAILERS = 16

export interface ChunkedBody {
  readonly pieces: AsyncIterable<Buffer>
  /** Lower-case names; complete when `pieces` has ended. */
  readonly trailers: ReadonlyMap<string, string>
}

/**
 * Takes the framing off a body of content-encoding `aws-chunked`; signatures are not checked.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export function decodeAwsChunked(framed: AsyncIterable<Buffer>): ChunkedBody {
  const trailers = new Map<string, string>()
  return { pieces: decode(createReader(framed), trailers), trailers }
}

async function* decode(reader: Reader, trailers: Map<string, string>): AsyncGenerator<Buffer> {
  try {
    for (let left = await readSize(reader); left > 0; left = await readSize(reader)) {
      while (left > 0) {
        const piece = await reader.piece(left)
        left -= piece.length
        yield piece
      }
      if ((await reader.line()) !== '') throw malformed('a chunk is longer than its size')
    }
    await readTrailers(reader, trailers)
  } finally {
    await reader.close()
  }
}

async function readSize(reader: Reader): Promise<number> {
  const size = /^([0-9a-f]{1,12})(;|$)/i.exec(await reader.line())?.[1]
  if (size === undefined) throw malformed('expected the size of a chunk, in hex')
  return Number.parseInt(size, 16)
}

async function readTrailers(reader: Reader, trailers: Map<string, string>): Promise<void> {
  for (let count = 0; count <= MAX_TRAILERS; count++) {
    const line = await reader.line()
    if (line === '') return
    const colon = line.indexOf(':')
    if (colon < 1) throw malformed('expected a trailer, "name:value"')
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  throw malformed(`more than ${MAX_TRAILERS} trailers`)
}

interface Reader {
  /** The next line, without its end. */
  line(): Promise<string>
  /** Between 1 and `maxBytes` bytes. */
  piece(maxBytes: number): Promise<Buffer>
  /** Reads no more. */
  close(): Promise<void>
}

function createReader(framed: AsyncIterable<Buffer>): Reader {
  const source = framed[Symbol.asyncIterator]()
  let held: Buffer = Buffer.alloc(0)
  const readMore = async () => {
    const next = await source.next()
    if (next.done === true) throw malformed('it ends too early')
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value])
  }
  return {
    async line() {
      let end = held.indexOf('\r\n')
      for (; end < 0; end = held.indexOf('\r\n')) {
        if (held.length > MAX_LINE_BYTES) throw malformed(`a line exceeds ${MAX_LINE_BYTES} bytes`)
        await readMore()
      }
      const line = held.toString('latin1', 0, end)
      held = held.subarray(end + 2)
      return line
    },
    async piece(maxBytes) {
      while (held.length === 0) await readMore()
      const piece = held.subarray(0, maxBytes)
      held = held.subarray(piece.length)
      return piece
    },
    async close() {
      await source.return?.()
    },
  }
}

const malformed = (reason: string) =>
  new StorageError('IncompleteBody', `The aws-chunked body is malformed: ${reason}`)
