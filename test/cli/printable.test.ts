import { describe, expect, it } from 'vitest'
import { toPrintable, toPrintableJson } from '../../src/cli/printable.js'

/** Colours, a line end, the C1 form of ESC [, a turned direction, a line separator, an unseen tag. */
const HOSTILE = '\u001b[31m\r\n\u009b2J\u202egnp\u2028\u{e0041}\u007f'

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const RAW = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u{e0000}-\u{e007f}]/u

describe('what others wrote', () => {
  it('reaches a terminal as it is where it is only text', () => {
    const text = 'Grüße, 世界 🎉 \\ "x" ~/a b'
    expect(toPrintable(text)).toBe(text)
  })

  it('loses the power over a terminal, and is still told apart', () => {
    expect(toPrintable(HOSTILE)).toBe(
      String.raw`\u001b[31m\u000d\u000a\u009b2J\u202egnp\u2028\udb40\udc41\u007f`,
    )
  })

  it('as JSON is the same value without it', () => {
    const value = { [HOSTILE]: [HOSTILE, 1, null] }
    for (const indent of [undefined, 2]) {
      const json = toPrintableJson(value, indent)
      expect(JSON.parse(json)).toEqual(value)
      expect(json.replaceAll('\n', '')).not.toMatch(RAW)
    }
    expect(toPrintableJson(value)).not.toContain('\n')
  })
})
