import { parseArgs } from 'node:util'
import type { User } from '../accounts/accounts.js'
import { endOfReading } from './end-of-reading.js'
import { toPrintable, toPrintableJson } from './printable.js'
import type { Program } from './program.js'
import { atHome, HOME_OPTIONS, placeOf } from './users.js'

const PAGE = 100

/** Shows who has an account at an endpoint, in order of name. */
export async function usersList(args: readonly string[], program: Program): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { ...HOME_OPTIONS, json: { type: 'boolean', default: false } },
  })
  const { stdout } = program
  endOfReading(stdout)
  await atHome(program, values, async ({ users }, home) => {
    const toText = values.json ? toJson : toLine
    let after: string | undefined
    for (;;) {
      const page = await users.list(home, { after, limit: PAGE })
      for (const user of page) stdout.write(`${toText(user)}\n`)
      if (page.length === 0) break
      after = page.at(-1)?.username
    }
    if (after === undefined && !values.json) stdout.write(`no users ${placeOf({ home })}\n`)
  })
}

/** Name, roles, state, and who wrote it last. */
function toLine({ username, roles, isDisabled, passwordHash, updatedAt, updatedBy }: User) {
  return [
    toPrintable(username),
    roles.join(',') || '-',
    isDisabled ? 'disabled' : 'enabled',
    passwordHash === undefined ? 'no password' : 'password',
    `${updatedAt} by ${toPrintable(updatedBy)}`,
  ].join('  ')
}

/** One JSON object in one line; never with the hash. */
function toJson({ passwordHash, ...user }: User): string {
  return toPrintableJson({ ...user, hasPassword: passwordHash !== undefined })
}
