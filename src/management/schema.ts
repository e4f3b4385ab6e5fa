/**
 * The schema with its resolvers. What holds for every field is put around them here: the right that
 * `@needs` names, and what every mutation does beside its own work.
 */
import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  Kind,
} from 'graphql'
import { createSchema } from 'graphql-yoga'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { ManagementContext } from './context.js'
import { asMutation } from './mutation.js'
import { resolvers } from './resolvers.js'
import { demandRightOf, type FieldRight, isFieldRight } from './rights.js'

/** Of the compiled product, beside it; in development, that of the work tree. */
const FOLDER = ['../graphql/', '../../graphql/']
  .map((path) => new URL(path, import.meta.url))
  .find((folder) => existsSync(folder))

export function buildManagementSchema(): GraphQLSchema {
  const schema = createSchema<ManagementContext>({
    typeDefs: readTypeDefs(),
    resolvers,
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  })
  for (const type of Object.values(schema.getTypeMap()))
    if (isObjectType(type) && !type.name.startsWith('__')) dress(type, schema)
  return schema
}

function readTypeDefs(): string[] {
  if (FOLDER === undefined) throw new Error('graphql/ is missing: it belongs to the product')
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => readFileSync(new URL(name, FOLDER), 'utf8'))
}

type Field = GraphQLField<unknown, ManagementContext>

function dress(type: GraphQLObjectType, schema: GraphQLSchema): void {
  const isMutation = type === schema.getMutationType()
  for (const field of Object.values(type.getFields())) {
    if (type.name.endsWith('Connection') && field.name === 'nodes') field.resolve = nodesOf
    if (isMutation) field.resolve = asMutation(field)
    const right = rightOf(field)
    if (right !== undefined) guard(field, right, `${type.name}.${field.name}`)
    else if (isMutation) throw new Error(`Mutation.${field.name} needs a right`)
  }
}

function nodesOf({ edges }: { readonly edges: readonly { readonly node: unknown }[] }): unknown[] {
  return edges.map(({ node }) => node)
}

function rightOf({ astNode }: Field): FieldRight | undefined {
  const directive = astNode?.directives?.find(({ name }) => name.value === 'needs')
  const value = directive?.arguments?.[0]?.value
  const name = value?.kind === Kind.ENUM ? value.value.toLowerCase() : undefined
  return name !== undefined && isFieldRight(name) ? name : undefined
}

/** Asked for before anything is read; of a subscription before it begins. */
function guard(field: Field, right: FieldRight, target: string): void {
  const { resolve = defaultFieldResolver, subscribe } = field
  if (subscribe !== undefined) {
    field.subscribe = (source, args, context, info) => {
      demandRightOf(context, right, target)
      return subscribe(source, args, context, info)
    }
    return
  }
  field.resolve = (source, args, context, info) => {
    demandRightOf(context, right, target)
    return resolve(source, args, context, info)
  }
}
