import { readArguments } from './arguments.js'
import { atEndpoint, CLI_ACTOR, printPublished } from './at-endpoint.js'
import type { Program } from './program.js'
import { UsageError } from './usage-error.js'

/** Makes an earlier version of a package the active one again. */
export async function bundlePromote(args: readonly string[], program: Program): Promise<void> {
  const { values, positionals } = readArguments(args, { endpoint: { type: 'string' } })
  const [packageName, version, ...more] = positionals
  if (packageName === undefined || version === undefined || more.length > 0)
    throw new UsageError('bundle promote: expected PACKAGE and VERSION, as bundle list shows them')
  await atEndpoint(program, values.endpoint, async (publishing, endpointId) => {
    const name = { endpointId, packageName, version: version.toLowerCase(), actor: CLI_ACTOR }
    printPublished(program, await publishing.promote(name))
  })
}
