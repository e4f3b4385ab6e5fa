/**
 * What an author's module exports, read item by item: in plain JavaScript anything may stand there.
 * Runs inside the bundle, with its code.
 */
import { isJsonObject, type JsonObject } from '../domain/json.js'

export type ItemType = 'tool' | 'resource' | 'prompt'

/** Takes what a method of a bundle's class takes, and the setting. */
export type Handler = (input: unknown, call: unknown, setting: unknown) => unknown

export interface Item {
  readonly type: ItemType
  readonly name: string
  /** What its author wrote, functions included. */
  readonly written: JsonObject
  readonly functionName: string
  readonly handler: Handler
  /** Present when it has `complete`. */
  readonly completionName?: string
}

export interface Definition {
  readonly packageName: unknown
  readonly setting: unknown
  readonly network: unknown
  readonly items: readonly Item[]
  /** One sentence for each part that is not what `defineBundle` takes. */
  readonly problems: readonly string[]
}

const LISTS = [
  ['tool', 'tools'],
  ['resource', 'resources'],
  ['prompt', 'prompts'],
] as const

const EXPECTED = 'expected `export default defineBundle({ package, tools, … })`'

/** @param module the namespace of the module that exports the bundle as `default` or `bundle` */
export function readDefinition(module: object): Definition {
  const exported = findExport(module)
  if (exported === undefined) {
    const problems = [`the module exports no bundle: ${EXPECTED}`]
    return { packageName: undefined, setting: undefined, network: undefined, items: [], problems }
  }
  const problems: string[] = []
  const takeName = createNames()
  const items = LISTS.flatMap(([type, list]) =>
    readList(exported, list, problems).flatMap(([name, written]) => {
      const path = `${list}.${name}`
      const { handler, complete } = written
      if (typeof handler !== 'function') {
        problems.push(`${path}.handler: expected a function`)
        return []
      }
      const completion = readCompletion(type, complete, `${path}.complete`, problems)
      const item: Item = {
        type,
        name,
        written,
        functionName: takeName(`${type}_${name}`),
        handler: (input, call, setting) => handler.call(written, input, call, setting),
      }
      return [completion ? { ...item, completionName: takeName(`complete_${type}_${name}`) } : item]
    }),
  )
  const { package: packageName, setting, network } = exported
  return { packageName, setting, network, items, problems }
}

function findExport(module: object): JsonObject | undefined {
  const { default: byDefault, bundle } = { default: undefined, bundle: undefined, ...module }
  return [byDefault, bundle].find((value) => isJsonObject(value) && 'package' in value)
}

function readList(
  exported: JsonObject,
  list: string,
  problems: string[],
): (readonly [name: string, written: JsonObject])[] {
  const given = exported[list] ?? {}
  if (!isJsonObject(given)) {
    problems.push(`${list}: expected an object, by name`)
    return []
  }
  return Object.entries(given).flatMap(([name, written]) => {
    if (isJsonObject(written)) return [[name, written] as const]
    problems.push(`${list}.${name}: expected an object with a handler`)
    return []
  })
}

/** @returns whether there is one */
function readCompletion(
  type: ItemType,
  complete: unknown,
  path: string,
  problems: string[],
): boolean {
  if (complete === undefined || complete === null) return false
  if (type === 'tool')
    problems.push(`${path}: only prompts and resource templates have completions`)
  else if (!isJsonObject(complete)) problems.push(`${path}: expected an object of functions`)
  else
    for (const [name, suggest] of Object.entries(complete))
      if (typeof suggest !== 'function') problems.push(`${path}.${name}: expected a function`)
  return type !== 'tool'
}

/** The longest name that a manifest's link may have, without what makes it unique. */
const MAX_NAME_LENGTH = 120

/** Names of items may hold what a method's name may not, and two may become one by that. */
function createNames(): (wanted: string) => string {
  const taken = new Set<string>()
  return (wanted) => {
    const base = wanted.replaceAll(/[^A-Za-z0-9_$]/g, '_').slice(0, MAX_NAME_LENGTH)
    let name = base
    for (let count = 2; taken.has(name); count++) name = `${base}_${count}`
    taken.add(name)
    return name
  }
}
