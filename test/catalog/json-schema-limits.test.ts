import { describe, expect, it, vi } from 'vitest'
import { schemaProblems } from '../../src/catalog/catalog.js'
import { createValidator } from '../../src/catalog/json-schema.js'
import { createSeeded } from '../support/seeded.js'

const NOT_IN_TIME = ['arguments: could not be checked within 50 ms']

/** Each `a` doubles the ways to match, and none of them does. */
const doubling = { type: 'string', pattern: '^(a+)+$' }
const manyAs = `${'a'.repeat(60)}!`

const tree = (both: string) => ({
  $defs: {
    node: {
      [both]: [1, 2].map((n) => ({
        properties: { next: { $ref: '#/$defs/node' } },
        minProperties: n - 1,
      })),
      maxProperties: 1,
    },
  },
  $ref: '#/$defs/node',
})

/** One level, and each definition is looked at twice as often as the one before. */
const doublingDefinitions = (root: object) => ({
  ...root,
  $defs: Object.fromEntries(
    Array.from({ length: 40 }, (_, n): [string, object] => [
      `d${n}`,
      { anyOf: [{ $ref: `#/$defs/d${n + 1}` }, { $ref: `#/$defs/d${n + 1}` }] },
    ]).concat([['d40', { const: 0 }]]),
  ),
})

function nested(levels: number, leaf: unknown = {}): unknown {
  let value = leaf
  for (let level = 0; level < levels; level++) value = { next: value }
  return value
}

const texts = (count: number) => Array.from({ length: count }, (_, n) => `text ${n}`)
const objects = (count: number) => Array.from({ length: count }, (_, n) => ({ n }))

describe('a value whose check would not end is refused with one sentence', () => {
  it.each<[string, unknown, unknown]>([
    ['a pattern that backtracks', doubling, manyAs],
    ['one far down', { properties: { a: { items: { anyOf: [doubling] } } } }, { a: [manyAs] }],
    ['one for the names of members', { propertyNames: doubling }, { [manyAs]: 1 }],
    ['patternProperties', { patternProperties: { '^(a+)+$': true } }, { [manyAs]: 1 }],
    ['a format that backtracks', { format: 'url' }, `http://${'a:'.repeat(100_000)}`],
    ['a recursive anyOf', tree('anyOf'), nested(60, { a: 1, b: 2 })],
    ['a recursive oneOf', tree('oneOf'), nested(60)],
    ['a recursive allOf', tree('allOf'), nested(60, [])],
    [
      'definitions that double each other',
      doublingDefinitions({ properties: { a: { $ref: '#/$defs/d0' } } }),
      { a: 1 },
    ],
    ['uniqueItems of many objects', { uniqueItems: true }, objects(50_000)],
    [
      'many items, many alternatives',
      { items: { enum: texts(20_000) } },
      texts(20_000).toReversed(),
    ],
  ])('%s', (_name, schema, value) => {
    const validate = createValidator(schema, 'arguments')
    expect(validate(value)).toEqual(NOT_IN_TIME)
  })

  it('and every value that does not need the time is checked as ever', () => {
    const validate = createValidator(doubling, 'arguments')
    expect(validate('aaaa')).toEqual([])
    expect(validate('b')).toEqual(['arguments: must match pattern "^(a+)+$"'])
    expect(validate(1)).toEqual(['arguments: must be string'])
  })

  it('whatever hostile patterns and texts meet, there is an answer', () => {
    const random = createSeeded(8)
    const pieces = ['(a+)+', '(a|a)*', '(?:a?){30}a{30}', '(.*)*', 'a*a*a*a*a*', '([^b]|a)+', '\\b']
    for (let round = 0; round < 40; round++) {
      const pattern = `^${random.pick(pieces)}${random.pick(pieces)}$`
      const text = `${'a'.repeat(random.integer(0, 5_000))}${random.pick(['', 'b', '!', '🙂'])}`
      for (const problem of createValidator({ pattern }, 'arguments')(text))
        expect(problem).toMatch(/^arguments: (?:must match pattern|could not be checked within)/)
    }
  })
})

describe('a schema that has reached its limit', () => {
  const now = 1_000_000
  const refused = (seconds: number) => [
    `arguments: not checked, its schema took too long just now; try again in ${seconds} s`,
  ]

  function slowValidator() {
    const clock = { now: vi.fn<() => number>(() => now) }
    const onTimeOut = vi.fn<() => void>()
    const validate = createValidator(doubling, 'arguments', { clock, onTimeOut })
    expect(validate(manyAs)).toEqual(NOT_IN_TIME)
    return { clock, onTimeOut, validate }
  }

  it('refuses a flood of values at once, and is named to the operator once', () => {
    const { onTimeOut, validate } = slowValidator()
    for (let n = 0; n < 10_000; n++) expect(validate(manyAs)).toEqual(refused(1))
    expect(onTimeOut.mock.calls).toEqual([[expect.objectContaining({ limitMs: 50 })]])
  })

  it('refuses good values too for that second, and none after it', () => {
    const { clock, validate } = slowValidator()
    expect(validate('a')).toEqual(refused(1))
    clock.now.mockReturnValue(now + 999)
    expect(validate('a')).toEqual(refused(1))
    clock.now.mockReturnValue(now + 1000)
    expect(validate('a')).toEqual([])
    expect(validate(manyAs)).toEqual(NOT_IN_TIME)
  })

  it('is not refused for longer because the clock was set back', () => {
    const { clock, validate } = slowValidator()
    clock.now.mockReturnValue(now - 3_600_000)
    expect(validate('a')).toEqual([])
  })

  it('takes no other schema down with it', () => {
    slowValidator()
    expect(createValidator(doubling, 'arguments')('a')).toEqual([])
  })
})

describe('a value that nests 100,000 levels deep', () => {
  const TOO_DEEP = ['structuredContent: cannot be checked, it nests too deep']
  it.each<[string, unknown, unknown, readonly string[]]>([
    [
      'under a recursive schema',
      { properties: { next: { $ref: '#' } } },
      nested(100_000),
      TOO_DEEP,
    ],
    [
      'twice in a list of unique items',
      { uniqueItems: true },
      [nested(100_000), nested(100_000)],
      TOO_DEEP,
    ],
    ['where nothing looks into it', { type: 'object' }, nested(100_000), []],
    [
      'where it is compared',
      { const: { next: { next: 1 } } },
      nested(100_000),
      [expect.anything()],
    ],
  ])('is a problem at most: %s', (_name, schema, value, problems) => {
    // On a machine with other work the time may be over first: that is said, and is no crash either.
    const late = ['structuredContent: could not be checked within 50 ms']
    const found = createValidator(schema, 'structuredContent')(value)
    expect([problems, late]).toContainEqual(found)
  })
})

describe('a schema that would not stop compiling', () => {
  const named = (count: number) =>
    Object.fromEntries(texts(count).map((name) => [name, { type: 'string', minLength: 1 }]))
  const wide = { type: 'object', properties: named(60_000) }

  it.each<[string, unknown, RegExp]>([
    ['of four megabytes', wide, /does not compile/],
    ['that is itself and nothing else', { $ref: '#' }, /nests too deep/],
    ['whose definitions double each other', doublingDefinitions({ $ref: '#/$defs/d0' }), /500 ms/],
    ['with a pattern of 5,000 characters', { pattern: 'a'.repeat(5000) }, /4096 characters/],
    ['that nests 100,000 levels deep', nested(100_000), /nests too deep/],
    ['with a keyword that does', { not: { items: nested(100_000) } }, /nests too deep/],
  ])('is refused when it is published: %s', (_name, schema, problem) => {
    expect(schemaProblems(schema)).toEqual([expect.stringMatching(problem)])
  })

  it('is refused at its first use, and not tried again with the next value', () => {
    const clock = { now: () => 1_000_000 }
    const onTimeOut = vi.fn<() => void>()
    const schema = doublingDefinitions({ $ref: '#/$defs/d0' })
    const validate = createValidator(schema, 'arguments', { clock, onTimeOut })
    expect(validate({})).toEqual(['arguments: could not be checked within 2000 ms'])
    expect(validate({})).toEqual([expect.stringContaining('try again in 40 s')])
    expect(onTimeOut).toHaveBeenCalledOnce()
  })

  it('is not one that refers to a large definition many times', () => {
    const properties = Object.fromEntries(
      texts(150).map((name) => [name, { $ref: '#/$defs/large' }]),
    )
    const schema = { $defs: { large: { properties: named(30) } }, properties }
    expect(schemaProblems(schema)).toEqual([])
    expect(createValidator(schema, 'arguments')({ 'text 7': { 'text 9': 1 } })).toEqual([
      'arguments/text 7/text 9: must be string',
    ])
  })
})
