import { fileURLToPath } from 'node:url'
import { ownersTenant } from '../auth/owner.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import { type Config, usesAws } from '../config/config.js'
import type { OpenGateway } from './program.js'
import { readVariables } from './variables.js'

const DEMO_ENDPOINT = 'default'

/**
 * Publishes what `MCP_CONFIG_FILE` names; without it, a laptop whose endpoint `default` is empty
 * gets the demo bundle.
 */
export async function loadAtStart(
  config: Config,
  { catalog, publishing, bundling }: Pick<OpenGateway, 'catalog' | 'publishing' | 'bundling'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const { MCP_CONFIG_FILE: path } = config
  const endpointId = ownersTenant(config.MCP_ENDPOINT_ID)
  const publish = async (source: string) => {
    const { zip } = await bundling.read(source)
    const request = { endpointId, zip, variables: readVariables(env), actor: 'start' }
    await againAfterConflict(() => publishing.publish(request))
  }
  if (path !== undefined) await publish(path)
  else if (!usesAws(config) && endpointId === DEMO_ENDPOINT && (await isEmpty(catalog, endpointId)))
    await publish(fileURLToPath(new URL('demo-bundle', import.meta.url)))
}

async function isEmpty(catalog: OpenGateway['catalog'], endpointId: EndpointId): Promise<boolean> {
  const snapshot = await catalog.snapshot(endpointId)
  return (['tool', 'resource', 'resource_template', 'prompt'] as const).every(
    (mcpType) => snapshot.list(mcpType).length === 0,
  )
}

const MAX_TRIES = 5

/** Gateways and sidecars that start together load the same: whoever loses the race looks again. */
async function againAfterConflict(publish: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++)
    try {
      await publish()
      return
    } catch (error) {
      const isConflict = error instanceof GatewayError && error.code === 'CONFLICT'
      if (!isConflict || tries === MAX_TRIES) throw error
    }
}
