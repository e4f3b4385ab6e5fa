import { parseArgs } from 'node:util'
import { toIso } from '../domain/clock.js'
import { ROLES, type Role } from '../domain/caller.js'
import type { ApiKey } from '../keys/keys.js'
import { readWhole } from './arguments.js'
import { CLI_ACTOR } from './at-endpoint.js'
import { toPrintable } from './printable.js'
import type { Program } from './program.js'
import { UsageError } from './usage-error.js'
import { atHome, HOME_OPTIONS, placeOf, toUsername } from './users.js'

const DEFAULT_DAYS = 90
const MAX_DAYS = 3650

/** Makes an API key. Standard output has the key and nothing else, so that it can be piped. */
export async function keysCreate(args: readonly string[], program: Program): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...HOME_OPTIONS,
      name: { type: 'string' },
      user: { type: 'string' },
      role: { type: 'string', multiple: true },
      function: { type: 'string', multiple: true },
      days: { type: 'string' },
    },
  })
  const { name, user, operator, function: functions } = values
  if (name === undefined) throw new UsageError('keys create: expected --name, for what it is for')
  const roles = readRoles(values.role, operator)
  const days = readWhole('days', values.days, { min: 1, max: MAX_DAYS }) ?? DEFAULT_DAYS
  const userId = user === undefined ? undefined : toUsername(user, operator)
  await atHome(program, values, async ({ keys }, home) => {
    const made = await keys.create(
      { userId: CLI_ACTOR, roles: ['operator'] },
      { home, name, userId, roles, functions, days },
    )
    program.stderr.write(`${toNews(made.key)}\n`)
    program.stdout.write(`${made.text}\n`)
  })
}

function readRoles(typed: readonly string[] | undefined, isOperator: boolean): readonly Role[] {
  if (isOperator && typed !== undefined)
    throw new UsageError('--role: expected without --operator, who may do everything')
  if (isOperator) return ['operator']
  const known = ROLES.filter((role) => role !== 'operator')
  return (typed ?? ['caller']).map((text) => {
    const role = known.find((each) => each === text)
    if (role === undefined) throw new UsageError(`--role: expected one of ${known.join(', ')}`)
    return role
  })
}

function toNews({ keyId, name, userId, roles, functions, expiresAt, home }: ApiKey): string {
  const limits = functions === undefined ? '' : `, for ${functions.map(toPrintable).join(' ')} only`
  return `Key ${keyId} (${toPrintable(name)}) ${placeOf({ home })}: calls as ${toPrintable(userId)}, ${roles.join(', ')}${limits}, until ${toIso(expiresAt)}. It is shown this once:`
}
