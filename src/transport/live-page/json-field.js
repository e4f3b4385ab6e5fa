/** JSON, for what no other field can hold. */
import { element } from './dom.js'
import { createFrame, labelled, UNSET, valued } from './field.js'
import { wordsOf } from './json.js'

/** @typedef {import('./field.js').Field} Field */
/** @typedef {import('./field.js').FieldOptions} FieldOptions */

/**
 * @param {FieldOptions} options
 * @returns {Field}
 */
export function createJsonField(options) {
  const { schema, isRequired } = options
  const frame = createFrame(options, 'as JSON')
  const control = element('textarea', {
    id: frame.id,
    class: 'code',
    rows: 3,
    spellcheck: 'false',
    required: isRequired,
    'aria-describedby': frame.describedBy,
  })
  const given = options.initial ?? schema['default']
  const initial = given === undefined ? '' : JSON.stringify(given, null, 2)
  control.value = initial
  return {
    element: labelled(options, frame, control),
    isTouched: () => control.value !== initial,
    read: () => {
      if (control.value.trim() === '') return isRequired ? frame.refuse('Fill this in.') : UNSET
      try {
        return valued(JSON.parse(control.value))
      } catch (error) {
        return frame.refuse(`Not JSON: ${wordsOf(error)}`)
      }
    },
  }
}
