/** What a bundle's code threw, made safe to show: anything may be thrown, not only errors. */

export interface Thrown {
  /** For the caller, at most 4 KiB. */
  readonly message: string
  /** For the gateway's log alone, at most 8 KiB. */
  readonly stack?: string | undefined
}

const MAX_MESSAGE_BYTES = 4 * 1024
const MAX_STACK_BYTES = 8 * 1024

export function readThrown(thrown: unknown): Thrown {
  try {
    if (!(thrown instanceof Error)) return { message: cut(toText(thrown), MAX_MESSAGE_BYTES) }
    return {
      message: cut(toText(thrown), MAX_MESSAGE_BYTES),
      stack: cut(toStack(thrown), MAX_STACK_BYTES),
    }
  } catch {
    // A getter or a `toString` of the thrown value threw in its turn.
    return { message: 'something that cannot be read was thrown' }
  }
}

function toStack(error: Error): string {
  const { cause } = error
  return cause instanceof Error ? `${error.stack}\ncaused by ${cause.stack}` : String(error.stack)
}

function toText(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null)
    return String(thrown) || 'an empty text was thrown'
  const message: unknown = Reflect.get(thrown, 'message')
  if (typeof message === 'string' && message !== '') return message
  if (thrown instanceof Error) return `${thrown.name} without a message`
  return JSON.stringify(thrown) ?? 'an object without a message was thrown'
}

/** Cuts at a character boundary. */
function cut(text: string, maxBytes: number): string {
  // A UTF-16 unit takes at most three bytes, so most texts need no counting.
  if (text.length * 3 <= maxBytes) return text
  const bytes = Buffer.from(text.slice(0, maxBytes))
  if (bytes.length <= maxBytes) return text.slice(0, maxBytes)
  let end = maxBytes
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}
