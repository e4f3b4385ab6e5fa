/** What was typed after a command. */
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { UsageError } from './usage-error.js'

type Options = NonNullable<ParseArgsConfig['options']>

type Arguments<Known extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; allowPositionals: true; options: Known }>
>

/** @throws TypeError `ERR_PARSE_ARGS_…` for an option that the command does not know */
export function readArguments<Known extends Options>(
  args: readonly string[],
  options: Known,
): Arguments<Known> {
  return parseArgs({ args: [...args], allowPositionals: true, options })
}

/**
 * What a command is about, where that is one thing.
 *
 * @param expected said when it is not
 */
export function onlyOne(positionals: readonly string[], expected: string): string {
  const [one, ...more] = positionals
  if (one === undefined || more.length > 0) throw new UsageError(expected)
  return one
}

/** @returns undefined when it was not typed */
export function readWhole(
  flag: string,
  text: string | undefined,
  { min, max }: { min: number; max: number },
): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d+$/.test(text) || Number(text) < min || Number(text) > max)
    throw new UsageError(`--${flag}: must be a whole number from ${min} to ${max}`)
  return Number(text)
}
