/** What every part of a form has: a label, a description, and a place for what is wrong. */
import { element } from './dom.js'
import { numberOf, textOf } from './json.js'

/** @typedef {import('./json.js').JsonObject} JsonObject */

/**
 * What stands in a field: a value, nothing, or something that is wrong, which is said at the field.
 *
 * @typedef {{ readonly state: 'value', readonly value: unknown } | { readonly state: 'unset' | 'wrong' }} Reading
 */

/**
 * @typedef {object} Field
 * @property {HTMLElement} element
 * @property {() => Reading} read
 * @property {() => boolean} isTouched true once it differs from what it began with
 */

/**
 * @typedef {object} FieldOptions
 * @property {JsonObject} schema resolved
 * @property {string} label
 * @property {boolean} isRequired
 * @property {unknown} [initial] what it begins with; the schema's default when absent
 */

/** @type {Reading} */
export const UNSET = { state: 'unset' }
/** @type {Reading} */
export const WRONG = { state: 'wrong' }

/**
 * @param {unknown} value
 * @returns {Reading}
 */
export function valued(value) {
  return { state: 'value', value }
}

let lastId = 0

/** @returns {string} an id that the page has none of yet */
export function newId() {
  return `field-${++lastId}`
}

/**
 * @typedef {object} Frame
 * @property {string} id of the control
 * @property {string} describedBy for the control
 * @property {HTMLElement | undefined} hint
 * @property {HTMLElement} problem
 * @property {(...words: string[]) => Reading} refuse says what is wrong
 */

/**
 * @param {FieldOptions} options
 * @param {string} [rule] what else has to be known of its value
 * @returns {Frame}
 */
export function createFrame({ schema }, rule) {
  const id = newId()
  const words = [textOf(schema['description']), rule].filter(Boolean).join(' · ')
  const hint = words === '' ? undefined : element('p', { id: `${id}-hint`, class: 'hint' }, words)
  const problem = element('p', { id: `${id}-problem`, class: 'problem' })
  const describedBy = [hint?.id, problem.id].filter(Boolean).join(' ')
  return {
    id,
    describedBy,
    hint,
    problem,
    refuse: (...problems) => {
      problem.textContent = problems.join(' ')
      return WRONG
    },
  }
}

/** @param {boolean} isRequired */
export function requiredMark(isRequired) {
  return isRequired ? element('span', { class: 'mark' }, 'required') : null
}

/**
 * A control with its label above it.
 *
 * @param {FieldOptions} options
 * @param {Frame} frame
 * @param {HTMLElement} control has the frame's id
 */
export function labelled({ label, isRequired }, { id, hint, problem }, control) {
  const name = element('label', { for: id }, label, ' ', requiredMark(isRequired))
  return element('div', { class: 'field' }, name, hint, control, problem)
}

/**
 * Several controls with one name.
 *
 * @param {FieldOptions} options
 * @param {Frame} frame
 * @param {Node[]} controls
 */
export function grouped({ label, isRequired }, { id, describedBy, hint, problem }, ...controls) {
  return element(
    'fieldset',
    { id, 'aria-describedby': describedBy },
    element('legend', {}, label, ' ', requiredMark(isRequired)),
    hint,
    ...controls,
    problem,
  )
}

/**
 * Every problem that was said before is taken back.
 *
 * @param {HTMLElement} form
 */
export function clearProblems(form) {
  for (const problem of form.querySelectorAll('.problem')) problem.textContent = ''
  for (const control of form.querySelectorAll('[aria-invalid]'))
    control.removeAttribute('aria-invalid')
}

/**
 * Marks what is wrong and goes to the first of it.
 *
 * @param {HTMLElement} form
 * @returns {number} how many
 */
export function showProblems(form) {
  const problems = [...form.querySelectorAll('.problem')].filter((each) => each.textContent)
  const controls = problems.flatMap((problem) => {
    const control = document.getElementById(problem.id.replace(/-problem$/, ''))
    return control === null ? [] : [control]
  })
  for (const control of controls) if (control.tagName !== 'FIELDSET') control.ariaInvalid = 'true'
  const [first] = controls
  const target = first?.matches('fieldset')
    ? first.querySelector('input, select, textarea, button')
    : first
  if (target instanceof HTMLElement) target.focus()
  return problems.length
}

/**
 * What may be given, in words.
 *
 * @param {unknown} minimum
 * @param {unknown} maximum
 * @param {string} [unit]
 */
export function rangeOf(minimum, maximum, unit = '') {
  const [least, most] = [numberOf(minimum), numberOf(maximum)]
  if (least !== undefined && most !== undefined) return `${least} to ${most}${unit}`
  if (least !== undefined) return `at least ${least}${unit}`
  return most === undefined ? undefined : `at most ${most}${unit}`
}
