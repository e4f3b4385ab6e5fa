/** The result of 2026-07-28 that is none yet: the client answers its questions and asks again. */
import type { JsonObject } from './message.js'

/** A function cannot make one: what it returns is plain JSON. */
const known = new WeakSet<JsonObject>()

export interface InputRequest {
  readonly method: string
  readonly params: JsonObject
}

export function toInputRequired(
  inputRequests: Readonly<Record<string, InputRequest>>,
  requestState: string,
): JsonObject {
  const result = { inputRequests, requestState }
  known.add(result)
  return result
}

export function isInputRequired(result: JsonObject): boolean {
  return known.has(result)
}
