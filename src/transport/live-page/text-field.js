/** Strings: a line, several, or what browsers have a control for. */
import { element } from './dom.js'
import { createFrame, labelled, rangeOf, UNSET, valued } from './field.js'
import { numberOf, textOf } from './json.js'

/** @typedef {import('./json.js').JsonObject} JsonObject */
/** @typedef {import('./field.js').Field} Field */
/** @typedef {import('./field.js').FieldOptions} FieldOptions */

/** A text that may be longer than this gets more than one line: characters. */
const LONG_CHARS = 200

/** Formats that browsers have a control for. */
const INPUT_TYPES = new Map([
  ['date', 'date'],
  ['email', 'email'],
  ['uri', 'url'],
  ['password', 'password'],
])

/** What else is said of a format. */
const FORMAT_HINTS = new Map([
  ['date-time', 'such as 2026-01-31T12:00:00Z'],
  ['time', 'such as 12:00:00Z'],
  ['uuid', 'a UUID'],
])

/**
 * @param {FieldOptions} options
 * @returns {Field}
 */
export function createTextField(options) {
  const { schema, isRequired } = options
  const format = textOf(schema['format']) ?? ''
  const range = rangeOf(schema['minLength'], schema['maxLength'], ' characters')
  const rules = [FORMAT_HINTS.get(format), range].filter(Boolean)
  const frame = createFrame(options, rules.join(' · '))
  const isLong = (numberOf(schema['maxLength']) ?? 0) > LONG_CHARS
  const attributes = {
    id: frame.id,
    required: isRequired,
    'aria-describedby': frame.describedBy,
    autocomplete: 'off',
  }
  const control = isLong
    ? element('textarea', { ...attributes, rows: 3 })
    : element('input', { ...attributes, type: INPUT_TYPES.get(format) ?? 'text' })
  const initial = textOf(options.initial ?? schema['default']) ?? ''
  control.value = initial
  return {
    element: labelled(options, frame, control),
    isTouched: () => control.value !== initial,
    read: () => {
      const { value } = control
      const isEmpty = value === '' && !control.validity.badInput
      if (isEmpty && !isRequired) return UNSET
      const problem = isEmpty ? emptyProblem(schema) : textProblem(schema, control)
      return problem === undefined ? valued(value) : frame.refuse(problem)
    },
  }
}

/**
 * An empty text is a value where the schema says so in as many words.
 *
 * @param {JsonObject} schema
 */
function emptyProblem(schema) {
  return schema['minLength'] === 0 ? undefined : 'Fill this in.'
}

/**
 * @param {JsonObject} schema
 * @param {HTMLInputElement | HTMLTextAreaElement} control
 * @returns {string | undefined}
 */
function textProblem(schema, { value, validity }) {
  const length = Array.from(value).length
  const least = numberOf(schema['minLength']) ?? 0
  const most = numberOf(schema['maxLength']) ?? Infinity
  const { format, pattern } = schema
  if (validity.badInput || validity.typeMismatch) return `Not a valid ${String(format)}.`
  if (format === 'date-time' && Number.isNaN(Date.parse(value))) return 'Not a date with a time.'
  if (length < least) return `At least ${least} characters.`
  if (length > most) return `At most ${most} characters.`
  if (typeof pattern !== 'string' || fits(value, pattern)) return undefined
  return `Must match ${pattern}`
}

/**
 * @param {string} value
 * @param {string} pattern one that browsers do not understand is left to the server
 */
function fits(value, pattern) {
  try {
    return new RegExp(pattern, 'u').test(value)
  } catch {
    return true
  }
}
