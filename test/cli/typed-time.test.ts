import { describe, expect, it } from 'vitest'
import { readTime } from '../../src/cli/typed-time.js'

const now = Date.UTC(2026, 0, 31, 12)
const read = (text: string) => new Date(readTime('from', text, now) ?? 0).toISOString()

describe('a typed time', () => {
  it.each([
    ['30s', '2026-01-31T11:59:30.000Z'],
    ['15m', '2026-01-31T11:45:00.000Z'],
    ['2h', '2026-01-31T10:00:00.000Z'],
    ['3d', '2026-01-28T12:00:00.000Z'],
    ['0m', '2026-01-31T12:00:00.000Z'],
    ['2026-01-30', '2026-01-30T00:00:00.000Z'],
    ['2026-01-30T08:30', '2026-01-30T08:30:00.000Z'],
    ['2026-01-30T08:30Z', '2026-01-30T08:30:00.000Z'],
    ['2026-01-30T08:30-01:00', '2026-01-30T09:30:00.000Z'],
    ['2026-01-30T08:30:15', '2026-01-30T08:30:15.000Z'],
    ['2026-01-30T08:30:15.250Z', '2026-01-30T08:30:15.250Z'],
    ['2026-01-30T08:30:15+02:00', '2026-01-30T06:30:15.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(read(text)).toBe(expected)
  })

  it('that is not typed is none', () => {
    expect(readTime('from', undefined, now)).toBeUndefined()
  })

  it.each([
    '',
    'yesterday',
    '15',
    '15 m',
    '-15m',
    '1w',
    '2026-02-30',
    '2026-13-01',
    '12:00',
    '2026-01-30T25:00Z',
    '2026-01-30T08:30+99:00',
  ])('%j is none: the flag and what was expected are named', (text) => {
    expect(() => read(text)).toThrow(
      /^--from: expected a time such as .*, or how long ago, such as/,
    )
  })
})
