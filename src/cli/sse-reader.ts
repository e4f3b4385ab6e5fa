/**
 * Server-sent events, as a client reads them: bytes in pieces of any size → blocks. Nothing that a
 * server sends makes it hold more than its limits.
 */
import { GatewayError } from '../domain/errors.js'

/** What stands between two empty lines, as far as it means something. */
export interface SseBlock {
  readonly id?: string | undefined
  readonly name?: string | undefined
  /** Absent from a block that only says where the stream is, or when to come back. */
  readonly data?: string | undefined
  readonly retryMs?: number | undefined
}

export interface SseReader {
  /**
   * @returns the blocks that are whole by now; what follows the last one waits for more
   * @throws GatewayError `BODY_TOO_LARGE`: then nothing more can be read
   */
  read(bytes: Uint8Array): SseBlock[]
}

export interface SseLimits {
  /** Default: 4 Mi characters. */
  readonly maxLineChars?: number | undefined
  /** Of all data of one block. Default: 8 Mi characters. */
  readonly maxBlockChars?: number | undefined
}

const MI = 1024 * 1024

const LINE_END = /\r\n|\n|\r/

export function createSseReader(limits: SseLimits = {}): SseReader {
  const { maxLineChars = 4 * MI, maxBlockChars = 8 * MI } = limits
  // A character may stand in two pieces; a byte order mark at the start is left out.
  const decoder = new TextDecoder()
  const takeLine = createBlockReader(maxBlockChars)
  let rest = ''
  let isAfterReturn = false
  return {
    read(bytes) {
      const decoded = decoder.decode(bytes, { stream: true })
      if (decoded === '') return []
      // The other half of a line end whose first half was enough.
      const text = isAfterReturn && decoded.startsWith('\n') ? decoded.slice(1) : decoded
      isAfterReturn = decoded.endsWith('\r')
      const blocks: SseBlock[] = []
      const [first = '', ...more] = text.split(LINE_END)
      rest += first
      for (const line of more) {
        keepWithin(maxLineChars, rest.length, 'a line')
        const block = takeLine(rest)
        if (block !== undefined) blocks.push(block)
        rest = line
      }
      keepWithin(maxLineChars, rest.length, 'a line')
      return blocks
    },
  }
}

/** @returns takes a line, and returns the block that it ends */
function createBlockReader(maxBlockChars: number): (line: string) => SseBlock | undefined {
  let block: SseBlock = {}
  let data: string[] = []
  let chars = 0
  return (line) => {
    if (line === '') {
      const whole = data.length === 0 ? block : { ...block, data: data.join('\n') }
      block = {}
      data = []
      chars = 0
      return Object.keys(whole).length === 0 ? undefined : whole
    }
    const [field, value] = splitLine(line)
    if (field === 'data') {
      chars += value.length + 1
      keepWithin(maxBlockChars, chars, 'an event')
      data.push(value)
    } else if (field === 'event') block = { ...block, name: value }
    else if (field === 'id' && !value.includes('\0')) block = { ...block, id: value }
    else if (field === 'retry' && /^\d{1,9}$/.test(value))
      block = { ...block, retryMs: Number(value) }
    return undefined
  }
}

/** A comment is a line without a field; one space after the colon belongs to neither side. */
function splitLine(line: string): readonly [field: string, value: string] {
  const colon = line.indexOf(':')
  if (colon === -1) return [line, '']
  const value = line.slice(colon + 1)
  return [line.slice(0, colon), value.startsWith(' ') ? value.slice(1) : value]
}

function keepWithin(maxChars: number, chars: number, what: string): void {
  if (chars <= maxChars) return
  throw new GatewayError(
    'BODY_TOO_LARGE',
    `The event stream has ${what} of more than ${maxChars} characters`,
  )
}
