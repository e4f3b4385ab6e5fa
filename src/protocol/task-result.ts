/** The result of a call that goes on in the background: a task that its client asks for later. */
import type { JsonObject } from './message.js'

/** A function cannot make one: what it returns is plain JSON. */
const known = new WeakSet<JsonObject>()

/** @param task flat, as the extension shows it, without result, error or questions */
export function toTaskResult(task: JsonObject): JsonObject {
  const result = { ...task }
  known.add(result)
  return result
}

export function isTaskResult(result: JsonObject): boolean {
  return known.has(result)
}
