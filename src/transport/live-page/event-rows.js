/** Events as rows, the newest first, each once. */
import { durationOf, element, jsonBlock, timeOf } from './dom.js'
import { isObject, numberOf, textOf, wordsOf } from './json.js'

/** @typedef {import('./json.js').JsonObject} JsonObject */
/** @typedef {import('./event-feed.js').HeardEvent} HeardEvent */

/** Rows of the page; older ones go. */
const MAX_ROWS = 500

/** @typedef {(uri: string) => Promise<JsonObject>} ReadResource */

/**
 * @param {{ list: HTMLElement, empty: HTMLElement, readResource: ReadResource }} parts
 */
export function createEventRows({ list, empty, readResource }) {
  /** @type {Map<string, HTMLElement>} */
  const rows = new Map()
  let notices = 0
  return {
    /** @param {HeardEvent} event */
    add(event) {
      const isNotice = event.type === 'gap' || event.type === 'server.closing'
      // A notice has the id of the event before it. Two gaps in a row are one.
      const key = isNotice ? `notice ${++notices}` : `${event.type} ${event.id}`
      if (rows.has(key) || (event.type === 'gap' && isGap(list.firstElementChild))) return
      const row = toRow(event, readResource)
      rows.set(key, row)
      list.prepend(row)
      empty.hidden = true
      for (const [oldest, old] of rows) {
        if (rows.size <= MAX_ROWS) break
        rows.delete(oldest)
        old.remove()
      }
    },
    clear() {
      rows.clear()
      list.replaceChildren()
      empty.hidden = false
    },
  }
}

/** @param {Element | null} row */
function isGap(row) {
  return row?.classList.contains('gap') === true
}

/**
 * @param {HeardEvent} event
 * @param {ReadResource} readResource
 */
function toRow(event, readResource) {
  const { type, data } = event
  const kind = type.startsWith('call.') ? type.slice('call.'.length) : type.replace('.', '-')
  const head = [
    timeOf(String(data['time'])),
    element('span', { class: 'type' }, type),
    element('span', { class: 'what' }, ...toWhat(event)),
  ]
  const more = toDetails(data, readResource)
  const inner =
    more.length === 0
      ? element('div', { class: 'head' }, ...head)
      : element('details', {}, element('summary', { class: 'head' }, ...head), ...more)
  return element('li', { class: `event ${kind}` }, inner)
}

/**
 * @param {HeardEvent} event
 * @returns {(Node | string)[]}
 */
function toWhat({ type, data }) {
  if (type === 'gap') return ['Some events were missed: see the history of calls.']
  if (type === 'server.closing') return ['The server stops.']
  if (type === 'catalog.changed') return [`The ${textOf(data['list']) ?? 'lists'} have changed.`]
  if (type === 'resource.updated') return [element('code', {}, textOf(data['uri']) ?? '')]
  const called = data['function']
  const name = isObject(called) ? (textOf(called['name']) ?? '') : ''
  const text = [progressOf(data), textOf(data['status']), spentOf(data)].filter(Boolean).join(', ')
  return [element('strong', {}, name), text === '' ? '' : ` ${text}`]
}

/** @param {JsonObject} data */
function progressOf(data) {
  const [done, total] = [numberOf(data['progress']), numberOf(data['total'])]
  if (done === undefined) return undefined
  const steps = total === undefined ? `${done}` : `${done} of ${total}`
  const message = textOf(data['message'])
  return message === undefined ? steps : `${steps}: ${message}`
}

/** @param {JsonObject} data */
function spentOf(data) {
  const ms = numberOf(data['durationMs'])
  return ms === undefined ? undefined : durationOf(ms)
}

/**
 * @param {JsonObject} data
 * @param {ReadResource} readResource
 * @returns {Node[]}
 */
function toDetails({ callId, error, result, resultUri }, readResource) {
  /** @type {Node[]} */
  const details = []
  const id = textOf(callId)
  if (id !== undefined)
    details.push(element('p', { class: 'call-id' }, 'Call ', element('code', {}, id)))
  if (isObject(error))
    details.push(
      element('p', { class: 'failure' }, `${String(error['code'])}: ${String(error['message'])}`),
    )
  if (result !== undefined) details.push(jsonBlock(result))
  const uri = textOf(resultUri)
  if (uri !== undefined) details.push(resultLoader(uri, readResource))
  return details
}

/**
 * @param {string} uri of a result that is too large for an event
 * @param {ReadResource} readResource
 */
export function resultLoader(uri, readResource) {
  const said = element('p', { class: 'failure', role: 'status' })
  const button = element(
    'button',
    { type: 'button', class: 'quiet', onclick: load },
    'Load the result',
  )
  const box = element('div', {}, button, said)
  return box

  async function load() {
    button.disabled = true
    try {
      box.replaceChildren(jsonBlock(await readResource(uri)))
    } catch (error) {
      said.textContent = wordsOf(error)
      button.disabled = false
    }
  }
}
