import { parseArgs } from 'node:util'
import { toIso } from '../domain/clock.js'
import type { ApiKey } from '../keys/keys.js'
import { endOfReading } from './end-of-reading.js'
import { toPrintable, toPrintableJson } from './printable.js'
import type { Program } from './program.js'
import { atHome, HOME_OPTIONS, placeOf } from './users.js'

/** Shows the API keys that are good, the oldest first; never their text, which nobody has. */
export async function keysList(args: readonly string[], program: Program): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { ...HOME_OPTIONS, json: { type: 'boolean', default: false } },
  })
  const { stdout } = program
  endOfReading(stdout)
  await atHome(program, values, async ({ keys }, home) => {
    const found = await keys.list(home)
    const toText = values.json ? toJson : toLine
    for (const key of found) stdout.write(`${toText(key)}\n`)
    if (found.length === 0 && !values.json) stdout.write(`no keys ${placeOf({ home })}\n`)
  })
}

/** Id, name, user, roles, functions, end and last use. */
function toLine({ keyId, name, userId, roles, functions, expiresAt, lastUsedAt }: ApiKey): string {
  return [
    keyId,
    toPrintable(name),
    toPrintable(userId),
    roles.join(','),
    functions?.map(toPrintable).join(' ') ?? 'every function',
    `until ${toIso(expiresAt)}`,
    lastUsedAt === undefined ? 'never used' : `used ${lastUsedAt}`,
  ].join('  ')
}

function toJson({ expiresAt, ...key }: ApiKey): string {
  return toPrintableJson({ ...key, expiresAt: toIso(expiresAt) })
}
