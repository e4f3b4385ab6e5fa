/** One of several values, some of them, or yes and no. */
import { element } from './dom.js'
import { createFrame, grouped, labelled, UNSET, valued } from './field.js'
import { listOf, numberOf } from './json.js'
import { choicesOf } from './schema.js'

/** @typedef {import('./field.js').Field} Field */
/** @typedef {import('./field.js').FieldOptions} FieldOptions */
/** @typedef {import('./schema.js').Choice} Choice */

/** @type {readonly Choice[]} */
const YES_OR_NO = [
  { value: true, label: 'yes' },
  { value: false, label: 'no' },
]

/**
 * @param {FieldOptions} options
 * @returns {Field}
 */
export function createChoiceField(options) {
  return createSelect(options, choicesOf(options.schema) ?? [])
}

/**
 * A box that is not ticked would say no for whoever has said nothing: what may be left out is a
 * choice of three.
 *
 * @param {FieldOptions} options
 * @returns {Field}
 */
export function createBooleanField(options) {
  const { schema, isRequired, label } = options
  const given = options.initial ?? schema['default']
  if (!isRequired && given === undefined) return createSelect(options, YES_OR_NO)
  const frame = createFrame(options)
  const control = element('input', {
    id: frame.id,
    type: 'checkbox',
    'aria-describedby': frame.describedBy,
  })
  control.checked = given === true
  const name = element('label', { for: frame.id, class: 'tick' }, control, ' ', label)
  return {
    element: element('div', { class: 'field' }, name, frame.hint, frame.problem),
    isTouched: () => control.checked !== (given === true),
    read: () => valued(control.checked),
  }
}

/**
 * @param {FieldOptions} options
 * @param {readonly Choice[]} choices
 * @returns {Field}
 */
function createSelect(options, choices) {
  const { schema, isRequired } = options
  const frame = createFrame(options)
  const control = element(
    'select',
    { id: frame.id, required: isRequired, 'aria-describedby': frame.describedBy },
    element('option', { value: '' }, isRequired ? 'choose one' : 'not given'),
    ...choices.map(({ label }, index) => element('option', { value: index }, label)),
  )
  const initial = String(indexOf(choices, options.initial ?? schema['default']) ?? '')
  control.value = initial
  return {
    element: labelled(options, frame, control),
    isTouched: () => control.value !== initial,
    read: () => {
      if (control.value === '') return isRequired ? frame.refuse('Choose one.') : UNSET
      return valued(choices[Number(control.value)]?.value)
    },
  }
}

/**
 * @param {readonly Choice[]} choices
 * @param {unknown} value
 * @returns {number | undefined}
 */
function indexOf(choices, value) {
  const text = JSON.stringify(value)
  const index = choices.findIndex((choice) => JSON.stringify(choice.value) === text)
  return index < 0 ? undefined : index
}

/**
 * Some of several: boxes to tick.
 *
 * @param {FieldOptions} options
 * @param {readonly Choice[]} choices
 * @returns {Field}
 */
export function createChoicesField(options, choices) {
  const { schema, isRequired } = options
  const frame = createFrame(options)
  const given = new Set(
    listOf(options.initial ?? schema['default']).map((value) => JSON.stringify(value)),
  )
  const boxes = choices.map(({ value, label }) => {
    const box = element('input', { type: 'checkbox' })
    box.checked = given.has(JSON.stringify(value))
    return {
      box,
      value,
      was: box.checked,
      line: element('label', { class: 'tick' }, box, ' ', label),
    }
  })
  const [least, most] = [numberOf(schema['minItems']) ?? 0, numberOf(schema['maxItems'])]
  return {
    element: grouped(options, frame, ...boxes.map(({ line }) => line)),
    isTouched: () => boxes.some(({ box, was }) => box.checked !== was),
    read: () => {
      const ticked = boxes.filter(({ box }) => box.checked)
      if (ticked.length === 0 && !isRequired) return UNSET
      if (ticked.length < least) return frame.refuse(`Choose at least ${least}.`)
      if (ticked.length > (most ?? Infinity)) return frame.refuse(`Choose at most ${most}.`)
      return valued(ticked.map(({ value }) => value))
    },
  }
}
