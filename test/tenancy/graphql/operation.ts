/** An operation, written down: the way to the field that is meant, and what is shown of it. */
import { type GraphQLObjectType, isAbstractType, getNamedType, isObjectType } from 'graphql'
import { type Asking, attackedValue, knownValue, splitType } from './asking.js'
import { argumentsOf, type Values } from './arguments.js'
import {
  type Field,
  fieldsOf,
  isLeaf,
  needsArguments,
  rightOf,
  schema,
  shownBy,
  type Target,
} from './schema.js'

export interface Operation {
  readonly query: string
  readonly variables: Values
  /** Where the field that is meant stands in the answer. */
  readonly path: readonly string[]
  /** Its own arguments name nothing that is known to be there. */
  readonly isEmpty: boolean
}

/** Objects below the one that is meant. */
const MAX_DEPTH = 2
const MAX_OBJECTS = 4
/** Those of a page are looked at in any case. */
const ALWAYS: ReadonlySet<string> = new Set(['edges', 'node', 'pageInfo', 'userErrors', 'call'])

export function writeOperation(asking: Asking, { operation, path, name }: Target): Operation {
  const writer = createWriter(asking)
  const [first] = path
  const isNode = first !== undefined && shownBy(first) === undefined && !isLeaf(first)
  const write = (at: number): string => {
    const field = path[at]
    if (field === undefined) return ''
    const isMeant = at === path.length - 1
    const place = { name: isMeant ? name : '', isMeant }
    if (isNode) return writer.node(field)
    return `${writer.call(field, place)} ${isMeant ? writer.shown(field) : `{ __typename ${write(at + 1)} }`}`
  }
  const body = write(0)
  const { declared, variables, isEmpty } = writer.end()
  const head = declared === '' ? operation : `${operation} (${declared})`
  return {
    query: `${head} { ${body} }`,
    variables,
    path: path.map((field) => field.name),
    isEmpty,
  }
}

interface Place {
  readonly name: string
  readonly isMeant: boolean
}

interface Variables {
  readonly declared: string[]
  readonly values: Record<string, unknown>
}

function declare({ declared, values }: Variables, type: string, value: unknown): string {
  const name = `v${declared.length}`
  declared.push(`$${name}: ${type}`)
  values[name] = value
  return `$${name}`
}

function createWriter(asking: Asking) {
  const variables: Variables = { declared: [], values: {} }
  let isEmpty = false
  let objects = 0
  const call = (field: Field, place: Place): string => {
    const given = argumentsOf(asking, field, place)
    if (place.isMeant && given.isEmpty === true) isEmpty = true
    const args = field.args.flatMap(({ name, type }) =>
      name in given.values
        ? [`${name}: ${declare(variables, String(type), given.values[name])}`]
        : [],
    )
    return args.length === 0 ? field.name : `${field.name}(${args.join(', ')})`
  }
  const isShown = (field: Field, depth: number): boolean => {
    if (rightOf(field) > asking.level) return false
    if (isLeaf(field)) return !needsArguments(field)
    if (ALWAYS.has(field.name)) return true
    if (depth <= 0 || objects >= MAX_OBJECTS || !asking.random.chance(0.3)) return false
    objects += 1
    return true
  }
  const select = (type: GraphQLObjectType, depth: number): string => {
    const fields = fieldsOf(type).filter((field) => isShown(field, depth))
    const written = fields.map((field) => {
      const name = `${type.name}.${field.name}`
      const below = shownBy(field)
      const isWay = ALWAYS.has(field.name)
      const shown = below ? ` ${select(below, isWay ? depth : depth - 1)}` : ''
      return `${call(field, { name, isMeant: false })}${shown}`
    })
    return `{ __typename ${written.join(' ')} }`
  }
  const shown = (field: Field): string => {
    const type = shownBy(field)
    return type ? select(type, MAX_DEPTH) : ''
  }
  /** An object of any type, by its global id. */
  const node = (field: Field): string => {
    const isAttacked = asking.attack?.on === 'id'
    const known = isAttacked ? attackedValue(asking, 'id') : knownValue(asking, 'id')
    const [type, id] = splitType(known ?? 'Endpoint none')
    const { name } = nodeType(field, type)
    const select0 = select(nodeType(field, type), MAX_DEPTH)
    return `node(id: ${declare(variables, 'ID!', id ?? 'none')}) { __typename ... on ${name} ${select0} }`
  }
  const end = () => ({
    declared: variables.declared.join(', '),
    variables: variables.values,
    isEmpty,
  })
  return { call, shown, node, end }
}

function nodeType(field: Field, name: string): GraphQLObjectType {
  const shown = getNamedType(field.type)
  const types = isAbstractType(shown) ? schema.getPossibleTypes(shown) : []
  const found = types.find((type) => type.name === name) ?? types[0]
  if (!isObjectType(found)) throw new Error(`${field.name} shows no object`)
  return found
}
