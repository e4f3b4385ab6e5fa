/** What a JSON Schema asks for, as far as a form can show it. */
import { isObject, listOf, textOf } from './json.js'

/** @typedef {import('./json.js').JsonObject} JsonObject */

/**
 * A schema without references and detours: those of `$ref`, of `allOf` with one member, and of a
 * choice between something and null.
 *
 * @param {unknown} given
 * @param {JsonObject} root holds what references name
 * @param {ReadonlySet<string>} seen references on the way here
 * @returns {{ schema: JsonObject, seen: ReadonlySet<string> } | undefined} undefined for what no
 * form can show: everything, nothing, another document, or a schema within itself
 */
export function resolve(given, root, seen = new Set()) {
  if (!isObject(given)) return undefined
  const { $ref, ...own } = given
  if (typeof $ref === 'string') {
    const target = seen.has($ref) ? undefined : find($ref, root)
    if (!isObject(target)) return undefined
    return resolve({ ...target, ...own }, root, new Set([...seen, $ref]))
  }
  const inner = onlyMember(given)
  if (inner === undefined) return { schema: given, seen }
  const { anyOf: _any, oneOf: _one, allOf: _all, ...rest } = given
  return resolve({ ...inner, ...rest }, root, seen)
}

/**
 * @param {JsonObject} schema
 * @returns {JsonObject | undefined}
 */
function onlyMember({ anyOf, oneOf, allOf }) {
  const lists = [anyOf, oneOf, allOf].map(listOf).filter((list) => list.length > 0)
  const [list] = lists
  if (list === undefined || lists.length > 1) return undefined
  const members = list.filter((member) => !(isObject(member) && member['type'] === 'null'))
  const [member] = members
  return members.length === 1 && isObject(member) ? member : undefined
}

/**
 * @param {string} ref
 * @param {JsonObject} root
 * @returns {unknown}
 */
function find(ref, root) {
  if (ref !== '#' && !ref.startsWith('#/')) return undefined
  const names = ref.split('/').slice(1)
  return names.reduce(
    (/** @type {unknown} */ at, name) => (isObject(at) ? at[unescapeName(name)] : undefined),
    root,
  )
}

/** @param {string} name */
function unescapeName(name) {
  try {
    return decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    return name
  }
}

/** @typedef {{ readonly value: unknown, readonly label: string }} Choice */

/**
 * @param {JsonObject} schema
 * @returns {readonly Choice[] | undefined} undefined where it is no choice between values
 */
export function choicesOf(schema) {
  const { enum: values, enumNames } = schema
  if ('const' in schema) return [toChoice(schema['const'], schema['title'])]
  if (Array.isArray(values))
    return values.map((value, index) => toChoice(value, listOf(enumNames)[index]))
  const list = listOf(schema['oneOf'] ?? schema['anyOf'])
  const isChoice = list.length > 0 && list.every((member) => isObject(member) && 'const' in member)
  if (!isChoice) return undefined
  return list.filter(isObject).map((member) => toChoice(member['const'], member['title']))
}

/**
 * @param {unknown} value
 * @param {unknown} title
 * @returns {Choice}
 */
function toChoice(value, title) {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return { value, label: textOf(title) ?? text }
}

/** @typedef {'choice' | 'choices' | 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'json'} Kind */

/** What says more than one way to be valid, and is left to whoever writes JSON. */
const OPEN = ['anyOf', 'oneOf', 'allOf', 'if', 'not']

/**
 * @param {JsonObject} schema
 * @returns {Kind}
 */
export function kindOf(schema) {
  if (choicesOf(schema) !== undefined) return 'choice'
  const type = typeOf(schema)
  if (type === undefined || OPEN.some((keyword) => keyword in schema && type !== 'object'))
    return 'json'
  if (type === 'object') return isObject(schema['properties']) ? 'object' : 'json'
  if (type !== 'array') return type
  const { items, uniqueItems } = schema
  if (!isObject(items) || 'prefixItems' in schema) return 'json'
  return uniqueItems !== false && choicesOf(items) !== undefined ? 'choices' : 'array'
}

/**
 * @param {JsonObject} schema
 * @returns {'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | undefined}
 */
function typeOf({ type, properties, items }) {
  const types = (Array.isArray(type) ? type : [type]).filter((each) => each !== 'null')
  const [only] = types
  if (only === undefined && isObject(properties)) return 'object'
  if (only === undefined && isObject(items)) return 'array'
  if (types.length !== 1) return undefined
  const known = /** @type {const} */ (['string', 'number', 'integer', 'boolean', 'object', 'array'])
  return known.find((name) => name === only)
}
