import { describe, expect, it } from 'vitest'
import { matchesGlob } from '../../src/domain/glob.js'
import { createSeeded, testSeed } from '../support/seeded.js'

describe('a glob', () => {
  it.each([
    ['ann', 'ann', true],
    ['ann', 'anna', false],
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['a*', 'a', true],
    ['*@acme.com', 'ann@acme.com', true],
    ['*@acme.com', 'ann@acme.com.evil', false],
    ['w?ather_*', 'weather_of_bern', true],
    ['w?ather', 'wather', false],
    ['a.c', 'abc', false],
    ['[a-z]', 'b', false],
    ['(a+)+$', '(a+)+$', true],
    [String.raw`\*`, '*', false],
    ['ANN', 'ann', false],
  ])('%s and %s: %s', (glob, text, fits) => {
    expect(matchesGlob(glob, text)).toBe(fits)
  })

  it('fits what an expression of the same meaning fits', () => {
    const random = createSeeded(testSeed(7))
    const some = (letters: string[]) =>
      Array.from({ length: random.integer(0, 8) }, () => random.pick(letters)).join('')
    const toExpression = (glob: string) =>
      new RegExp(`^${glob.replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`)
    for (let n = 0; n < 3000; n++) {
      const [glob, text] = [some(['a', 'b', '*', '?']), some(['a', 'b'])]
      expect([glob, text, matchesGlob(glob, text)]).toEqual([
        glob,
        text,
        toExpression(glob).test(text),
      ])
    }
  })

  it('of the worst kind is answered too', () => {
    expect(matchesGlob('*a'.repeat(128), 'a'.repeat(127))).toBe(false)
    expect(matchesGlob(`${'*a'.repeat(100)}b`, 'a'.repeat(100_000))).toBe(false)
  })
})
