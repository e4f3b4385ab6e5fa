/** The blocks of an event stream that answers a `fetch`. */

/** @typedef {{ readonly id: string | undefined, readonly data: string | undefined }} Block */

/**
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @returns {AsyncGenerator<Block, void>}
 */
export async function* readBlocks(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      // A block's end may lie across two pieces; what was looked at before has none.
      const from = Math.max(0, text.length - 1)
      text += value
      let start = 0
      for (let end = text.indexOf('\n\n', from); end >= 0; end = text.indexOf('\n\n', start)) {
        yield toBlock(text.slice(start, end))
        start = end + 2
      }
      text = text.slice(start)
    }
  } finally {
    // However it ends, the connection ends with it.
    await reader.cancel().catch(() => undefined)
  }
}

/**
 * @param {string} text
 * @returns {Block}
 */
function toBlock(text) {
  const lines = text.split('\n')
  const data = lines.flatMap((line) => valueOf(line, 'data') ?? [])
  const [id] = lines.flatMap((line) => valueOf(line, 'id') ?? [])
  return { id, data: data.length === 0 ? undefined : data.join('\n') }
}

/**
 * @param {string} line
 * @param {string} field
 * @returns {string | undefined}
 */
function valueOf(line, field) {
  if (!line.startsWith(`${field}:`)) return undefined
  const value = line.slice(field.length + 1)
  return value.startsWith(' ') ? value.slice(1) : value
}
