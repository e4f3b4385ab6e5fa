/** What a completion function returned → what `completion/complete` answers. Pure. */
import { GatewayError } from '../domain/errors.js'
import { isJsonObject, type JsonObject } from '../domain/json.js'

/** The most that the protocol lets an answer hold. */
const MAX_VALUES = 100

/**
 * An array is all that there is to suggest; an object says itself how much more there is.
 *
 * @throws GatewayError `RESULT_INVALID` when it is neither
 */
export function toCompletionResult(returned: unknown): JsonObject {
  if (isStrings(returned)) return { completion: cut(returned, countOf(returned)) }
  if (!isJsonObject(returned)) throw wrong()
  const { values, total, hasMore } = returned
  if (!isStrings(values) || !isTotal(total) || !isFlag(hasMore)) throw wrong()
  const said = {
    ...(total === undefined ? {} : { total }),
    ...(hasMore === undefined ? {} : { hasMore }),
  }
  return { completion: cut(values, values.length > MAX_VALUES ? countOf(values, total) : said) }
}

function cut(values: readonly string[], counts: JsonObject): JsonObject {
  return { values: values.slice(0, MAX_VALUES), ...counts }
}

/** @param total as the function has said it; never less than what it returned */
function countOf(values: readonly string[], total = 0): JsonObject {
  return { total: Math.max(total, values.length), hasMore: values.length > MAX_VALUES }
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && [...value].every((item) => typeof item === 'string')
}

function isTotal(value: unknown): value is number | undefined {
  return value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0)
}

function isFlag(value: unknown): value is boolean | undefined {
  return value === undefined || typeof value === 'boolean'
}

function wrong(): GatewayError {
  return new GatewayError(
    'RESULT_INVALID',
    'a completion function must return an array of strings, or { values, total?, hasMore? } with such an array, a count and true or false',
  )
}
