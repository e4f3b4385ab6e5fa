import { onlyOne, readArguments } from './arguments.js'
import { atEndpoint, CLI_ACTOR, printPublished } from './at-endpoint.js'
import { explained } from './explained.js'
import type { Program } from './program.js'
import { readVariables } from './variables.js'

/** Publishes a ZIP, a bundle folder or a manifest file at an endpoint; builds first what must be. */
export async function bundlePush(args: readonly string[], program: Program): Promise<void> {
  const { values, positionals } = readArguments(args, {
    endpoint: { type: 'string' },
    var: { type: 'string', multiple: true },
  })
  const path = onlyOne(positionals, 'bundle push: expected one PATH')
  const variables = readVariables(program.env, values.var)
  await atEndpoint(program, values.endpoint, async (publishing, endpointId, bundling) => {
    const bundle = await bundling.read(path)
    const request = { endpointId, zip: bundle.zip, variables, actor: CLI_ACTOR }
    printPublished(program, await explained(bundle, () => publishing.publish(request)))
  })
}
