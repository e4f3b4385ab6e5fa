/** What one query may ask for. Checked before anything is read. */
import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases'
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth'
import { maxTokensPlugin } from '@escape.tech/graphql-armor-max-tokens'
import {
  type DocumentNode,
  getNamedType,
  GraphQLError,
  type GraphQLSchema,
  isCompositeType,
  Kind,
  NoSchemaIntrospectionCustomRule,
  validate,
} from 'graphql'
import { type ComplexityEstimatorArgs, getComplexity } from 'graphql-query-complexity'
import type { Plugin } from 'graphql-yoga'
import { ROLES } from '../domain/caller.js'
import type { AskedBy } from './api.js'
import type { ManagementContext } from './context.js'

/** Fields below each other; a query of pages within pages has about ten. */
const MAX_DEPTH = 14
const MAX_ALIASES = 30
/** Words and signs of a query. */
const MAX_TOKENS = 3000
/** Objects that a query can make the gateway answer with, about. */
const MAX_COST = 5000
/** Of a subscription, which is answered with each event. */
const MAX_EVENT_COST = 100
/** Of reading the schema, which has no pages: once, and a type beside it. */
const INTROSPECTION_COST = 2000

/** Of a page, where a query does not say. */
const DEFAULT_PAGE = 25

export function createLimits(schema: GraphQLSchema): Plugin<AskedBy & ManagementContext>[] {
  return [
    maxTokensPlugin({ n: MAX_TOKENS }),
    maxDepthPlugin({ n: MAX_DEPTH, ignoreIntrospection: true, flattenFragments: true }),
    maxAliasesPlugin({ n: MAX_ALIASES }),
    costLimit(schema),
  ]
}

interface Execution {
  readonly args: {
    readonly document: DocumentNode
    readonly variableValues?: unknown
    readonly operationName?: string | null | undefined
    readonly contextValue: AskedBy & ManagementContext
  }
}

/** It depends on the variables of a request, so it is no rule of a document, whose outcome is kept. */
function costLimit(schema: GraphQLSchema): Plugin<AskedBy & ManagementContext> {
  const check = (maxCost: number, { args }: Execution) => {
    refuseIntrospection(schema, args)
    const cost = getComplexity({
      schema,
      query: args.document,
      variables: isRecord(args.variableValues) ? args.variableValues : {},
      ...(typeof args.operationName === 'string' && { operationName: args.operationName }),
      estimators: [estimate],
    })
    if (cost <= maxCost) return
    throw new GraphQLError(`The query costs ${cost}; at most ${maxCost} is answered`, {
      extensions: { code: 'QUERY_TOO_COSTLY', cost, maxCost },
    })
  }
  return {
    onExecute: (execution) => check(MAX_COST, execution),
    onSubscribe: (execution) => check(MAX_EVENT_COST, execution),
  }
}

/** A page is as many as are asked for; an object is 1, unless `@cost` says otherwise. */
function estimate({ field, args, childComplexity }: ComplexityEstimatorArgs): number {
  if (field.name === '__schema' || field.name === '__type') return INTROSPECTION_COST
  const isPage = field.args.some(({ name }) => name === 'first')
  const size = isPage ? sizeOf(args['first'] ?? args['last']) : 1
  const own = weightOf(field) ?? (isCompositeType(getNamedType(field.type)) ? 1 : 0)
  return own + size * childComplexity
}

function sizeOf(limit: unknown): number {
  return typeof limit === 'number' && limit > 0 ? limit : DEFAULT_PAGE
}

function weightOf({ astNode }: ComplexityEstimatorArgs['field']): number | undefined {
  const directive = astNode?.directives?.find(({ name }) => name.value === 'cost')
  const [argument] = directive?.arguments ?? []
  return argument?.value.kind === Kind.INT ? Number(argument.value.value) : undefined
}

/** The schema is for admins: everybody else uses it without reading it. */
function refuseIntrospection(
  schema: GraphQLSchema,
  { document, contextValue: { asker } }: Execution['args'],
): void {
  const isAdmin = asker.caller.roles.some((role) => ROLES.indexOf(role) >= ROLES.indexOf('admin'))
  if (isAdmin) return
  const [refused] = validate(schema, document, [NoSchemaIntrospectionCustomRule])
  if (refused !== undefined) throw refused
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
