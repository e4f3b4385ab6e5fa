import { onlyOne, readArguments } from './arguments.js'
import { toPrintable } from './printable.js'
import type { Program } from './program.js'
import { atUser, HOME_OPTIONS, placeOf } from './users.js'
import { PASSWORD_OPTIONS, readNewPassword } from './users-secret.js'

/** Gives a user another password; whatever was signed in with the old one ends. */
export async function usersPassword(args: readonly string[], program: Program): Promise<void> {
  const { values, positionals } = readArguments(args, { ...HOME_OPTIONS, ...PASSWORD_OPTIONS })
  const name = onlyOne(positionals, 'users password: expected one NAME')
  const password = await readNewPassword(program, values)
  await atUser(program, { ...values, name }, async ({ userChanges }, whose) => {
    await userChanges.setPassword(whose, password)
    const said = 'another password, and every sign-in ended'
    program.stdout.write(`${toPrintable(whose.username)} ${placeOf(whose)}: ${said}\n`)
    if (values.generate) program.stdout.write(`Password, shown this once: ${password}\n`)
  })
}
