/** What came of a call, for people: what a tool says is shown as what it is, and never run. */
import { element, jsonBlock, textBlock } from './dom.js'
import { resultLoader } from './event-rows.js'
import { isObject, listOf, textOf } from './json.js'

/** @typedef {import('./json.js').JsonObject} JsonObject */

const CALL_ID = 'dev.mcp-daemon/callId'

/** Pictures that browsers draw without running anything. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'])

/** @param {JsonObject} result */
export function callIdOf({ _meta }) {
  return isObject(_meta) ? textOf(_meta[CALL_ID]) : undefined
}

/**
 * @param {JsonObject} result
 * @param {import('./event-rows.js').ReadResource} readResource
 * @returns {Node[]}
 */
export function toResultView(result, readResource) {
  const { structuredContent, content } = result
  const shown = listOf(content)
    .filter((block) => !repeats(block, structuredContent))
    .map((block) => toBlock(isObject(block) ? block : {}, readResource))
  const structured = structuredContent === undefined ? [] : [jsonBlock(structuredContent)]
  const all = [...structured, ...shown]
  return all.length > 0 ? all : [element('p', { class: 'empty' }, 'It has answered with nothing.')]
}

/**
 * True for the text that says what the structured content says, for clients that do not know that.
 *
 * @param {unknown} block
 * @param {unknown} structured
 */
function repeats(block, structured) {
  return structured !== undefined && isObject(block) && block['text'] === JSON.stringify(structured)
}

/**
 * @param {JsonObject} block
 * @param {import('./event-rows.js').ReadResource} readResource
 * @returns {Node}
 */
function toBlock(block, readResource) {
  const { type, text, uri, mimeType, data } = block
  if (type === 'text') return textBlock(String(text))
  if (type === 'image' && PICTURES.has(String(mimeType)))
    return element('img', {
      src: `data:${String(mimeType)};base64,${String(data)}`,
      alt: 'Picture that it answered with',
    })
  if (type === 'resource_link') return toLink(String(uri), block, readResource)
  if (type === 'resource' && isObject(block['resource'])) return toResource(block['resource'])
  if (type === 'image' || type === 'audio') return toBytes(type, mimeType, data)
  return jsonBlock(block)
}

/**
 * @param {string} uri
 * @param {JsonObject} block
 * @param {import('./event-rows.js').ReadResource} readResource
 */
function toLink(uri, { title, name, description }, readResource) {
  const label = textOf(title) ?? textOf(name) ?? 'Resource'
  return element(
    'div',
    { class: 'resource' },
    element('p', {}, `${label}: `, element('code', {}, uri)),
    textOf(description) === undefined ? null : element('p', { class: 'hint' }, String(description)),
    resultLoader(uri, readResource),
  )
}

/** @param {JsonObject} resource */
function toResource({ uri, text, mimeType, blob }) {
  const inner = typeof text === 'string' ? textBlock(text) : toBytes('a resource', mimeType, blob)
  const name = element('p', {}, element('code', {}, String(uri)))
  return element('div', { class: 'resource' }, name, inner)
}

/**
 * @param {string} what
 * @param {unknown} mimeType
 * @param {unknown} base64
 */
function toBytes(what, mimeType, base64) {
  const bytes = Math.floor(((textOf(base64)?.length ?? 0) * 3) / 4)
  const type = textOf(mimeType) ?? 'of no known type'
  return element('p', { class: 'hint' }, `${what} (${type}, about ${bytes} bytes), not shown here`)
}
