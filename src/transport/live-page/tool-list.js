/** The tools of the endpoint, filtered while one types; the chosen one is shown beside them. */
import { element } from './dom.js'
import { textOf } from './json.js'
import { titleOf } from './tools.js'

/** @typedef {import('./tools.js').Tool} Tool */

/**
 * @typedef {object} ListParts
 * @property {HTMLElement} list
 * @property {HTMLInputElement} filter
 * @property {HTMLElement} status
 * @property {(tool: Tool) => void} onChoose
 */

/** @param {ListParts} parts */
export function createToolList({ list, filter, status, onChoose }) {
  /** @type {{ tool: Tool, row: HTMLElement, button: HTMLButtonElement, words: string }[]} */
  let rows = []
  /** @type {string | undefined} */
  let chosen
  filter.addEventListener('input', narrow)
  return {
    /** @param {readonly Tool[]} tools */
    show(tools) {
      const focused = rows.find(({ button }) => button === document.activeElement)?.tool.name
      rows = tools.map((tool) => toRow(tool, choose))
      list.replaceChildren(...rows.map(({ row }) => row))
      mark()
      narrow()
      rows.find(({ tool }) => tool.name === focused)?.button.focus()
    },
    /** @param {string} text */
    say(text) {
      status.textContent = text
    },
    clear() {
      chosen = undefined
      rows = []
      list.replaceChildren()
      filter.value = ''
    },
  }

  /** @param {Tool} tool */
  function choose(tool) {
    chosen = tool.name
    mark()
    onChoose(tool)
  }

  function mark() {
    for (const { tool, button } of rows)
      button.setAttribute('aria-current', String(tool.name === chosen))
  }

  function narrow() {
    const wanted = filter.value.toLowerCase().split(/\s+/)
    for (const { row, words } of rows) row.hidden = !wanted.every((word) => words.includes(word))
    const shown = rows.filter(({ row }) => !row.hidden).length
    status.textContent = toCount(shown, rows.length)
  }
}

/**
 * @param {number} shown
 * @param {number} all
 */
function toCount(shown, all) {
  if (all === 0) return 'This endpoint has no tools yet.'
  if (shown < all) return `${shown} of ${all} tools`
  return all === 1 ? '1 tool' : `${all} tools`
}

/**
 * @param {Tool} tool
 * @param {(tool: Tool) => void} choose
 */
function toRow(tool, choose) {
  const { name } = tool
  const title = titleOf(tool)
  const description = textOf(tool['description']) ?? ''
  const button = element(
    'button',
    { type: 'button', onclick: () => choose(tool) },
    element('strong', {}, title),
    title === name ? null : element('code', {}, name),
    description === '' ? null : element('span', { class: 'about' }, description),
  )
  const words = `${name} ${title} ${description}`.toLowerCase()
  return { tool, button, words, row: element('li', {}, button) }
}
