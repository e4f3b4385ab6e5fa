/** Numbers, whole or not. */
import { element } from './dom.js'
import { createFrame, labelled, rangeOf, UNSET, valued } from './field.js'
import { numberOf } from './json.js'

/** @typedef {import('./json.js').JsonObject} JsonObject */
/** @typedef {import('./field.js').Field} Field */
/** @typedef {import('./field.js').FieldOptions} FieldOptions */

/**
 * @param {FieldOptions} options
 * @returns {Field}
 */
export function createNumberField(options) {
  const { schema, isRequired } = options
  const frame = createFrame(options, boundsOf(schema))
  const isWhole = [schema['type']].flat().includes('integer')
  const control = element('input', {
    id: frame.id,
    type: 'number',
    step: isWhole ? 1 : 'any',
    required: isRequired,
    'aria-describedby': frame.describedBy,
    autocomplete: 'off',
  })
  const given = numberOf(options.initial ?? schema['default'])
  const initial = given === undefined ? '' : String(given)
  control.value = initial
  return {
    element: labelled(options, frame, control),
    isTouched: () => control.value !== initial || control.validity.badInput,
    read: () => {
      if (control.validity.badInput) return frame.refuse('Not a number.')
      if (control.value === '') return isRequired ? frame.refuse('Fill this in.') : UNSET
      const value = Number(control.value)
      const problem = numberProblem(schema, value, isWhole)
      return problem === undefined ? valued(value) : frame.refuse(problem)
    },
  }
}

/** @param {JsonObject} schema */
function boundsOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }) {
  const [above, below] = [numberOf(exclusiveMinimum), numberOf(exclusiveMaximum)]
  const bounds = [
    rangeOf(minimum, maximum),
    above === undefined ? undefined : `more than ${above}`,
    below === undefined ? undefined : `less than ${below}`,
  ]
  return bounds.filter(Boolean).join(', ')
}

/**
 * @param {JsonObject} schema
 * @param {number} value
 * @param {boolean} isWhole
 * @returns {string | undefined}
 */
function numberProblem(schema, value, isWhole) {
  const least = numberOf(schema['minimum']) ?? -Infinity
  const most = numberOf(schema['maximum']) ?? Infinity
  const above = numberOf(schema['exclusiveMinimum']) ?? -Infinity
  const below = numberOf(schema['exclusiveMaximum']) ?? Infinity
  if (isWhole && !Number.isSafeInteger(value)) return 'Must be a whole number.'
  if (value < least) return `At least ${least}.`
  if (value > most) return `At most ${most}.`
  if (value <= above) return `More than ${above}.`
  return value >= below ? `Less than ${below}.` : undefined
}
