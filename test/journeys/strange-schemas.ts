/** Schemas of JSON Schema 2020-12 that use its keywords in any combination and still compile. */
import {
  type Seeded,
  strangeNumber,
  strangeText,
  strangeValue,
  toObject,
} from '../support/seeded.js'

type Make = (random: Seeded, depth: number) => unknown

const schema: Make = (random, depth) =>
  depth <= 0 ? random.pick([true, false, {}, { $ref: '#/$defs/leaf' }]) : subSchema(random, depth)
const schemas: Make = (random, depth) =>
  Array.from({ length: random.integer(1, 2) }, () => schema(random, depth - 1))
const schemaMap: Make = (random, depth) =>
  toObject(
    Array.from({ length: random.integer(1, 3) }, () => [
      random.pick(['__proto__', 'constructor', 'city', '名', 'a/b~c', '0', 'toString', '']),
      schema(random, depth - 1),
    ]),
  )
const patternMap: Make = (random, depth) =>
  toObject([[random.pick(['^x-', '\\p{L}+', '.*']), schema(random, depth - 1)]])
const deeper: Make = (random, depth) => schema(random, depth - 1)
const count: Make = (random) => random.integer(0, 1_000)
const names: Make = (random) => [random.pick(['a', '__proto__', '名']), 'b']

/** Every keyword of the seven vocabularies that may stand in any subschema. */
const KEYWORDS: Readonly<Record<string, Make>> = {
  $ref: () => '#/$defs/leaf',
  $defs: schemaMap,
  $comment: strangeText,
  allOf: schemas,
  anyOf: schemas,
  oneOf: schemas,
  not: deeper,
  if: deeper,
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: deeper,
  else: deeper,
  dependentSchemas: schemaMap,
  prefixItems: schemas,
  items: deeper,
  contains: deeper,
  properties: schemaMap,
  patternProperties: patternMap,
  additionalProperties: deeper,
  propertyNames: deeper,
  unevaluatedItems: deeper,
  unevaluatedProperties: deeper,
  type: (random) => random.pick(['object', 'array', 'null', ['string', 'integer'], 'boolean']),
  enum: (random) => [random.integer(0, 9), null, strangeText(random), [], {}],
  const: (random) => strangeValue(random, 2),
  multipleOf: (random) => random.pick([0.01, 1, 1e-7, 3]),
  maximum: strangeNumber,
  exclusiveMaximum: strangeNumber,
  minimum: strangeNumber,
  exclusiveMinimum: strangeNumber,
  maxLength: count,
  minLength: count,
  pattern: (random) => random.pick(['^[a-z]+$', '\\p{Lu}', '^(?:a|b)*$', '']),
  maxItems: count,
  minItems: count,
  uniqueItems: (random) => random.chance(0.5),
  maxContains: count,
  minContains: count,
  maxProperties: count,
  minProperties: count,
  required: names,
  dependentRequired: (random) => ({ city: names(random, 0) }),
  title: strangeText,
  description: strangeText,
  default: (random) => strangeValue(random, 3),
  deprecated: (random) => random.chance(0.5),
  readOnly: (random) => random.chance(0.5),
  writeOnly: (random) => random.chance(0.5),
  examples: (random) => [strangeValue(random, 2), strangeValue(random, 2)],
  format: (random) => random.pick(['date-time', 'uri', 'uuid', 'a format of my own']),
  contentEncoding: () => 'base64',
  contentMediaType: () => 'application/json',
  contentSchema: deeper,
}

/** Those that name a whole schema. */
const ROOT_KEYWORDS: Readonly<Record<string, unknown>> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:example:strange',
  $anchor: 'root',
  $dynamicAnchor: 'tree',
  $vocabulary: { 'https://json-schema.org/draft/2020-12/vocab/core': true },
}

const ANYWHERE = [...Object.keys(ROOT_KEYWORDS), ...Object.keys(KEYWORDS)]

/** With the one that must not stand just anywhere: the root, applied to a value, has no end. */
export const ALL_KEYWORDS = [...ANYWHERE, '$dynamicRef']

/** @param isWhole its root has every keyword that it can; at random when absent */
export function strangeSchema(random: Seeded, isWhole = false): unknown {
  const chosen = ANYWHERE.filter(() => isWhole || random.chance(0.15))
  const members = chosen.map(
    (keyword) =>
      [keyword, ROOT_KEYWORDS[keyword] ?? KEYWORDS[keyword]?.(random, 2)] satisfies [
        string,
        unknown,
      ],
  )
  return toObject([
    ['x-before', strangeValue(random, 2)],
    ...members,
    // What the references name, and what a tool's input has to be.
    ['$dynamicAnchor', 'tree'],
    ['$defs', { leaf: { type: ['string', 'null'] }, branch: { items: { $dynamicRef: '#tree' } } }],
    ['type', 'object'],
    ['x-after', null],
  ])
}

function subSchema(random: Seeded, depth: number): unknown {
  const chosen = Object.keys(KEYWORDS).filter(() => random.chance(0.08))
  return toObject([
    ...chosen.map((keyword): [string, unknown] => [keyword, KEYWORDS[keyword]?.(random, depth)]),
    ['x-unknown', strangeValue(random, 1)],
  ])
}
