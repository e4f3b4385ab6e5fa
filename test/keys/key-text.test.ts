import { describe, expect, it } from 'vitest'
import { hasHash, hashOf, newKeyText, readKeyText, writeKeyText } from '../../src/keys/key-text.js'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

describe('the text of an API key', () => {
  it('has an id, a secret and a checksum in base 62, and reads as what was written', () => {
    for (let n = 0; n < 100; n++) {
      const key = newKeyText()
      const text = writeKeyText(key)
      expect(text).toMatch(/^mcp_[0-9A-Za-z]{17}_[0-9A-Za-z]{49}$/)
      expect(readKeyText(text)).toEqual(key)
    }
  })

  it('has the checksum that GitHub would give it: CRC-32 in base 62', () => {
    const text = writeKeyText({ keyId: '0'.repeat(17), secret: '0'.repeat(43) })
    expect(text.slice(-6)).toBe('3ATGtx')
  })

  it('is refused for every single typing error, wherever it is', () => {
    const text = writeKeyText(newKeyText())
    const wrong = text.split('').flatMap((character, at) => {
      const other = DIGITS.charAt((DIGITS.indexOf(character) + 1) % DIGITS.length)
      const [before, after] = [text.slice(0, at), text.slice(at + 1)]
      return [before + other + after, before + after, before + character + character + after]
    })
    expect(wrong.filter((typed) => typed !== text && readKeyText(typed) !== undefined)).toEqual([])
  })

  it.each(['', 'mcp_', 'mcpr_abc', 'mcp_a_b', `mcp_${'0'.repeat(17)}_${'0'.repeat(10_000)}`])(
    'is not "%.20s"',
    (text) => expect(readKeyText(text)).toBeUndefined(),
  )

  it('is known by the hash of its secret, and by no other', () => {
    const [one, other] = [newKeyText(), newKeyText()]
    expect(hasHash(one, hashOf(one))).toBe(true)
    for (const hash of [hashOf(other), '', `${hashOf(one)}x`])
      expect(hasHash(one, hash)).toBe(false)
  })
})
