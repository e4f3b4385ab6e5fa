import { isKeyId } from '../keys/keys.js'
import { onlyOne, readArguments } from './arguments.js'
import { CLI_ACTOR } from './at-endpoint.js'
import type { Program } from './program.js'
import { UsageError } from './usage-error.js'
import { atHome, HOME_OPTIONS, placeOf } from './users.js'

/** Takes a key back: every instance refuses it within 2 s, and its streams end. */
export async function keysRevoke(args: readonly string[], program: Program): Promise<void> {
  const { values, positionals } = readArguments(args, HOME_OPTIONS)
  const keyId = onlyOne(positionals, 'keys revoke: expected one KEY_ID, as keys list shows it')
  // Not quoted: it may be a whole key.
  if (!isKeyId(keyId))
    throw new UsageError('keys revoke: KEY_ID is what stands between the two _ of a key')
  await atHome(program, values, async ({ keys }, home) => {
    await keys.revoke({ home, keyId, by: CLI_ACTOR })
    program.stdout.write(`${keyId} ${placeOf({ home })}: revoked\n`)
  })
}
