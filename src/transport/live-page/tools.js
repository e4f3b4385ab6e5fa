/** The tools of an endpoint: listed, called, and their questions answered. */
import { isObject, listOf, textOf } from './json.js'

/** @typedef {import('./json.js').JsonObject} JsonObject */
/** @typedef {import('./gateway.js').Gateway} Gateway */
/** @typedef {JsonObject & { readonly name: string }} Tool */

/** Pages of a list; whoever has more tools than this finds none of them in a list: 100 × 100. */
const MAX_PAGES = 100

/**
 * @param {Gateway} gateway
 * @returns {Promise<readonly Tool[]>}
 */
export async function listTools(gateway) {
  /** @type {Tool[]} */
  const tools = []
  let cursor
  for (let page = 0; page < MAX_PAGES; page++) {
    const result = await gateway.ask('tools/list', cursor === undefined ? {} : { cursor })
    tools.push(...listOf(result['tools']).filter(isTool))
    cursor = result['nextCursor']
    if (typeof cursor !== 'string') break
  }
  return tools
}

/**
 * @param {unknown} value
 * @returns {value is Tool}
 */
function isTool(value) {
  return isObject(value) && textOf(value['name']) !== undefined
}

/** @param {Tool} tool */
export function titleOf({ name, title, annotations }) {
  const annotated = isObject(annotations) ? textOf(annotations['title']) : undefined
  return textOf(title) ?? annotated ?? name
}

/** @typedef {{ readonly method: string, readonly params: JsonObject }} Question */

/**
 * @typedef {object} Call
 * @property {Tool} tool
 * @property {JsonObject} args
 * @property {AbortSignal} signal aborting it cancels the call
 * @property {(progress: JsonObject) => void} onProgress
 * @property {(question: Question) => Promise<JsonObject>} onQuestion
 */

/**
 * Calls a tool; what it asks in between is answered, and the same request is made again.
 *
 * @param {Gateway} gateway
 * @param {Call} call
 * @returns {Promise<JsonObject>}
 */
export async function callTool(gateway, { tool, args, signal, onProgress, onQuestion }) {
  const { name, inputSchema } = tool
  /** @type {JsonObject} */
  let answered = {}
  for (;;) {
    const params = { name, arguments: args, ...answered }
    const result = await gateway.ask('tools/call', params, { signal, inputSchema, onProgress })
    if (result['resultType'] !== 'input_required') return result
    const { inputRequests, requestState } = result
    const inputResponses = await answerAll(inputRequests, onQuestion)
    answered = { inputResponses, ...(requestState !== undefined && { requestState }) }
  }
}

/**
 * One after the other: a person reads them.
 *
 * @param {unknown} inputRequests
 * @param {Call['onQuestion']} onQuestion
 */
async function answerAll(inputRequests, onQuestion) {
  /** @type {Record<string, JsonObject>} */
  const responses = {}
  for (const [key, request] of Object.entries(isObject(inputRequests) ? inputRequests : {})) {
    if (!isObject(request)) continue
    const { method, params } = request
    responses[key] = await onQuestion({
      method: String(method),
      params: isObject(params) ? params : {},
    })
  }
  return responses
}
