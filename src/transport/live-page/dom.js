/** Elements are made of names and text, never of markup: what tools and servers say stays text. */

/** @typedef {string | number | boolean | null | undefined | ((event: Event) => void)} Attribute */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Readonly<Record<string, Attribute>>} [attributes] `true` sets an empty one; `false`,
 * `null` and `undefined` none; a function listens, to `click` when it is named `onclick`
 * @param {(Node | string | null | undefined)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value)
    else if (value === true) made.setAttribute(name, '')
    else if (value !== false && value !== null && value !== undefined)
      made.setAttribute(name, String(value))
  }
  made.append(...children.filter((child) => child !== null && child !== undefined))
  return made
}

/**
 * An element of the page's own HTML.
 *
 * @template {HTMLElement} Wanted
 * @param {string} id
 * @param {new () => Wanted} kind
 * @returns {Wanted}
 */
export function byId(id, kind) {
  const found = document.getElementById(id)
  if (found instanceof kind) return found
  throw new Error(`the page has no #${id} of that kind`)
}

/**
 * JSON for people, as text that is cut where it would burden the page.
 *
 * @param {unknown} value
 * @returns {HTMLPreElement}
 */
export function jsonBlock(value) {
  return textBlock(JSON.stringify(value, null, 2) ?? 'null')
}

/** More than this is not read by people, and slows the page: characters. */
const MAX_SHOWN_CHARS = 100_000

/**
 * @param {string} text
 * @returns {HTMLPreElement}
 */
export function textBlock(text) {
  const more = text.length - MAX_SHOWN_CHARS
  const shown = more > 0 ? `${text.slice(0, MAX_SHOWN_CHARS)}\n… ${more} more characters` : text
  // It scrolls sideways, so the keyboard has to reach it.
  return element('pre', { tabindex: 0 }, shown)
}

/** For `Intl` is asked once: hours, minutes, seconds of the reader's place. */
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })

/**
 * @param {string} iso
 * @returns {HTMLTimeElement}
 */
export function timeOf(iso) {
  const date = new Date(iso)
  const text = Number.isNaN(date.getTime()) ? iso : clock.format(date)
  return element('time', { datetime: iso, title: iso }, text)
}

/**
 * @param {number} ms
 * @returns {string}
 */
export function durationOf(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
