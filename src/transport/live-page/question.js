/** A question that a function asks its caller, answered by whoever sits before the page. */
import { element } from './dom.js'
import { createSchemaForm } from './form.js'
import { textOf } from './json.js'

/** @typedef {import('./json.js').JsonObject} JsonObject */

/**
 * Shows it and takes it away again.
 *
 * @param {HTMLElement} place
 * @param {import('./tools.js').Question} question
 * @param {AbortSignal} signal the call was given up
 * @returns {Promise<JsonObject>} the answer as the protocol has it
 */
export async function askPerson(place, { method, params }, signal) {
  signal.throwIfAborted()
  if (method !== 'elicitation/create') throw new Error(`This page cannot answer ${method}.`)
  const toQuestion = params['mode'] === 'url' ? linkQuestion : formQuestion
  try {
    return await new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      const shown = toQuestion(params, resolve)
      place.replaceChildren(shown)
      shown.querySelector('h3')?.focus()
    })
  } finally {
    place.replaceChildren()
  }
}

/** @typedef {(answer: JsonObject) => void} Answer */

/**
 * @param {JsonObject} params
 * @param {Answer} answer
 */
function formQuestion(params, answer) {
  const form = createSchemaForm(params['requestedSchema'])
  const shown = element(
    'form',
    { class: 'question', novalidate: true, onsubmit: send },
    ...heading(params),
    ...form.fields,
    buttons(element('button', { type: 'submit', class: 'main' }, 'Answer'), answer),
  )
  return shown

  /** @param {Event} event */
  function send(event) {
    event.preventDefault()
    const read = form.read(shown)
    if ('value' in read) answer({ action: 'accept', content: read.value })
  }
}

/**
 * @param {JsonObject} params
 * @param {Answer} answer
 */
function linkQuestion(params, answer) {
  const url = textOf(params['url']) ?? ''
  const isSafe = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
  const link = isSafe
    ? element('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, url)
    : element('code', {}, url)
  const done = () => answer({ action: 'accept' })
  return element(
    'div',
    { class: 'question' },
    ...heading(params),
    element('p', {}, 'It asks you to open: ', link),
    buttons(
      element('button', { type: 'button', class: 'main', onclick: done }, 'I have done it'),
      answer,
    ),
  )
}

/** @param {JsonObject} params */
function heading({ message }) {
  return [
    element('h3', { tabindex: -1 }, 'It asks'),
    element('p', { class: 'asked' }, textOf(message) ?? 'It needs an answer.'),
  ]
}

/**
 * @param {HTMLElement} first
 * @param {Answer} answer
 */
function buttons(first, answer) {
  const decline = () => answer({ action: 'decline' })
  return element(
    'div',
    { class: 'buttons' },
    first,
    element('button', { type: 'button', class: 'quiet', onclick: decline }, 'Decline'),
  )
}
