/** Takes out of what is recorded what must not be kept. */
import { toSegments } from '../domain/json-pointer.js'

/** What stands in a record where something was taken out. */
const REDACTED = '[redacted]'

/** @returns a copy in which the pointed-at values are replaced; the value itself where none exists */
export function redact(value: unknown, pointers: readonly string[]): unknown {
  let redacted = value
  for (const pointer of pointers) redacted = redactAt(redacted, toSegments(pointer))
  return redacted
}

function redactAt(value: unknown, segments: readonly string[]): unknown {
  const [segment, ...rest] = segments
  if (segment === undefined) return REDACTED
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return value
  if (Array.isArray(value))
    return value.map((item: unknown, at) => (String(at) === segment ? redactAt(item, rest) : item))
  const entries = Object.entries(value).map(([name, member]: [string, unknown]) =>
    name === segment ? ([name, redactAt(member, rest)] as const) : ([name, member] as const),
  )
  return Object.fromEntries(entries)
}
