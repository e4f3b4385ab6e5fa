/** A call as it goes on, and what came of it. */
import { element } from './dom.js'
import { Refusal } from './gateway.js'
import { numberOf, textOf, wordsOf } from './json.js'
import { callIdOf, toResultView } from './result-view.js'

/** @typedef {import('./json.js').JsonObject} JsonObject */

const RUNNING = 'Running …'

/** @param {import('./event-rows.js').ReadResource} readResource */
export function createCallView(readResource) {
  const status = element('p', { class: 'status', role: 'status' })
  const progress = element('progress', { hidden: true, 'aria-label': 'How far it is' })
  const question = element('div', {})
  const result = element('div', { class: 'result' })

  /**
   * @param {string} text
   * @param {'good' | 'bad'} [mood]
   */
  const say = (text, mood) => {
    status.textContent = text
    status.className = `status ${mood ?? ''}`
  }
  return {
    elements: [status, progress, question, result],
    /** Where questions of the function are asked. */
    question,
    say,
    begin() {
      say(RUNNING)
      result.replaceChildren()
    },
    goOn: () => say(RUNNING),
    end() {
      progress.hidden = true
    },
    /** @param {JsonObject} told */
    showProgress(told) {
      const [done, total] = [numberOf(told['progress']) ?? 0, numberOf(told['total'])]
      progress.hidden = false
      if (total === undefined) progress.removeAttribute('value')
      else Object.assign(progress, { max: total, value: Math.min(done, total) })
      const message = textOf(told['message'])
      say(message === undefined ? RUNNING : `Running: ${message}`)
    },
    /**
     * @param {JsonObject} answered
     * @param {string} spent
     */
    showResult(answered, spent) {
      const isError = answered['isError'] === true
      if (isError) say(`The tool has failed, after ${spent}.`, 'bad')
      else say(`Done in ${spent}.`, 'good')
      const callId = callIdOf(answered)
      const name = element('p', { class: 'call-id' }, 'Call ', element('code', {}, callId))
      result.replaceChildren(
        element('h3', {}, isError ? 'What went wrong' : 'Result'),
        ...toResultView(answered, readResource),
        ...(callId === undefined ? [] : [name]),
      )
    },
    /** @param {unknown} error */
    showError: (error) => say(toFailure(error), 'bad'),
  }
}

/** @param {unknown} error */
function toFailure(error) {
  if (error instanceof Refusal) {
    const code = error.code === undefined ? '' : ` (${error.code})`
    return `Refused: ${error.message}${code}`
  }
  // It is what `fetch` says when there was no answer.
  if (error instanceof TypeError)
    return 'No answer came: the connection was lost. The events tell whether it has run.'
  return wordsOf(error)
}
