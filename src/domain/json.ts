/** JSON, as every room means it: what an object is, and how deep a text nests. */

export type JsonObject = Record<string, unknown>

/** True for what JSON calls an object: no list, no null. Its members are unchecked. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Level by level, so that no depth overflows the stack.
 *
 * @param levels arrays and objects together
 */
export function isDeeperThan(levels: number, root: unknown): boolean {
  let level = [root]
  for (let depth = 0; depth <= levels && level.length > 0; depth++)
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    )
  return level.length > 0
}

/**
 * How deep JSON may nest that a function makes. What reads it later recurses, down to clients, and
 * the thread that serves everybody has less stack than the function had.
 */
export const MAX_FUNCTION_JSON_DEPTH = 500

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/**
 * One pass over the text, so that hostile nesting never reaches a recursive reader.
 *
 * @param levels arrays and objects together
 * @param text need not be JSON
 */
export function nestsDeeperThan(levels: number, text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--
    else if (code === OPEN_LIST || code === OPEN_OBJECT) depth++
    if (depth > levels) return true
  }
  return false
}

function endOfString(text: string, start: number): number {
  let at = text.indexOf('"', start + 1)
  while (at !== -1 && isEscaped(text, at)) at = text.indexOf('"', at + 1)
  return at === -1 ? text.length : at
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0
  while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++
  return slashes % 2 === 1
}
