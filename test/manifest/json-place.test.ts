import { expect, it } from 'vitest'
import { jsonErrorPlace } from '../../src/manifest/json-place.js'

it.each([
  ['{ "tools": [,] }', 'line 1 column 13'],
  ['{\n  "a": 1\n  "b": 2\n}', 'line 3 column 3'],
  ['{\n  "a": 1,\n}', 'line 3 column 1'],
  ['[1, 2', 'line 1 column 6'],
  ['', 'line 1 column 1'],
  ['{ a: 1 }', 'line 1 column 3'],
  ['{ "a" 1 }', 'line 1 column 7'],
  ['{ "a": "x }', 'line 1 column 8'],
  ['[01]', 'line 1 column 2'],
  ['[1.]', 'line 1 column 2'],
  ['[nul]', 'line 1 column 2'],
  ['["\\x"]', 'line 1 column 2'],
  ['[1}', 'line 1 column 3'],
  ['{} {}', 'line 1 column 4'],
  ['{}, 1', 'line 1 column 3'],
  ['[{ "a": [] }, ]', 'line 1 column 15'],
  ["['a']", 'line 1 column 2'],
])('%j stops being JSON at %s', (text, place) => {
  expect(() => JSON.parse(text)).toThrow(SyntaxError)
  expect(jsonErrorPlace(text)).toBe(place)
})

it('is found to the end in every text that is JSON', () => {
  for (const value of [{ a: [1, -2.5e10, 'é"\\\n', null, true, {}], b: { c: [] } }, [], 'x', 0]) {
    const text = JSON.stringify(value, undefined, 2)
    const lines = text.split('\n')
    expect(jsonErrorPlace(text)).toBe(
      `line ${lines.length} column ${(lines.at(-1) ?? '').length + 1}`,
    )
  }
})
