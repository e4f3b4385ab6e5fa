/**
 * The messages between the gateway and an instance in a process of its own, one a line. What is
 * JSON text already travels as it is; everything else is one JSON array.
 */
import type { GatewayMessage, InstanceMessage } from './instance-messages.js'

export function toLine(message: GatewayMessage | InstanceMessage): string {
  if (message[0] === 'call' || message[0] === 'result')
    return `${message[0]} ${message[1]} ${message[2]}\n`
  return `${JSON.stringify(message)}\n`
}

/** @returns undefined for a line that has none of the two forms */
export function splitLine(line: string): TextMessage | unknown[] | undefined {
  if (line.startsWith('[')) return readArray(line)
  const [, kind, number, json] = TEXT_MESSAGE.exec(line) ?? []
  if (kind === undefined || json === undefined) return undefined
  return [kind, Number(number), json]
}

/** A message whose last part is JSON text, not yet parsed. */
export type TextMessage = [kind: string, number: number, json: string]

const TEXT_MESSAGE = /^(call|result) (\d{1,15}) (.*)$/s

function readArray(line: string): unknown[] | undefined {
  const read: unknown = JSON.parse(line)
  return Array.isArray(read) ? read : undefined
}

/**
 * Puts lines together out of the pieces in which they arrive.
 *
 * @param maxChars a longer line is not kept: `onTooLong` is called instead, once
 */
export function createLineReader(
  maxChars: number,
  { onLine, onTooLong }: { onLine: (line: string) => void; onTooLong: () => void },
): (text: string) => void {
  let pending = ''
  let isBroken = false
  return (text) => {
    if (isBroken) return
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      onLine(pending + text.slice(start, end))
      pending = ''
      start = end + 1
    }
    pending += text.slice(start)
    if (pending.length <= maxChars) return
    isBroken = true
    pending = ''
    onTooLong()
  }
}
