/** What may be typed in a terminal? One file per command; each receives the parts. */
import { accessExplain } from './access-explain.js'
import { accessList } from './access-list.js'
import { accessSet } from './access-set.js'
import { auditList } from './audit-list.js'
import { bundleBuild } from './bundle-build.js'
import { bundleInit } from './bundle-init.js'
import { bundleList } from './bundle-list.js'
import { bundlePromote } from './bundle-promote.js'
import { bundlePush } from './bundle-push.js'
import { bundleRollback } from './bundle-rollback.js'
import { bundleValidate } from './bundle-validate.js'
import { callsList } from './calls-list.js'
import { callsSettings } from './calls-settings.js'
import { callsShow } from './calls-show.js'
import { callsTail } from './calls-tail.js'
import { dev } from './dev.js'
import { eventsTail } from './events-tail.js'
import { isExpected } from './expected-error.js'
import { help } from './help.js'
import { keysCreate } from './keys-create.js'
import { keysList } from './keys-list.js'
import { keysRevoke } from './keys-revoke.js'
import { localAws } from './local-aws.js'
import type { Program } from './program.js'
import { start } from './start.js'
import { token } from './token.js'
import { UsageError } from './usage-error.js'
import { usersAdd } from './users-add.js'
import { usersList } from './users-list.js'
import { usersPassword } from './users-password.js'
import { usersDisable, usersEnable, usersRevoke } from './users-standing.js'

export type { Program } from './program.js'

type Command = (args: readonly string[], program: Program) => Promise<void>

const commands: Readonly<Record<string, Command>> = {
  start,
  token,
  dev,
  'bundle init': bundleInit,
  'bundle validate': bundleValidate,
  'bundle build': bundleBuild,
  'bundle push': bundlePush,
  'bundle list': bundleList,
  'bundle promote': bundlePromote,
  'bundle rollback': bundleRollback,
  'access explain': accessExplain,
  'access list': accessList,
  'access set': accessSet,
  'audit list': auditList,
  'calls list': callsList,
  'calls show': callsShow,
  'calls tail': callsTail,
  'calls settings': callsSettings,
  'events tail': eventsTail,
  'users add': usersAdd,
  'users list': usersList,
  'users password': usersPassword,
  'users disable': usersDisable,
  'users enable': usersEnable,
  'users revoke': usersRevoke,
  'keys create': keysCreate,
  'keys list': keysList,
  'keys revoke': keysRevoke,
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
