/** Texts as the database takes them: valid UTF-8. */

/** UTF-8 bytes of one UTF-16 unit, at most. */
const MAX_UNIT_BYTES = 3

const SURROGATE = /[\ud800-\udfff]/

/** Half surrogate pairs become U+FFFD: the database refuses a whole request with such a text. */
export function toValidText(text: string): string {
  return SURROGATE.test(text) ? Buffer.from(text).toString() : text
}

/** The beginning of a text as valid text, never ending inside a character. */
export function clipText(text: string, maxBytes: number): string {
  if (text.length * MAX_UNIT_BYTES <= maxBytes) return toValidText(text)
  const bytes = Buffer.from(text)
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  return decoder.decode(bytes.subarray(0, maxBytes), { stream: bytes.length > maxBytes })
}
