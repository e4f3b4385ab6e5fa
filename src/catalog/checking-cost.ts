/**
 * How much work it may be to check a value, told from schema and value without checking.
 *
 * Without the keywords named here every part of a schema meets every part of a value at most once,
 * so the product of their sizes bounds the work. With one of them, nothing does.
 */

import { isJsonObject } from '../domain/json.js'

/** Keyword → the form in which it counts; a property of that name has a schema, which is neither. */
const UNBOUNDED: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ['pattern', isText],
  ['format', isText],
  ['$ref', isText],
  ['$dynamicRef', isText],
  ['$recursiveRef', isText],
  ['uniqueItems', (value) => value === true],
  ['patternProperties', () => true],
])

/** Text is compared and counted by the character, which is this much cheaper than a step. */
const CHARS_OF_A_STEP = 256

/** @returns members and items of a schema in all; Infinity when its work has no bound */
export function weightOf(schema: unknown): number {
  let weight = 0
  const left: unknown[] = [schema]
  while (left.length > 0) {
    const value = left.pop()
    weight++
    if (typeof value !== 'object' || value === null) continue
    for (const [key, member] of Object.entries(value)) {
      if (UNBOUNDED.get(key)?.(member)) return Infinity
      left.push(member)
    }
  }
  return weight
}

/** @param limit in members, items and pieces of text; looks at little more of the value than that */
export function isLargerThan(limit: number, value: unknown): boolean {
  let size = 0
  const left: unknown[] = [value]
  while (left.length > 0) {
    const part = left.pop()
    size += 1 + stepsOfText(part)
    if (size + left.length > limit) return true
    if (Array.isArray(part)) {
      if (part.length > limit) return true
      for (const item of part as readonly unknown[]) left.push(item)
    } else if (isJsonObject(part)) {
      // Their names are not listed first: there may be many.
      for (const name in part) {
        size += stepsOfText(name)
        if (left.push(part[name]) > limit) return true
      }
    }
  }
  return false
}

function stepsOfText(value: unknown): number {
  return typeof value === 'string' ? value.length / CHARS_OF_A_STEP : 0
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}
