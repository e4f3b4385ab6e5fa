/** Visits every schema inside a JSON Schema, and never what only looks like one (`default`, `const`). */
import { isJsonObject } from '../domain/json.js'

export interface SubSchema {
  readonly schema: Readonly<Record<string, unknown>>
  /** Inside the manifest: `tools[2].inputSchema.properties.city`. */
  readonly path: string
  /** False as soon as anything but `properties` leads to it: then no argument is surely there. */
  readonly isProperty: boolean
}

const MAPS = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']
const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items']
const SINGLES = [
  'items',
  'additionalItems',
  'unevaluatedItems',
  'contains',
  'additionalProperties',
  'unevaluatedProperties',
  'propertyNames',
  'contentSchema',
  'not',
  'if',
  'then',
  'else',
]

/** @param root a schema that is no deeper than a manifest may be */
export function* walkSchema(root: unknown, path: string): Generator<SubSchema> {
  if (isJsonObject(root)) yield* visit({ schema: root, path, isProperty: true })
}

function* visit(at: SubSchema): Generator<SubSchema> {
  yield at
  for (const child of children(at)) yield* visit(child)
}

function* children({ schema, path, isProperty }: SubSchema): Generator<SubSchema> {
  for (const keyword of MAPS) {
    const map = schema[keyword]
    if (!isJsonObject(map)) continue
    const reaches = isProperty && keyword === 'properties'
    for (const [key, child] of Object.entries(map))
      if (isJsonObject(child))
        yield { schema: child, path: `${path}.${keyword}.${key}`, isProperty: reaches }
  }
  for (const keyword of LISTS) {
    const list = schema[keyword]
    if (!Array.isArray(list)) continue
    for (const [index, child] of list.entries())
      if (isJsonObject(child))
        yield { schema: child, path: `${path}.${keyword}[${index}]`, isProperty: false }
  }
  for (const keyword of SINGLES) {
    const child = schema[keyword]
    if (isJsonObject(child)) yield { schema: child, path: `${path}.${keyword}`, isProperty: false }
  }
}
