import type { Readable } from 'node:stream'

const LINE_FEED = 0x0a

/**
 * The lines of a byte stream, without their ends; blank ones are passed over.
 *
 * @param maxBytes a longer line comes out as `undefined`, and is never held in memory whole
 */
export async function* readLines(
  input: Readable,
  maxBytes: number,
): AsyncGenerator<string | undefined> {
  let pending: Buffer[] = []
  let bytes = 0

  const take = (part: Buffer) => {
    bytes += part.length
    if (bytes <= maxBytes) pending.push(part)
    else pending = []
  }
  const finish = (): string | undefined => {
    const line = bytes > maxBytes ? undefined : Buffer.concat(pending).toString('utf8')
    pending = []
    bytes = 0
    return line
  }

  for await (const chunk of untilClosed(input)) {
    const buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    let start = 0
    for (let end = buffer.indexOf(LINE_FEED); end !== -1; end = buffer.indexOf(LINE_FEED, start)) {
      take(buffer.subarray(start, end))
      const line = finish()
      if (line?.trim() !== '') yield line
      start = end + 1
    }
    take(buffer.subarray(start))
  }
  const last = finish()
  if (last?.trim() !== '') yield last
}

/** An input that is closed on this side has ended, like one that its writer closed. */
async function* untilClosed(input: Readable): AsyncGenerator {
  try {
    yield* input
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
}
