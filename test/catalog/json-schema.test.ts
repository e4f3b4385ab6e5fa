import { describe, expect, it } from 'vitest'
import { schemaProblems } from '../../src/catalog/catalog.js'
import { createValidator } from '../../src/catalog/json-schema.js'

const draft04 = 'http://json-schema.org/draft-04/schema#'
const draft07 = 'http://json-schema.org/draft-07/schema#'
const city = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', maximum: 7 } },
  required: ['city'],
  additionalProperties: false,
}
const tuple = { items: [{ type: 'string' }, { type: 'number' }] }
const positive = { properties: { n: { type: 'number', minimum: 0, exclusiveMinimum: true } } }

describe('a value against its schema', () => {
  it.each<[string, unknown, unknown, string[]]>([
    ['a valid value has no problems', city, { city: 'Bern', days: 3 }, []],
    ['a wrong type names the path', city, { city: 1 }, ['arguments/city: must be string']],
    ['a missing property is named', city, {}, ["arguments: must have required property 'city'"]],
    [
      'a property too many is named',
      city,
      { city: 'Bern', town: 1 },
      ['arguments: must NOT have additional properties ("town")'],
    ],
    [
      'a value outside an enum sees what is allowed',
      { properties: { unit: { enum: ['C', 'F'] } } },
      { unit: 'K' },
      ['arguments/unit: must be equal to one of the allowed values: ["C","F"]'],
    ],
    [
      'a number is not taken for its text',
      city,
      { city: 'Bern', days: '3' },
      ['arguments/days: must be integer'],
    ],
    [
      'a format is checked',
      { properties: { day: { type: 'string', format: 'date' } } },
      { day: '2026-02-30' },
      ['arguments/day: must match format "date"'],
    ],
    ['an unknown format is not', { properties: { a: { format: 'shoe-size' } } }, { a: 'x' }, []],
    ['an unknown keyword is not', { 'x-mcp-header': 'a', $comment: 'b' }, {}, []],
    [
      '2020-12 is the default',
      { prefixItems: [{ type: 'string' }] },
      [1],
      ['arguments/0: must be string'],
    ],
    [
      'an unknown dialect is taken for 2020-12',
      { $schema: 'https://example.com/mine', prefixItems: [{ type: 'string' }] },
      [1],
      ['arguments/0: must be string'],
    ],
    [
      'draft-07 has tuples in items',
      { $schema: draft07, ...tuple },
      ['a', 'b'],
      ['arguments/1: must be number'],
    ],
    [
      'draft-07 knows no prefixItems',
      { $schema: draft07, prefixItems: [{ type: 'string' }] },
      [1],
      [],
    ],
    [
      'draft-04 has boolean bounds',
      { $schema: draft04, ...positive },
      { n: 0 },
      ['arguments/n: must be > its bound'],
    ],
    [
      'a boolean bound is inclusive when false',
      { type: 'integer', maximum: 3, exclusiveMaximum: false },
      3,
      [],
    ],
    ['boolean bounds are met in newer dialects too', positive, { n: 1 }, []],
    [
      'a reference inside the schema is followed',
      { $defs: { name: { type: 'string' } }, properties: { a: { $ref: '#/$defs/name' } } },
      { a: 1 },
      ['arguments/a: must be string'],
    ],
    [
      'a reference to the whole schema is followed',
      { properties: { next: { $ref: '#' }, n: { type: 'number' } } },
      { next: { next: { n: '1' } } },
      ['arguments/next/next/n: must be number'],
    ],
    [
      'names of Object.prototype are ordinary names',
      { required: ['constructor'], properties: { toString: { type: 'string' } } },
      {},
      ["arguments: must have required property 'constructor'"],
    ],
    ['true takes anything', true, { a: 1 }, []],
    ['false takes nothing', false, {}, ['arguments: boolean schema is false']],
  ])('%s', (_name, schema, value, problems) => {
    expect(createValidator(schema, 'arguments')(value)).toEqual(problems)
  })

  it('is not changed: no defaults, no coercion', () => {
    const value = { days: '3' }
    const schema = { properties: { city: { default: 'Bern' }, days: { type: 'string' } } }
    expect(createValidator(schema, 'arguments')(value)).toEqual([])
    expect(value).toEqual({ days: '3' })
  })

  it('has at most ten problems, however many alternatives it misses', () => {
    const anyOf = Array.from({ length: 40 }, (_, n) => ({ const: n }))
    expect(createValidator({ anyOf }, 'arguments')('x')).toHaveLength(10)
  })

  it('is refused with one sentence when the schema does not compile', () => {
    const validate = createValidator({ type: 'objekt' }, 'arguments')
    expect(validate({})).toEqual([expect.stringContaining('the schema does not compile')])
    expect(validate({})).toHaveLength(1)
  })

  it('too deep for its recursive schema is a problem, not a crash', () => {
    const schema = { properties: { a: { $ref: '#' } } }
    let deep = {}
    for (let level = 0; level < 200_000; level++) deep = { a: deep }
    expect(createValidator(schema, 'arguments')(deep)).toEqual([
      'arguments: cannot be checked, it nests too deep',
    ])
  })

  it('never meets another schema of the same $id', () => {
    const $id = 'https://example.com/args'
    const text = createValidator({ $id, type: 'string' }, 'a')
    const number = createValidator({ $id, type: 'number' }, 'b')
    const borrowed = createValidator({ $ref: $id }, 'c')
    expect([text('x'), number(1)]).toEqual([[], []])
    expect(borrowed('x')).toEqual([expect.stringContaining('not inside it')])
  })
})

describe('a schema', () => {
  it.each<[string, unknown]>([
    ['that is an object', city],
    ['that is a boolean', true],
    ['of draft-07', { $schema: draft07, ...tuple }],
    ['of draft-04', { $schema: draft04, ...positive }],
  ])('%s compiles', (_name, schema) => {
    expect(schemaProblems(schema)).toEqual([])
  })

  it.each<[string, unknown, string]>([
    ['with a network reference', { $ref: 'http://example.com/a.json' }, 'nothing is fetched'],
    ['with a lost local reference', { $ref: '#/$defs/gone' }, '#/$defs/gone'],
    ['of an unknown type', { type: 'objekt' }, 'does not compile'],
    ['with a broken pattern', { pattern: '(' }, 'does not compile'],
    ['with a wrong keyword value', { minLength: '3' }, 'minLength'],
    ['with a tuple of draft-07 but no $schema', tuple, 'items'],
    ['that is a list', [], 'must be an object or a boolean'],
    ['that is text', 'string', 'must be an object or a boolean'],
    ['that is asynchronous', { $async: true, type: 'object' }, '$async'],
  ])('%s is refused', (_name, schema, part) => {
    expect(schemaProblems(schema)).toEqual([expect.stringContaining(part)])
  })
})
