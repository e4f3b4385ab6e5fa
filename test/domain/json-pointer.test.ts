import { describe, expect, it } from 'vitest'
import { isPointer, toSegments } from '../../src/domain/json-pointer.js'

describe('a JSON pointer', () => {
  it.each([
    ['', []],
    ['/', ['']],
    ['/password', ['password']],
    ['/cards/0/number', ['cards', '0', 'number']],
    ['/a~1b/m~0n/~01', ['a/b', 'm~n', '~1']],
    ['//', ['', '']],
    ['/two words/ü\n', ['two words', 'ü\n']],
  ])('%j leads to %j', (pointer, segments) => {
    expect(isPointer(pointer)).toBe(true)
    expect(toSegments(pointer)).toEqual(segments)
  })

  it.each(['password', 'a/b', '#/password', '/a~', '/a~2b', '$.password', `/${'x'.repeat(512)}`])(
    'is not %j',
    (text) => {
      expect(isPointer(text)).toBe(false)
    },
  )

  it('is told from everything else in one pass, however many slashes there are', () => {
    expect(isPointer(`${'/'.repeat(500)}~`)).toBe(false)
  })
})
