/** Values from outside, looked at before they are used. */

/** @typedef {{ readonly [name: string]: unknown }} JsonObject */

/**
 * @param {unknown} value
 * @returns {value is JsonObject}
 */
export function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * @param {unknown} value
 * @returns {string | undefined} undefined for what is no text, or none to speak of
 */
export function textOf(value) {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/**
 * @param {unknown} value
 * @returns {readonly unknown[]}
 */
export function listOf(value) {
  return Array.isArray(value) ? value : []
}

/**
 * @param {unknown} value
 * @returns {number | undefined}
 */
export function numberOf(value) {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/**
 * What an error says, in words for people.
 *
 * @param {unknown} error
 * @returns {string}
 */
export function wordsOf(error) {
  return error instanceof Error ? error.message : String(error)
}
