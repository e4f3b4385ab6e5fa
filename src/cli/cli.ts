/** What may be typed in a terminal? One file per command; each receives the parts. */
import { ConfigError } from '../config/config.js'
import { GatewayError } from '../domain/errors.js'
import { bundlePush } from './bundle-push.js'
import { help } from './help.js'
import { localAws } from './local-aws.js'
import type { Program } from './program.js'
import { start } from './start.js'
import { token } from './token.js'
import { UsageError } from './usage-error.js'

export type { Program } from './program.js'

type Command = (args: readonly string[], program: Program) => Promise<void>

const commands: Readonly<Record<string, Command>> = {
  start,
  token,
  'bundle push': bundlePush,
  'local-aws': localAws,
  help,
}

/**
 * Runs one command to its end.
 *
 * @returns the exit code: 0, or 1 with the reason on standard error, or 2 for wrong usage
 */
export async function runCommand(args: readonly string[], program: Program): Promise<number> {
  try {
    const { command, rest } = findCommand(args)
    await command(rest, program)
    return 0
  } catch (error) {
    if (isUsageError(error)) {
      program.stderr.write(`${error.message}\nSee: mcp-daemon --help\n`)
      return 2
    }
    if (!isExpected(error)) throw error
    program.stderr.write(`${error.message}\n`)
    return 1
  }
}

function findCommand(args: readonly string[]): { command: Command; rest: readonly string[] } {
  if (args.length === 0 || args.includes('--help')) return { command: help, rest: [] }
  if (args.includes('--version')) return { command: help, rest: ['--version'] }
  for (const words of [1, 2]) {
    const command = commands[args.slice(0, words).join(' ')]
    if (command !== undefined) return { command, rest: args.slice(words) }
  }
  throw new UsageError(`Unknown command: ${args.join(' ')}`)
}

/** Ours, or what `parseArgs` says of an option that it does not know. */
function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE')
}

function isExpected(error: unknown): error is Error {
  return error instanceof ConfigError || error instanceof GatewayError || isSystemError(error)
}

/** What the operating system refused, in its own words: a port in use, a folder not ours. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'code' in error
}
