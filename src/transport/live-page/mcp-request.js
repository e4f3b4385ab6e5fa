/** A request of MCP 2026-07-28 stands alone: its headers repeat what its body says. */
import { isObject } from './json.js'

/** @typedef {import('./json.js').JsonObject} JsonObject */

const VERSION = '2026-07-28'
const PREFIX = 'io.modelcontextprotocol'

/** What this page can do for a function that asks. */
const CAPABILITIES = { elicitation: { form: {}, url: {} } }

/**
 * @typedef {object} Asked
 * @property {number} id
 * @property {string} method
 * @property {JsonObject} params
 * @property {unknown} [inputSchema] of the tool that is called
 */

/**
 * @param {Asked} asked
 * @returns {{ headers: Record<string, string>, body: string }}
 */
export function toMcpRequest({ id, method, params, inputSchema }) {
  const named = params['name'] ?? params['uri']
  const meta = {
    [`${PREFIX}/protocolVersion`]: VERSION,
    [`${PREFIX}/clientInfo`]: { name: 'mcp-daemon-live-page', version: '1' },
    [`${PREFIX}/clientCapabilities`]: CAPABILITIES,
    progressToken: id,
  }
  return {
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': VERSION,
      'mcp-method': method,
      ...(typeof named === 'string' && { 'mcp-name': toHeader(named) }),
      ...toParamHeaders(inputSchema, params['arguments']),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta: meta } }),
  }
}

/**
 * Arguments that their schema wants to see in a header too (`x-mcp-header`).
 *
 * @param {unknown} schema
 * @param {unknown} value
 * @returns {Record<string, string>}
 */
function toParamHeaders(schema, value) {
  /** @type {Record<string, string>} */
  const headers = {}
  if (!isObject(schema) || !isObject(schema['properties']) || !isObject(value)) return headers
  for (const [name, property] of Object.entries(schema['properties'])) {
    const given = value[name]
    if (!isObject(property) || given === undefined || given === null) continue
    const header = property['x-mcp-header']
    if (typeof header === 'string' && !isObject(given))
      headers[`mcp-param-${header}`] = toHeader(
        typeof given === 'string' ? given : JSON.stringify(given),
      )
    Object.assign(headers, toParamHeaders(property, given))
  }
  return headers
}

/** Printable ASCII that neither begins nor ends with a space. */
const PLAIN = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/

/**
 * @param {string} text
 * @returns {string} what is no plain header text travels as base64 of UTF-8
 */
function toHeader(text) {
  if (PLAIN.test(text) && !text.startsWith('=?base64?')) return text
  const bytes = new TextEncoder().encode(text)
  return `=?base64?${btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join(''))}?=`
}
