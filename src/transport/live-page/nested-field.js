/** Objects and lists: groups of fields, which may hold groups. */
import { element } from './dom.js'
import { createFrame, grouped, UNSET, valued, WRONG } from './field.js'
import { isObject, listOf, numberOf } from './json.js'
import { createJsonField } from './json-field.js'

/** @typedef {import('./field.js').Field} Field */
/** @typedef {import('./field.js').FieldOptions} FieldOptions */
/** @typedef {import('./field.js').Reading} Reading */
/** @typedef {import('./json.js').JsonObject} JsonObject */

/**
 * Makes a field for a schema within another one.
 *
 * @typedef {(schema: unknown, options: Omit<FieldOptions, 'schema'>) => Field} MakeField
 */

/** @typedef {{ readonly element: HTMLElement[], readonly read: () => Reading, readonly isTouched: () => boolean }} Members */

/**
 * The fields of an object's members.
 *
 * @param {JsonObject} schema
 * @param {unknown} initial
 * @param {MakeField} makeField
 * @returns {Members}
 */
export function createMembers(schema, initial, makeField) {
  const required = new Set(listOf(schema['required']))
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  const given = isObject(initial) ? initial : {}
  const fields = Object.entries(properties).map(([name, property]) => ({
    name,
    field: makeField(property, {
      label: name,
      isRequired: required.has(name),
      initial: given[name],
    }),
  }))
  const others = createOthers(schema)
  const all = [...fields.map(({ field }) => field), ...(others ? [others] : [])]
  return {
    element: all.map((field) => field.element),
    isTouched: () => all.some((field) => field.isTouched()),
    read: () => {
      const readings = fields.map(({ name, field }) => ({ name, reading: field.read() }))
      const more = others?.read() ?? UNSET
      if (more.state === 'wrong' || readings.some(({ reading }) => reading.state === 'wrong'))
        return WRONG
      const entries = readings.flatMap(({ name, reading }) =>
        reading.state === 'value' ? [[name, reading.value]] : [],
      )
      const rest = more.state === 'value' && isObject(more.value) ? more.value : {}
      return valued({ ...rest, ...Object.fromEntries(entries) })
    },
  }
}

/**
 * Members whose names the schema leaves open.
 *
 * @param {JsonObject} schema
 * @returns {Field | undefined}
 */
function createOthers({ additionalProperties, patternProperties }) {
  if (!isObject(additionalProperties) && !isObject(patternProperties)) return undefined
  const schema = { description: 'Further members, an object' }
  return createJsonField({ schema, label: 'More', isRequired: false })
}

/**
 * One that may be left out is left out until something is filled in.
 *
 * @param {FieldOptions} options
 * @param {MakeField} makeField
 * @returns {Field}
 */
export function createObjectField(options, makeField) {
  const { schema, isRequired } = options
  const frame = createFrame(options, isRequired ? undefined : 'left out while it is empty')
  const members = createMembers(schema, options.initial ?? schema['default'], makeField)
  return {
    element: grouped(options, frame, ...members.element),
    isTouched: members.isTouched,
    read: () => (isRequired || members.isTouched() ? members.read() : UNSET),
  }
}

/**
 * @param {FieldOptions} options
 * @param {MakeField} makeField
 * @returns {Field}
 */
export function createListField(options, makeField) {
  const { schema, isRequired, label } = options
  const frame = createFrame(options)
  const list = element('ol', { class: 'items' })
  const add = element(
    'button',
    { type: 'button', class: 'quiet', onclick: addNew },
    `Add to ${label}`,
  )
  const [least, most] = [
    numberOf(schema['minItems']) ?? 0,
    numberOf(schema['maxItems']) ?? Infinity,
  ]
  /** @type {{ field: Field, row: HTMLElement }[]} */
  let items = []
  let isChanged = false
  for (const value of listOf(options.initial ?? schema['default'])) addItem(value)
  if (isRequired) while (items.length < Math.min(least, MAX_FIRST_ITEMS)) addItem(undefined)
  return {
    element: grouped(options, frame, list, add),
    isTouched: () => isChanged || items.some(({ field }) => field.isTouched()),
    read: () => {
      if (items.length === 0 && !isRequired) return UNSET
      const readings = items.map(({ field }) => field.read())
      if (items.length < least) return frame.refuse(`At least ${least} of them.`)
      if (readings.some(({ state }) => state === 'wrong')) return WRONG
      return valued(
        readings.flatMap((reading) => (reading.state === 'value' ? [reading.value] : [])),
      )
    },
  }

  /** @param {unknown} initial */
  function addItem(initial) {
    const name = `${label} ${items.length + 1}`
    const field = makeField(schema['items'], { label: name, isRequired: true, initial })
    const item = { field, row: element('li', {}, field.element) }
    const remove = () => {
      isChanged = true
      items = items.filter((other) => other !== item)
      item.row.remove()
      add.disabled = items.length >= most
      add.focus()
    }
    item.row.append(
      element('button', { type: 'button', class: 'quiet', onclick: remove }, `Remove ${name}`),
    )
    items.push(item)
    list.append(item.row)
    add.disabled = items.length >= most
    return field
  }

  function addNew() {
    isChanged = true
    const control = addItem(undefined).element.querySelector('input, select, textarea')
    if (control instanceof HTMLElement) control.focus()
  }
}

/** A list begins with no more than this, whatever its schema asks for. */
const MAX_FIRST_ITEMS = 10
