import { onlyOne, readArguments } from './arguments.js'
import { atEndpoint, CLI_ACTOR, printPublished } from './at-endpoint.js'
import type { Program } from './program.js'

/** Makes the version that was active before this one active again. */
export async function bundleRollback(args: readonly string[], program: Program): Promise<void> {
  const { values, positionals } = readArguments(args, { endpoint: { type: 'string' } })
  const packageName = onlyOne(positionals, 'bundle rollback: expected one PACKAGE')
  await atEndpoint(program, values.endpoint, async (publishing, endpointId) => {
    const name = { endpointId, packageName, actor: CLI_ACTOR }
    printPublished(program, await publishing.rollback(name))
  })
}
