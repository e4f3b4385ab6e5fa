/**
 * The beginning of a text, never ending inside a character. Half surrogate pairs become U+FFFD:
 * the database takes only text that is valid UTF-8.
 */
export function clipText(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text)
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  return decoder.decode(bytes.subarray(0, maxBytes), { stream: bytes.length > maxBytes })
}
