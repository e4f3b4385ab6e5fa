/**
 * What every mutation does beside its own work: a mistake of its caller's becomes `userErrors`, and
 * what was done under an idempotency key is not done again.
 */
import {
  defaultFieldResolver,
  getNamedType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import type { ManagementContext } from './context.js'
import { toUserErrors } from './errors.js'
import { doOnce, type Receipt } from './idempotency.js'
import { globalIdOf, nodeOf } from './nodes.js'

type Field = GraphQLField<unknown, ManagementContext>
type Payload = Record<string, unknown>

export function asMutation(field: Field): GraphQLFieldResolver<unknown, ManagementContext> {
  const { resolve = defaultFieldResolver, name } = field
  const type = getNamedType(field.type)
  if (!isObjectType(type)) throw new Error(`Mutation.${name} must answer with an object`)
  const nothing = emptyPayload(type)
  return async (source, args, context, info) => {
    const perform = async (): Promise<Payload> => {
      const payload = asPayload(name, await resolve(source, args, context, info))
      // What the fields below show is what is there now.
      context.loaders.clear()
      return { ...nothing, ...payload, userErrors: payload['userErrors'] ?? [] }
    }
    try {
      const key = keyOf(args)
      if (key === undefined) return await perform()
      return await doOnce(
        context,
        { mutation: name, key, input: args['input'] },
        {
          perform,
          toReceipt: (payload) => toReceipt(type, payload),
          fromReceipt: (receipt) => fromReceipt(context, receipt, nothing),
        },
      )
    } catch (error) {
      const userErrors = toUserErrors(error)
      if (userErrors === undefined) throw error
      return { ...nothing, userErrors }
    }
  }
}

function asPayload(mutation: string, payload: unknown): Payload {
  if (typeof payload === 'object' && payload !== null) return { ...payload }
  throw new Error(`Mutation.${mutation} answered with no payload`)
}

function keyOf(args: Readonly<Record<string, unknown>>): string | undefined {
  const { input } = args
  if (typeof input !== 'object' || input === null || !('idempotencyKey' in input)) return undefined
  return typeof input.idempotencyKey === 'string' ? input.idempotencyKey : undefined
}

/** Where nothing was done: what cannot be null is false, or empty. */
function emptyPayload(type: GraphQLObjectType): Payload {
  const fields = Object.values(type.getFields()).map(({ name, type: fieldType }) => {
    if (!isNonNullType(fieldType)) return [name, null] as const
    return [name, isListType(fieldType.ofType) ? [] : false] as const
  })
  return Object.fromEntries(fields)
}

/** What is kept: values as they are, objects by their global id, and nothing that is shown once. */
function toReceipt(type: GraphQLObjectType, payload: Payload): Receipt {
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const value = payload[field.name]
    const isOnce = field.astNode?.directives?.some(({ name }) => name.value === 'once') === true
    if (isOnce || value === null || value === undefined) return []
    const named = getNamedType(field.type)
    const isNode = isObjectType(named) && named.getInterfaces().some(({ name }) => name === 'Node')
    return [[field.name, isNode ? { id: globalIdOf(named.name, value) } : { value }] as const]
  })
  return Object.fromEntries(fields)
}

async function fromReceipt(
  context: ManagementContext,
  receipt: Receipt,
  nothing: Payload,
): Promise<Payload> {
  const fields = await Promise.all(
    Object.entries(receipt).map(async ([name, kept]) => {
      const value = 'id' in kept ? await nodeOf(context, kept.id) : kept.value
      return [name, value] as const
    }),
  )
  return { ...nothing, ...Object.fromEntries(fields), userErrors: [] }
}
