import { describe, expect, it } from 'vitest'
import { redact } from '../../src/calls/calls.js'

const said = {
  password: 'p',
  cards: [{ number: 1, name: 'ann' }, { number: 2 }],
  'a/b': 1,
  'm~n': 2,
}

describe('what a pointer points at', () => {
  it.each<[string, object | string]>([
    ['', '[redacted]'],
    ['/password', { ...said, password: '[redacted]' }],
    ['/cards', { ...said, cards: '[redacted]' }],
    ['/cards/0/number', { ...said, cards: [{ number: '[redacted]', name: 'ann' }, { number: 2 }] }],
    ['/cards/1', { ...said, cards: [said.cards[0], '[redacted]'] }],
    ['/a~1b', { ...said, 'a/b': '[redacted]' }],
    ['/m~0n', { ...said, 'm~n': '[redacted]' }],
  ])('is taken out: %j', (pointer, kept) => {
    const before = structuredClone(said)
    expect(redact(said, [pointer])).toEqual(kept)
    expect(said).toEqual(before)
  })

  it.each([
    '/nothing',
    '/cards/7',
    '/cards/-',
    '/cards/length',
    '/password/x',
    '/__proto__',
    '/toString',
  ])('and is not there changes nothing: %s', (pointer) => {
    expect(redact(said, [pointer])).toEqual(said)
  })

  it('is taken out for each of several pointers', () => {
    expect(redact({ a: 1, b: { c: 2, d: 3 } }, ['/a', '/b/c', '/b/x', '/b/d'])).toEqual({
      a: '[redacted]',
      b: { c: '[redacted]', d: '[redacted]' },
    })
  })

  it('may be a name that is special in JavaScript', () => {
    const odd: unknown = JSON.parse('{"__proto__":{"secret":1},"constructor":2}')
    const kept = redact(odd, ['/__proto__/secret', '/constructor'])
    expect(JSON.stringify(kept)).toBe(
      '{"__proto__":{"secret":"[redacted]"},"constructor":"[redacted]"}',
    )
    expect(Object.getPrototypeOf(kept)).toBe(Object.prototype)
  })

  it.each([null, undefined, 1, 'text', true])(
    'is nothing of a value without members: %j',
    (value) => {
      expect(redact(value, ['/a'])).toBe(value)
    },
  )
})
