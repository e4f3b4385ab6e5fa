/** Arguments of fields and inputs of mutations, by what they are called. */
import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLInputField,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql'
import { type Asking, attackedValue, isGuard, knownValue, mintName, splitType } from './asking.js'
import { harmlessInput, isEmpty, isWritten } from './inputs.js'
import type { Field, Target } from './schema.js'

export type Values = Readonly<Record<string, unknown>>

export interface Given {
  readonly values: Values
  /** Nothing of it is known to be there. */
  readonly isEmpty?: boolean
}

/** What can be another's about a field: the arguments that name one thing. */
export function attackable({ operation, path }: Target, isRoot: boolean): readonly string[] {
  const [first] = path
  const last = path.at(-1)
  const ofEndpoint = !isRoot && takes(first, 'endpointId') ? ['endpointId'] : []
  if (operation === 'subscription') return ofEndpoint
  if (operation === 'mutation')
    return inputFields(last)
      .filter(({ name }) => isGuard(name) && !isWritten(last?.name ?? '', name))
      .map(({ name }) => name)
      .filter((name) => name !== 'endpointId' || !isRoot)
  const own = (last?.args ?? []).filter(
    (arg) => isGuard(arg.name) && (isRequiredArgument(arg) || isCursor(arg.name)),
  )
  return [...ofEndpoint, ...own.map(({ name }) => name).filter((name) => name !== 'before')]
}

const isCursor = (name: string): boolean => name === 'after' || name === 'before'
const takes = (field: Field | undefined, name: string): boolean =>
  field?.args.some((arg) => arg.name === name) === true

function inputFields(field: Field | undefined): readonly GraphQLInputField[] {
  const input = field?.args.find(({ name }) => name === 'input')
  const type = input && getNamedType(input.type)
  return type && isInputObjectType(type) ? Object.values(type.getFields()) : []
}

/** @param name of the field in its type, under which its cursors are known */
export function argumentsOf(
  asking: Asking,
  field: Field,
  { name, isMeant }: { readonly name: string; readonly isMeant: boolean },
): Given {
  if (takes(field, 'input')) return inputOf(asking, field)
  const here = isMeant ? asking : { ...asking, attack: undefined }
  const values = Object.fromEntries(
    field.args.flatMap((arg) => {
      const isRequired = isRequiredArgument(arg)
      const value = isPaging(arg.name)
        ? pageValue(here, field, { arg: arg.name, name })
        : valueOf({ ...asking, attack: attackOn(asking, here, arg) }, arg, isRequired)
      return value === undefined ? [] : [[arg.name, value] as const]
    }),
  )
  return { values: withType(field.args, values) }
}

/** The endpoint is named by the first field, whichever is meant. */
function attackOn(asking: Asking, here: Asking, { name }: GraphQLArgument): Asking['attack'] {
  return name === 'endpointId' ? asking.attack : here.attack
}

const PAGING: ReadonlySet<string> = new Set(['first', 'after', 'last', 'before'])
const isPaging = (name: string): boolean => PAGING.has(name)

/** A list without filters: its cursors are good for each who may see it. */
export const isPlain = ({ args }: Field): boolean => args.every(({ name }) => isPaging(name))

function pageValue(
  asking: Asking,
  field: Field,
  { arg, name }: { readonly arg: string; readonly name: string },
): unknown {
  const { random, attack, world, owner } = asking
  const kind = `cursor of ${name}`
  if (arg === 'first') return random.integer(1, 3)
  if (arg !== 'after') return undefined
  if (attack?.on === 'after') return attackedValue(asking, kind)
  // From where anybody was: these open nothing by themselves.
  if (name.startsWith('Subscription.'))
    return world.graphql.known(kind).choose(owner, random).held?.value
  const isOwn = isPlain(field) && name.startsWith('Endpoint.') && random.chance(0.3)
  return isOwn ? world.graphql.expendable(kind).own(owner, random) : undefined
}

type Input = GraphQLArgument | GraphQLInputField

function valueOf(asking: Asking, input: Input, isRequired: boolean): unknown {
  const { name } = input
  const { random, attack, endpointId, isRoot } = asking
  if (attack?.on === name) return attackedValue(asking, name)
  if (name === 'endpointId') return isRoot || random.chance(0.3) ? endpointId : undefined
  return isRequired || random.chance(0.3) ? typedValue(asking, input, isRequired) : undefined
}

function typedValue(asking: Asking, { name, type }: Input, isRequired: boolean): unknown {
  const inner = isNonNullType(type) ? type.ofType : type
  if (isListType(inner)) return isRequired ? [] : undefined
  const named = getNamedType(type)
  if (isInputObjectType(named)) return objectOf(asking, Object.values(named.getFields()))
  if (isEnumType(named)) return asking.random.pick(named.getValues()).name
  return scalarOf(asking, name, named.name)
}

function objectOf(asking: Asking, fields: readonly GraphQLInputField[]): Values {
  const values = Object.fromEntries(
    fields.flatMap((field) => {
      const value = valueOf(asking, field, isRequiredInputField(field))
      return value === undefined ? [] : [[field.name, value] as const]
    }),
  )
  // A name is one of a type.
  return 'name' in values && fields.some(({ name }) => name === 'type')
    ? { ...values, type: values['type'] ?? 'TOOL' }
    : values
}

const HOUR_MS = 3_600_000

function scalarOf(asking: Asking, name: string, type: string): unknown {
  const { random } = asking
  if (type === 'Int' || type === 'BigInt') return random.integer(1, 60)
  if (type === 'Boolean') return random.chance(0.5)
  if (type === 'JSON') return {}
  if (type === 'DateTime')
    return new Date(Date.now() + (name === 'to' ? HOUR_MS : -HOUR_MS)).toISOString()
  if (name === 'className') return 'Spare'
  const kind = name === 'userId' ? 'username' : name
  // What only narrows a list may be anybody's; what names one thing is its tenant's.
  const isAnybodys = !isGuard(name) && random.chance(0.4)
  const known = isAnybodys ? attackedValue(asking, kind) : knownValue(asking, kind)
  return known ?? mintName(asking)
}

/** Functions are known with their type, and so are objects with a global id. */
function withType(args: readonly Input[], values: Values): Values {
  const { key } = values
  if (typeof key !== 'string') return values
  const [type, rest] = splitType(key)
  if (rest === undefined) return values
  return { ...values, key: rest, ...(args.some(({ name }) => name === 'type') && { type }) }
}

function inputOf(asking: Asking, field: Field): Given {
  const { attack, random } = asking
  const fields = inputFields(field)
  const own = harmlessInput(field.name, asking)
  const base = own ?? objectOf({ ...asking, attack: undefined }, fields)
  const isKeyed = random.chance(0.15)
  const input = {
    ...base,
    ...(isKeyed && { idempotencyKey: `key-${random.integer(1, 30)}` }),
    ...endpointIn(asking, fields, base),
    ...(attack !== undefined && attackedIn(asking, fields, attack.on)),
  }
  return {
    values: { input: withType(fields, input) },
    isEmpty: own === undefined || isEmpty(input),
  }
}

function endpointIn(
  { isRoot, endpointId, random }: Asking,
  fields: readonly GraphQLInputField[],
  base: Values,
): Values {
  if ('endpointId' in base || !fields.some(({ name }) => name === 'endpointId')) return {}
  return isRoot || random.chance(0.3) ? { endpointId } : {}
}

/** With another's endpoint comes whatever else of his is known. */
function attackedIn(asking: Asking, fields: readonly GraphQLInputField[], on: string): Values {
  const names = fields
    .map(({ name }) => name)
    .filter((name) => name === on || (on === 'endpointId' && isGuard(name)))
  return Object.fromEntries(names.map((name) => [name, attackedValue(asking, name)] as const))
}
