/** A form made from a JSON Schema. What no control can express is asked for as JSON, in its place. */
import { createBooleanField, createChoiceField, createChoicesField } from './choice-field.js'
import { clearProblems, showProblems } from './field.js'
import { isObject, textOf } from './json.js'
import { createJsonField } from './json-field.js'
import { createListField, createMembers, createObjectField } from './nested-field.js'
import { createNumberField } from './number-field.js'
import { choicesOf, kindOf, resolve } from './schema.js'
import { createTextField } from './text-field.js'

/** @typedef {import('./json.js').JsonObject} JsonObject */
/** @typedef {import('./field.js').Field} Field */
/** @typedef {import('./field.js').FieldOptions} FieldOptions */
/** @typedef {import('./nested-field.js').MakeField} MakeField */

/** Beyond it a part is asked for as JSON: fields of one form. */
const MAX_FIELDS = 300

/**
 * @typedef {object} SchemaForm
 * @property {HTMLElement[]} fields to be put into the form
 * @property {(form: HTMLElement) => { value: JsonObject } | { problems: number }} read says at the
 * fields what is wrong, and goes to the first of it
 */

/**
 * @param {unknown} schema of an object
 * @returns {SchemaForm}
 */
export function createSchemaForm(schema) {
  const root = isObject(schema) ? schema : {}
  const resolved = resolve(root, root) ?? { schema: {}, seen: new Set() }
  const makeField = createFields(root, { left: MAX_FIELDS })
  const { schema: own, seen } = resolved
  const members = createMembers(own, own['default'], makeField(seen))
  return {
    fields: members.element,
    read: (form) => {
      clearProblems(form)
      const reading = members.read()
      if (reading.state === 'value' && isObject(reading.value)) return { value: reading.value }
      return { problems: showProblems(form) }
    },
  }
}

/**
 * @param {JsonObject} root
 * @param {{ left: number }} budget
 */
function createFields(root, budget) {
  /**
   * @param {ReadonlySet<string>} seen references on the way here
   * @returns {MakeField}
   */
  return function within(seen) {
    return (given, options) => {
      const resolved = budget.left-- > 0 ? resolve(given, root, seen) : undefined
      const schema = resolved?.schema ?? (isObject(given) ? given : {})
      const label = textOf(schema['title']) ?? options.label
      const whole = { ...options, schema, label }
      if (resolved === undefined) return createJsonField(whole)
      return createField(whole, within(resolved.seen))
    }
  }
}

/**
 * @param {FieldOptions} options
 * @param {MakeField} makeField
 * @returns {Field}
 */
function createField(options, makeField) {
  const { schema } = options
  switch (kindOf(schema)) {
    case 'choice':
      return createChoiceField(options)
    case 'choices':
      return createChoicesField(options, itemChoices(schema))
    case 'string':
      return createTextField(options)
    case 'number':
    case 'integer':
      return createNumberField(options)
    case 'boolean':
      return createBooleanField(options)
    case 'object':
      return createObjectField(options, makeField)
    case 'array':
      return createListField(options, makeField)
    case 'json':
    default:
      return createJsonField(options)
  }
}

/** @param {JsonObject} schema */
function itemChoices({ items }) {
  return (isObject(items) ? choicesOf(items) : undefined) ?? []
}
