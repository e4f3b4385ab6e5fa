/** Every field that asks for a right, out of the schema, with a request that asks for it alone. */
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  getNamedType,
} from 'graphql'
import { readdirSync, readFileSync } from 'node:fs'

const FOLDER = new URL('../../graphql/', import.meta.url)

const schema = buildSchema(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.graphql'))
    .map((name) => readFileSync(new URL(name, FOLDER), 'utf8'))
    .join('\n'),
)

type RootName = 'query' | 'mutation' | 'subscription'

export interface GuardedField {
  /** `Type.field`. */
  readonly name: string
  readonly root: RootName
  /** As `@needs` names it; undefined for one that anybody may ask for who is let in. */
  readonly right: string | undefined
  readonly request: string
}

/** How an object is reached whose fields ask for more than it does itself. */
const REACHED: Readonly<Record<string, (selection: string) => string>> = {
  Endpoint: (selection) => `{ endpoint { ${selection} } }`,
  Module: (selection) => `{ endpoint { modules { nodes { ${selection} } } } }`,
  Function: (selection) => `{ endpoint { function(type: TOOL, key: "echo") { ${selection} } } }`,
}

/** Of every root; of all other types those that have a right of their own. */
export function everyField(): GuardedField[] {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType)
  return types
    .flatMap((type) => Object.values(type.getFields()).flatMap((field) => toGuarded(type, field)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function toGuarded(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): GuardedField[] {
  const root = rootOf(type)
  const right = rightOf(field)
  if (root === undefined && right === undefined) return []
  const name = `${type.name}.${field.name}`
  const selection = selectionOf(field, type)
  const request = root === undefined ? REACHED[type.name]?.(selection) : `${root} { ${selection} }`
  if (request === undefined) throw new Error(`${name}: say in REACHED how its type is reached`)
  return [{ name, root: root ?? 'query', right, request }]
}

function rootOf(type: GraphQLObjectType): RootName | undefined {
  if (type === schema.getQueryType()) return 'query'
  if (type === schema.getMutationType()) return 'mutation'
  return type === schema.getSubscriptionType() ? 'subscription' : undefined
}

function rightOf({ astNode }: GraphQLField<unknown, unknown>): string | undefined {
  const needs = astNode?.directives?.find(({ name }) => name.value === 'needs')
  const value = needs?.arguments?.[0]?.value
  return value !== undefined && 'value' in value ? String(value.value) : undefined
}

/** A subscription would go on for ever: a cursor that nobody was given ends it. */
function isEnding(name: string, type: GraphQLObjectType): boolean {
  return name === 'after' && rootOf(type) === 'subscription'
}

function selectionOf(
  { name, args, type }: GraphQLField<unknown, unknown>,
  parent: GraphQLObjectType,
): string {
  const given = args
    .filter((arg) => isRequiredArgument(arg) || isEnding(arg.name, parent))
    .map(toGiven)
  const call = given.length === 0 ? name : `${name}(${given.join(', ')})`
  return isLeafType(getNamedType(type)) ? call : `${call} { __typename }`
}

function toGiven({ name, type }: Pick<GraphQLArgument, 'name' | 'type'>): string {
  return `${name}: ${valueOf(type)}`
}

/** One that is well formed, and names nothing that is there. */
function valueOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return valueOf(type.ofType)
  if (isListType(type)) return '[]'
  if (isEnumType(type)) return type.getValues()[0]?.name ?? ''
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(isRequiredInputField)
    return `{ ${fields.map(toGiven).join(', ')} }`
  }
  return SCALARS[type.name] ?? '"nothing"'
}

const SCALARS: Readonly<Record<string, string>> = {
  Int: '1',
  Float: '1',
  BigInt: '1',
  Boolean: 'true',
  JSON: '{}',
  DateTime: '"2026-01-01T00:00:00.000Z"',
}
