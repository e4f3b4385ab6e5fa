/** What the management API can be asked for, read from its SDL: a new field is drawn like all others. */
import {
  buildSchema,
  getNamedType,
  type GraphQLField,
  type GraphQLObjectType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  Kind,
} from 'graphql'
import { readdirSync, readFileSync } from 'node:fs'

export type Field = GraphQLField<unknown, unknown>
export type OperationType = 'query' | 'mutation' | 'subscription'

/** A field, and on which way it is reached. */
export interface Target {
  readonly operation: OperationType
  /** From the root; the last one is meant. */
  readonly path: readonly Field[]
  /** `Endpoint.users`: under which it is counted, and its cursors are known. */
  readonly name: string
  /** What its caller needs for it, and for the way to it. */
  readonly right: number
}

const FOLDER = new URL('../../../graphql/', import.meta.url)

export const schema = buildSchema(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.graphql'))
    .map((name) => readFileSync(new URL(name, FOLDER), 'utf8'))
    .join('\n'),
)

/** Each includes those before it. */
export const RIGHTS = ['READ', 'CALL', 'PUBLISH', 'ADMIN', 'OPERATE']

/** As an index of `RIGHTS`; 0 where the field needs none. */
export function rightOf({ astNode }: Field): number {
  const needs = astNode?.directives?.find(({ name }) => name.value === 'needs')
  const value = needs?.arguments?.[0]?.value
  return value?.kind === Kind.ENUM ? RIGHTS.indexOf(value.value) : 0
}

export function fieldsOf(type: GraphQLObjectType): readonly Field[] {
  return Object.values(type.getFields())
}

/** The object that a field shows; undefined for a value, and for what is one of several types. */
export function shownBy({ type }: Field): GraphQLObjectType | undefined {
  const named = getNamedType(type)
  return isObjectType(named) ? named : undefined
}

export const isLeaf = ({ type }: Field): boolean => isLeafType(getNamedType(type))
export const needsArguments = ({ args }: Field): boolean => args.some(isRequiredArgument)

/** Pages and edges are ways to what is in them. */
const isPage = ({ name }: GraphQLObjectType): boolean => /(?:Connection|Edge|PageInfo)$/.test(name)

interface Reached {
  readonly type: GraphQLObjectType
  readonly path: readonly Field[]
}

function targetsBelow(operation: OperationType, root: GraphQLObjectType): readonly Target[] {
  const reached: Reached[] = [{ type: root, path: [] }]
  const seen = new Set<GraphQLObjectType>([root])
  const targets: Target[] = []
  // What is added meanwhile is visited too: the shortest way comes first.
  for (const { type, path } of reached)
    for (const field of fieldsOf(type)) {
      const way = [...path, field]
      if (!isPage(type) && (field.args.length > 0 || !isLeaf(field) || type === root))
        targets.push(toTarget(operation, type, way))
      const below = operation === 'query' ? shownBy(field) : undefined
      if (below === undefined || seen.has(below)) continue
      seen.add(below)
      reached.push({ type: below, path: way })
    }
  return targets
}

function toTarget(
  operation: OperationType,
  type: GraphQLObjectType,
  path: readonly Field[],
): Target {
  const name = `${type.name}.${path.at(-1)?.name}`
  return { operation, path, name, right: Math.max(...path.map(rightOf)) }
}

function rootOf(type: GraphQLObjectType | null | undefined): GraphQLObjectType {
  if (!type) throw new Error('the schema has queries, mutations and subscriptions')
  return type
}

export const QUERIES = targetsBelow('query', rootOf(schema.getQueryType()))
export const MUTATIONS = targetsBelow('mutation', rootOf(schema.getMutationType()))
export const SUBSCRIPTIONS = targetsBelow('subscription', rootOf(schema.getSubscriptionType()))
export const TARGETS = [...QUERIES, ...MUTATIONS, ...SUBSCRIPTIONS]
