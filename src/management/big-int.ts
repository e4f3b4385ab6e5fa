/** Whole numbers of any size: text above 2^53 - 1, of which the library warns on the console. */
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'
import { GraphQLBigInt } from 'graphql-scalars'

export const bigIntScalar = new GraphQLScalarType<bigint | number, number | string>({
  ...GraphQLBigInt.toConfig(),
  serialize: (value) => {
    const whole = toNumber(value)
    return typeof whole === 'bigint' ? whole.toString() : whole
  },
  parseValue: toNumber,
  parseLiteral: (node) =>
    toNumber(node.kind === Kind.INT || node.kind === Kind.STRING ? node.value : undefined),
})

/** As the library gives it: a number where it is exact. */
function toNumber(value: unknown): bigint | number {
  const whole = toWhole(value)
  const number = Number(whole)
  return Number.isSafeInteger(number) ? number : whole
}

/** Far above what anything is counted to; longer texts take long to read. */
const TEXT = /^-?\d{1,100}$/

/** @throws GraphQLError */
function toWhole(value: unknown): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value)
  if (typeof value === 'string' && TEXT.test(value)) return BigInt(value)
  throw new GraphQLError('BigInt: must be a whole number', {
    extensions: { code: 'GRAPHQL_INVALID' },
  })
}
