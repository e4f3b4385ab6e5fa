import { parseArgs } from 'node:util'
import { atEndpoint, CLI_ACTOR, printPublished } from './at-endpoint.js'
import type { Program } from './program.js'
import { UsageError } from './usage-error.js'

/** Makes the version that was active before this one active again. */
export async function bundleRollback(args: readonly string[], program: Program): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { endpoint: { type: 'string' } },
  })
  const [packageName, ...more] = positionals
  if (packageName === undefined || more.length > 0)
    throw new UsageError('bundle rollback: expected one PACKAGE')
  await atEndpoint(program, values.endpoint, async (publishing, endpointId) => {
    const name = { endpointId, packageName, actor: CLI_ACTOR }
    printPublished(program, await publishing.rollback(name))
  })
}
