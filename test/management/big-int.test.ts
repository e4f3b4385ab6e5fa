import { GraphQLError, Kind } from 'graphql'
import { expect, it, vi } from 'vitest'
import { bigIntScalar } from '../../src/management/big-int.js'

it('a whole number of any size is read and written exactly, and nothing is said of it', () => {
  const warn = vi.spyOn(console, 'warn')
  const large = 2n ** 60n + 1n
  expect(bigIntScalar.serialize(5)).toBe(5)
  expect(bigIntScalar.serialize(-7n)).toBe(-7)
  expect(bigIntScalar.serialize(large)).toBe(large.toString())
  for (const whole of [0, -12, 2 ** 53 - 1, large]) {
    const value = whole.toString()
    expect(bigIntScalar.parseValue(value)).toBe(whole)
    expect(bigIntScalar.parseLiteral({ kind: Kind.INT, value })).toBe(whole)
  }
  for (const wrong of [1.5, true, null, '', '1e3', '9'.repeat(101)])
    expect(() => bigIntScalar.parseValue(wrong)).toThrow(GraphQLError)
  expect(warn).not.toHaveBeenCalled()
  warn.mockRestore()
})
