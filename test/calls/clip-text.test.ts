import { describe, expect, it } from 'vitest'
import { clipText, toValidText } from '../../src/calls/clip-text.js'

describe('a text', () => {
  it.each(['', 'lookup', 'ä 21 °C 日本', '👩‍👩‍👧‍👦🏳️‍🌈', '\u0000\uffff'])(
    'that is valid stays as it is (%#)',
    (text) => {
      expect(toValidText(text)).toBe(text)
      expect(clipText(text, 4096)).toBe(text)
      expect(clipText(text, Buffer.byteLength(text))).toBe(text)
    },
  )

  it.each([
    ['\ud83d', '\ufffd'],
    ['a\ude00b', 'a\ufffdb'],
    ['\ude00\ud83d', '\ufffd\ufffd'],
  ])('with half characters has U+FFFD in their place (%#)', (text, valid) => {
    expect(toValidText(text)).toBe(valid)
    expect(clipText(text, 4096)).toBe(valid)
    expect(clipText(text.padEnd(2000, 'x'), 100)).toBe(
      valid.padEnd(2000, 'x').slice(0, 100 - 2 * (valid.match(/\ufffd/g)?.length ?? 0)),
    )
  })

  it('is cut before the character that does not fit, at every length', () => {
    const text = 'aä日👩'.repeat(3)
    for (let bytes = 0; bytes <= Buffer.byteLength(text); bytes++) {
      const clipped = clipText(text, bytes)
      expect(text.startsWith(clipped)).toBe(true)
      expect(Buffer.byteLength(clipped)).toBeLessThanOrEqual(bytes)
      expect(Buffer.byteLength(clipped)).toBeGreaterThan(bytes - 4)
    }
  })
})
